"""Putting what was seen into words: arguments, lines of code, a way to see it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

import torch
from torch import Tensor

from grader.inputs import Generator, Supplied
from grader.result import Excerpt
from grader.submission import place, place_in

SHORT_TENSOR: Final = 8
SHORT_TEXT: Final = 60
CONTEXT_LINES: Final = 2
MAX_CODE_LINES: Final = 160
MAX_LINE: Final = 300

# Python ends a line nowhere else: a form feed or a line separator is a character of it.
_LINE_END: Final = re.compile(r"\r\n?|\n")
_ON_LINE: Final = re.compile(r"\b(?:on|at) line (\d{1,8})\b")


def arguments(call: Mapping[str, Any]) -> tuple[str, ...]:
    """One line per argument of a call: "x: float64 (2, 3), from -1.2 to 3.4"."""
    return tuple(f"{name}: {described(value)}" for name, value in call.items())


def described(value: Any) -> str:
    """A value in a few words; short ones in full."""
    if isinstance(value, Tensor):
        return _tensor(value)
    if isinstance(value, Generator):
        return f"torch.Generator with seed {value.seed}"
    if isinstance(value, Supplied):
        return f"a {value.factory}, supplied by the course"
    if isinstance(value, dict) and any(isinstance(item, Tensor) for item in value.values()):
        # The values would fill the page: what a learner looks up here are names and sizes.
        return "; ".join(f"{key} {_size(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)) and any(
        isinstance(item, (Tensor, tuple)) for item in value
    ):
        inner = "; ".join(described(item) for item in value[:3])
        more = f"; and {len(value) - 3} more" if len(value) > 3 else ""
        return f"{type(value).__name__} of {len(value)}: {inner}{more}"
    text = repr(value)
    return text if len(text) <= SHORT_TEXT else f"{text[:SHORT_TEXT]}… ({len(text)} characters)"


@dataclass(frozen=True)
class Written:
    """What the learner wrote, and how its lines are called.

    Attributes:
        lines: of the file, or of a notebook's code cells one after the other.
        cells: of a notebook, the line that each code cell begins with; empty for a file.
    """

    lines: tuple[str, ...]
    cells: tuple[int, ...] = ()

    @classmethod
    def of(cls, source: bytes, cells: tuple[int, ...] = ()) -> Written:
        """The lines as Python counts them; what is no UTF-8 shows as replacement characters."""
        text = source.decode("utf-8-sig", errors="replace")
        return cls(tuple(_LINE_END.split(text.removesuffix("\n"))), cells)

    def at(self, line: int | None) -> str:
        """`` at line 7``, in a notebook `` at cell 3, line 2``; empty if there is no line."""
        return f" at {place(self.cells, line)}" if line else ""

    def spelt(self, message: str) -> str:
        """A message of Python's with its lines called as the learner calls them."""
        if not self.cells:
            return message
        return _ON_LINE.sub(lambda on: f"in {place(self.cells, int(on[1]))}", message)

    def excerpt(self, line: int | None) -> Excerpt | None:
        """The marked line with two lines around it; None if there is no such line."""
        if line is None or not 1 <= line <= len(self.lines):
            return None
        first, last = max(1, line - CONTEXT_LINES), min(len(self.lines), line + CONTEXT_LINES)
        if self.cells:
            cell, _ = place_in(self.cells, line)
            first = max(first, self.cells[cell - 1])
            last = min(last, self.cells[cell] - 1) if cell < len(self.cells) else last
        return self._taken(first, last, line)

    def code(self, first: int, last: int) -> Excerpt:
        """The learner's functions, from line ``first`` to ``last``."""
        return self._taken(first, min(last, first - 1 + MAX_CODE_LINES, len(self.lines)))

    def _taken(self, first: int, last: int, marked: int | None = None) -> Excerpt:
        numbers = range(first, last + 1) if self.cells else ()
        return Excerpt(
            first_line=first,
            lines=tuple(_cut(text) for text in self.lines[first - 1 : last]),
            marked=marked,
            cells=tuple(place_in(self.cells, number) for number in numbers),
        )


def reproduction(
    label: str, case: str, function: str, file: str, seed: int, closed: bool = False
) -> str:
    """Python that rebuilds the inputs of a case and calls the learner's function on them.

    Args:
        label: of the exercise.
        case: its name.
        function: the learner's.
        file: the learner's, empty for cells of a notebook.
        seed: of the course.
        closed: whether students do not see the case whole.
    """
    path = PurePath(file)
    in_notebook, asked = not file, ", closed=True" if closed else ""
    where = "below your function, in the notebook" if in_notebook else "in the folder of your file"
    return "\n".join(
        (
            f"# {where}",
            "from grader.reproduce import calls",
            *(() if in_notebook else (f"from {path.stem} import {function}",)),
            f'for arguments in calls("{label}", "{case}", seed={seed}{asked}):',
            f"    print({function}(**arguments))",
        )
    )


def _size(value: Any) -> str:
    return str(tuple(value.shape)) if isinstance(value, Tensor) else described(value)


def _tensor(value: Tensor) -> str:
    kind = f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
    if value.numel() == 0:
        return kind
    if value.numel() <= SHORT_TENSOR:
        numbers = torch.as_tensor(value.detach()).tolist()
        return f"{kind} = {_rounded(numbers)}"
    if value.dtype == torch.bool:
        return f"{kind}, {int(value.sum())} true"
    low, high = value.min().item(), value.max().item()
    return f"{kind}, from {low:.4g} to {high:.4g}"


def _rounded(numbers: Any) -> str:
    if isinstance(numbers, list):
        return f"[{', '.join(_rounded(number) for number in numbers)}]"
    return f"{numbers:.6g}" if isinstance(numbers, float) else repr(numbers)


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…"
