"""What the user sees: each writer is a pure function of a `grader.result.Result`.

A writer is imported when it is first used: a command that sets a few lines needs no page.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from grader.writers.html import render as render_html
    from grader.writers.terminal import render as render_terminal

__all__ = ["render_html", "render_terminal"]

_HOMES: Final = {"render_html": "grader.writers.html", "render_terminal": "grader.writers.terminal"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'grader.writers' has no attribute {name!r}")
    return import_module(_HOMES[name]).render
