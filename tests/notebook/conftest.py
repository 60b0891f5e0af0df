"""A real kernel that cells are run in, and the small course that they answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Ran:
    """What a cell left below itself.

    Attributes:
        number: the cell's, as Jupyter shows it.
        shown: kind of content → content, of its value.
        printed: what it wrote.
        error: the traceback, without colours; empty if it raised nothing.
    """

    number: int
    shown: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    error: str = ""

    @property
    def text(self) -> str:
        """The value as text."""
        return self.shown.get("text/plain", "")


Run = Callable[[str], Ran]


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Runs cells, one after the other, in one kernel for all tests."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    jupyter = pytest.importorskip("jupyter_core.utils")
    book = nbformat.v4.new_notebook()
    client = nbclient.NotebookClient(book, allow_errors=True, timeout=100)

    def run(source: str) -> Ran:
        cell = nbformat.v4.new_code_cell(source)
        book.cells.append(cell)
        client.execute_cell(cell, len(book.cells) - 1)
        return _ran(cell)

    with client.setup_kernel():
        begun = run(
            "import functools, os, sys, torch\n"
            "from grader import check as anywhere\n"
            f"check = functools.partial(anywhere, course={str(FIXTURE)!r})"
        )
        assert begun.error == ""
        yield run
    # The client has made a loop for itself, and leaves it open.
    jupyter.ensure_event_loop().close()


def _ran(cell: Any) -> Ran:
    ran = Ran(number=cell.execution_count)
    for output in cell.outputs:
        if output.output_type == "stream":
            ran.printed += output.text
        elif output.output_type == "error":
            ran.error = _COLOUR.sub("", "\n".join(output.traceback))
        else:
            ran.shown = dict(output.data)
    return ran
