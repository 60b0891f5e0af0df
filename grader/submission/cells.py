"""Lines of a notebook's code as its user counts them: by cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence


def place_in(cells: Sequence[int], line: int) -> tuple[int, int]:
    """The code cell that a line is in, and the line in it, both from 1.

    Args:
        cells: the line that each cell begins with, ascending.
        line: of all cells one after the other, from 1.
    """
    cell = max(bisect_right(cells, line), 1)
    return cell, line - cells[cell - 1] + 1


def place(cells: Sequence[int], line: int) -> str:
    """Where a line is, in words: ``line 7``, in a notebook ``cell 3, line 2``."""
    if not cells:
        return f"line {line}"
    cell, inside = place_in(cells, line)
    return f"cell {cell}, line {inside}"
