"""Which cells are handed in, whatever else was run."""

from __future__ import annotations

from grader.notebook.session import Cell, sendable
from grader.submission import MAX_SOURCE_BYTES


def cell(text: str, *, reads: bool = True) -> Cell:
    """A cell without magics."""
    return Cell(text, text, reads)


def test_numbers_stay_what_they_are() -> None:
    """What is left out leaves an empty cell."""
    cells = [cell("a = 1"), cell("b = ", reads=False), cell("c = '\u202e'"), cell("d = 4")]
    assert sendable(cells, needed=[4], left_out=[]) == ["a = 1", "", "", "d = 4"]
    assert sendable(cells, needed=[4], left_out=[1]) == ["", "", "", "d = 4"]
    assert sendable(cells, needed=[3], left_out=[]) == ["a = 1", "", "c = '\u202e'", "d = 4"]


def test_where_there_is_no_room_the_oldest_goes() -> None:
    """But never what is asked about; a surrogate, which no file can hold, is left out too."""
    third = "x" * (MAX_SOURCE_BYTES // 3)
    cells = [cell(third + str(number)) for number in range(4)] + [cell("s = '\ud800'")]
    texts = sendable(cells, needed=[1], left_out=[])
    assert [bool(text) for text in texts] == [True, False, False, True, False]
    assert sum(len(text) + 1 for text in texts) <= MAX_SOURCE_BYTES


def test_what_binds_a_name() -> None:
    """At the top level of a cell, in any of the usual ways."""
    for text in (
        "def f(x):\n    pass",
        "x = 1\nasync def f():\n    pass",
        "class f:\n    pass",
        "f = 3",
        "f: object = 3",
    ):
        assert cell(text).binds("f"), text
    for text in (
        "def ff():\n    pass",
        "f == 3",
        "  f = 3",
        "if f:\n    f.x = 1",
        "g(f=3)",
        "ff = 3",
    ):
        assert not cell(text).binds("f"), text
