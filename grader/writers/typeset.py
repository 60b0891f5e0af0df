"""Lines for a terminal: spans with a role, wrapped by the width that they take on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rich.cells import cell_len, chop_cells, set_cell_size

Role = Literal["plain", "strong", "dim", "good", "bad", "odd", "yours", "expected", "link"]

# SGR codes of the sixteen colours that every terminal theme sets itself.
_CODES: Final[Mapping[Role, str]] = {
    "strong": "1",
    "dim": "2",
    "good": "32",
    "bad": "1;31",
    "odd": "1;35",
    "yours": "33",
    "expected": "36",
    "link": "4",
}

_NARROWEST: Final = 16
"""Columns that a paragraph gets at least, however narrow the terminal is."""


@dataclass(frozen=True)
class Span:
    """Text with one role. Its text has passed `visible` and holds no line feed."""

    text: str
    role: Role = "plain"

    @property
    def width(self) -> int:
        """Columns that the text takes."""
        return cell_len(self.text)


@dataclass(frozen=True)
class Line:
    """A line and how dispensable it is.

    Attributes:
        spans: from left to right.
        rank: 0 stays whatever happens; of the others the highest goes first.
    """

    spans: tuple[Span, ...]
    rank: int = 0

    @property
    def width(self) -> int:
        """Columns that the line takes."""
        return sum(span.width for span in self.spans)


def paint(lines: Iterable[Line], colour: bool) -> str:
    """The lines as text, with escape sequences if there is colour."""
    return "\n".join(_painted(line, colour) for line in lines)


def _painted(line: Line, colour: bool) -> str:
    if not colour:
        return "".join(span.text for span in line.spans).rstrip()
    return "".join(
        f"\x1b[{_CODES[span.role]}m{span.text}\x1b[0m"
        if span.role in _CODES and span.text.strip()
        else span.text
        for span in line.spans
    ).rstrip()


def hanging(
    prefix: Sequence[Span],
    text: str,
    width: int,
    *,
    role: Role = "plain",
    rank: int = 0,
    most: int = 0,
    cut: str = "…",
) -> list[Line]:
    """A paragraph after a prefix; its further lines start under its first word.

    Args:
        prefix: what stands before the first line.
        text: words.
        width: columns of the whole line.
        role: of the words.
        rank: of every line.
        most: the largest number of lines, 0 for any number.
        cut: the sign for what is left out.
    """
    margin = sum(span.width for span in prefix)
    room = max(width - margin, _NARROWEST)
    rows = _rows(text, room)
    if most and len(rows) > most:
        end = set_cell_size(rows[most - 1], min(cell_len(rows[most - 1]), room - len(cut) - 1))
        rows = [*rows[: most - 1], f"{end.rstrip()} {cut}"]
    lines = [Line((*prefix, Span(rows[0], role)), rank)]
    return lines + [Line((Span(" " * margin), Span(row, role)), rank) for row in rows[1:]]


def _rows(text: str, width: int) -> list[str]:
    rows: list[str] = []
    row = ""
    for word in text.split():
        if row and cell_len(row) + 1 + cell_len(word) > width:
            rows.append(row)
            row = ""
        row = f"{row} {word}" if row else word
        if cell_len(row) > width:
            *whole, row = chop_cells(row, width)
            rows.extend(whole)
    return [*rows, row]


def chunked(prefix: Sequence[Span], chunks: Sequence[Span], width: int) -> list[Line]:
    """Chunks three spaces apart, never broken within; further lines start under the second."""
    margin = sum(span.width for span in prefix)
    hang = margin + chunks[0].width + 3
    if any(hang + chunk.width > width for chunk in chunks[1:]):
        hang = margin + 2
    lines: list[list[Span]] = [[*prefix, chunks[0]]]
    for chunk in chunks[1:]:
        used = sum(span.width for span in lines[-1])
        if used + 3 + chunk.width <= width:
            lines[-1] += [Span("   "), chunk]
        else:
            lines.append([Span(" " * hang), chunk])
    return [Line(tuple(line)) for line in lines]


def clipped(text: str, width: int, cut: str = "…") -> str:
    """The text if it fits, its beginning and a sign if not."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - cell_len(cut), 0)).rstrip() + cut


def clipped_left(text: str, width: int, cut: str = "…") -> str:
    """The text if it fits, a sign and its end if not: the end of a path says most."""
    if cell_len(text) <= width:
        return text
    text = text[-width:]
    while text and cell_len(text) > width - cell_len(cut):
        text = text[1:]
    return cut + text


def fit(lines: Sequence[Line], most: int, note: Callable[[int], str]) -> list[Line]:
    """At most so many lines: the most dispensable go, and a last line says how many.

    Args:
        lines: of rank 0 there are fewer than ``most``.
        most: how many lines there may be.
        note: what to say when so many lines are left out.
    """
    if len(lines) <= most:
        return list(lines)
    surplus = len(lines) - most + 1
    order = sorted(range(len(lines)), key=lambda place: (-lines[place].rank, -place))
    gone = set(order[:surplus])
    kept = [line for place, line in enumerate(lines) if place not in gone]
    return [*kept, Line((Span(note(surplus), "dim"),))]
