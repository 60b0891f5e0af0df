"""Reading the collection of right and wrong answers beside each exercise.

``right.py`` and ``wrong.py`` are cut into cells by lines such as ``# %% name: what is different``
and ``# %% name @ function: what is wrong [mistake]``. A submission is the text before the first
cell, the first right cell (a whole answer) and the cell itself, whose definitions win.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CELL = re.compile(
    r"^# %% (?P<name>\w+)(?: @ (?P<function>\w+))?: (?P<title>.*?)(?: \[(?P<mistake>\w+)\])?$", re.M
)


@dataclass(frozen=True)
class Variant:
    """One answer of the collection.

    Attributes:
        exercise: topic and name.
        name: unique in its file.
        title: what is different or wrong.
        function: the function that is wrong; empty for a right answer.
        mistake: the named mistake that it is; empty if it is none.
        source: a learner's file.
        functions: the functions that the cell defines.
    """

    exercise: str
    name: str
    title: str
    function: str
    mistake: str
    source: str
    functions: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether it must earn every point."""
        return not self.function


def variants(folder: Path = HERE) -> Iterator[Variant]:
    """Every answer of the collection, by exercise."""
    for right in sorted(folder.glob("*/*/right.py")):
        label = f"{right.parent.parent.name}/{right.parent.name}"
        head, cells = _cells(right)
        base = cells[0][1]
        yield from _variants(label, head, base, cells)
        wrong_head, wrong = _cells(right.with_name("wrong.py"))
        yield from _variants(label, f"{head}\n{wrong_head}", base, wrong)


def _cells(path: Path) -> tuple[str, list[tuple[re.Match[str], str]]]:
    text = path.read_text(encoding="utf-8")
    marks = list(CELL.finditer(text))
    lost = [line for line in text.splitlines() if line.startswith("# %%") and not CELL.match(line)]
    if lost or not marks:
        raise ValueError(f"{path}: this is not the head of a cell: {lost[:1]}")
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    bodies = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    return text[: marks[0].start()], list(zip(marks, bodies, strict=True))


def _variants(
    label: str, head: str, base: str, cells: list[tuple[re.Match[str], str]]
) -> Iterator[Variant]:
    for mark, body in cells:
        whole = body == base
        yield Variant(
            exercise=label,
            name=mark["name"],
            title=mark["title"],
            function=mark["function"] or "",
            mistake=mark["mistake"] or "",
            source=f"{head}\n{body if whole else base + body}",
            functions=tuple(re.findall(r"^def (\w+)\(", body, re.M)),
        )
