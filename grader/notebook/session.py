"""What is known of the notebook, the prompt or the script that `check` is called from."""

from __future__ import annotations

import ast
import linecache
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.submission import MAX_SOURCE_BYTES
from grader.submission.files import Refused
from grader.submission.text import check as check_text


@dataclass(frozen=True)
class Cell:
    """A cell that was run.

    Attributes:
        text: as it was typed.
        python: what IPython made of it, without magics.
        reads: whether that is Python.
    """

    text: str
    python: str
    reads: bool

    def binds(self, name: str) -> bool:
        """Whether it seems to give a name a meaning at its top level."""
        word = re.escape(name)
        pattern = (
            rf"^(?:(?:async[ \t]+)?(?:def|class)[ \t]+{word}\b|{word}[ \t]*(?::[^=\n]*)?=(?!=))"
        )
        return re.search(pattern, self.text, re.M) is not None


@dataclass(frozen=True)
class Session:
    """Where `check` is called.

    Attributes:
        names: what the learner's names stand for.
        cells: those that were run, the first being number 1; None where there is no IPython.
    """

    names: Mapping[str, Any]
    cells: tuple[Cell, ...] | None

    def defining(self, name: str, filename: str) -> int | None:
        """The number of the cell that a function is from; None if no cell defines it.

        Args:
            name: of the function.
            filename: what its code calls the cell.
        """
        cells = self.cells or ()
        text = "".join(linecache.getlines(filename)).rstrip("\n")
        binding = [number for number, cell in enumerate(cells, 1) if cell.binds(name)]
        # The same text may have been run more than once; what counts is that it is this text.
        same = [number for number in binding if text and cells[number - 1].python == text]
        return next(reversed(same or [n for n in binding if cells[n - 1].reads]), None)


def current() -> Session:
    """The session of this process: IPython's if it runs, else the script's or the prompt's."""
    shell = _shell()
    if shell is None:
        return Session(vars(sys.modules["__main__"]), None)
    history = shell.history_manager
    pairs = zip(history.input_hist_raw[1:], history.input_hist_parsed[1:], strict=False)
    cells = tuple(Cell(raw, python.rstrip("\n"), _reads(python)) for raw, python in pairs)
    return Session(shell.user_ns, cells)


def sendable(cells: Iterable[Cell], needed: Iterable[int], left_out: Iterable[int]) -> list[str]:
    """The texts of cells, empty for those that have no say; their numbers stay what they are.

    A cell that was run cannot be taken back. So one that a file could not hold, or that is so old
    that there is no room for it, does not keep the others from being graded.

    Args:
        cells: all of them.
        needed: numbers of those that must not be left out, whatever is in them.
        left_out: numbers of those that came to nothing.
    """
    numbered = list(enumerate(cells, 1))
    texts = [""] * len(numbered)
    room = MAX_SOURCE_BYTES - len(numbered)
    wanted, gone = set(needed), set(left_out)
    # The needed ones first, then the newest.
    for number, cell in sorted(numbered, key=lambda pair: (pair[0] not in wanted, -pair[0])):
        size = len(cell.text.encode("utf-8", "surrogatepass")) + 1
        if number in wanted or (number not in gone and size <= room and _is_plain(cell)):
            texts[number - 1] = cell.text
            room -= size
    return texts


def _is_plain(cell: Cell) -> bool:
    if not cell.reads:
        return False
    try:
        check_text(cell.text.encode())
    except (Refused, UnicodeEncodeError):
        return False
    return True


def _reads(python: str) -> bool:
    try:
        ast.parse(python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _shell() -> Any:
    """IPython's shell, where this is IPython; nothing is imported to find out."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
