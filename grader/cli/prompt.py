"""Asking on a terminal, line by line; the same with lines that come through a pipe."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Final

import click

MOST: Final = 10_000
"""Bytes of a line that are looked at."""

_SHOWN: Final = 200


def ask(prompt: str) -> str | None:
    """A line that was typed, without the space around it; None at the end of the input.

    Ctrl-C is the end of the input as well: what was answered before it is kept.
    """
    if sys.stdin is None or sys.stdin.closed:
        return None
    try:
        line = _typed(prompt) if sys.stdin.isatty() and sys.stdout.isatty() else _piped(prompt)
    except (EOFError, KeyboardInterrupt):
        line = None
    if line is None:
        click.echo()
        return None
    return line.strip()


def _typed(prompt: str) -> str:
    # With readline the line can be edited; where Python lacks it, the terminal does what it can.
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401
    with contextlib.suppress(AttributeError, io.UnsupportedOperation):
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    return input(prompt)[:MOST]


def _piped(prompt: str) -> str | None:
    """A line of the input, shown behind the prompt, so that the output reads like a terminal's."""
    from grader.writers.visible import one_line

    click.echo(prompt, nl=False)
    # As bytes: a line that is not UTF-8 is asked about like any other that makes no sense.
    stream = sys.stdin.buffer
    line = rest = stream.readline(MOST)
    while rest and not rest.endswith(b"\n"):
        rest = stream.readline(MOST)
    if not line:
        return None
    text = line.decode("utf-8-sig", "replace")
    click.echo(one_line(text, _SHOWN))
    return text
