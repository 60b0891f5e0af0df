"""Lines of a learner's file as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from grader.result import Excerpt
from grader.writers import words
from grader.writers.visible import visible

CODE_LINES: Final = 120
"""Lines of the learner's file that are shown."""

_CODE_COLUMNS: Final = 2_000


@dataclass(frozen=True)
class Code:
    """Lines of code.

    Attributes:
        numbers: one per line, joined by line feeds, the marked one with a sign.
        before: the lines above the marked one, with their line feeds.
        marked: the marked line, None if there is none.
        after: the lines below.
        place: where the marked line is, in words.
        cut: how many lines are not shown.
    """

    numbers: str
    before: str
    marked: str | None
    after: str
    place: str
    cut: int


def code_of(excerpt: Excerpt | None) -> Code | None:
    """Lines of a file made visible, None if there are none."""
    if excerpt is None or not excerpt.lines:
        return None
    lines = [
        visible(line[:_CODE_COLUMNS]).replace("\n", "\\n") for line in excerpt.lines[:CODE_LINES]
    ]
    numbers = list(words.numbers(excerpt)[: len(lines)])
    place = -1 if excerpt.marked is None else excerpt.marked - excerpt.first_line
    cut = len(excerpt.lines) - len(lines)
    if not 0 <= place < len(lines):
        return Code("\n".join(numbers), "\n".join(lines), None, "", "", cut)
    numbers[place] = f"▸ {numbers[place]}"
    return Code(
        numbers="\n".join(numbers),
        before="".join(f"{line}\n" for line in lines[:place]),
        marked=lines[place],
        after="".join(f"\n{line}" for line in lines[place + 1 :]),
        place=words.marked_place(excerpt),
        cut=cut,
    )
