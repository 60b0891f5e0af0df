"""Pictures of arrays: where the errors are, and how large against the tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy
from numpy.typing import ArrayLike

from grader.pictures.cells import BROKEN, SHADES, WITHIN, Grid, reduced, row_runs, run_count
from grader.pictures.drawing import Depth, Drawing
from grader.pictures.numbers import Floats, matrix
from grader.pictures.palette import Role
from grader.pictures.panels import LEFT, SMALL, Panel, strokes
from grader.pictures.patterns import pattern
from grader.pictures.scale import Scale, Tick
from grader.pictures.words import label
from grader.result import Picture

Axis = Literal["rows", "columns"]

_WIDTH: Final = 330.0
_TALLEST: Final = 230.0
_LARGEST_CELL: Final = 30.0
_WHOLE: Final = Scale(0.0, 1.0)


@dataclass(frozen=True)
class _Entry:
    """One line of the key: what a level means, and where it stands."""

    text: str
    level: int
    left: float
    row: int


def heat_map(
    ratio: ArrayLike,
    *,
    rows: str = "row",
    columns: str = "column",
    normalised: Axis | None = None,
    title: str,
) -> Picture:
    """Draws where an array is wrong: log10(error / tolerance) of every cell.

    A cell within the tolerance is a dot, one beyond is a filled block, darker by decades. Above
    64 cells a side the array is reduced; a block of cells then shows its worst one.

    Args:
        ratio: error / tolerance, shape (R, C); leading axes of a larger array are joined.
        rows: what a row is, in the singular ("token").
        columns: what a column is, in the singular ("feature").
        normalised: the axis that statistics run along: "columns" if each row is normalised over
            its columns.
        title: what the picture shows.
    """
    values = numpy.abs(matrix(ratio))
    grid = reduced(values)
    cell = _cell_size(grid.levels.shape)
    width, height = grid.levels.shape[1] * cell[0], grid.levels.shape[0] * cell[1]
    key = _key(grid)
    foot = 56 + 17 * (1 + max((entry.row for entry in key), default=0))
    drawing = Drawing(height + foot + 28)
    target = Panel(drawing, _WHOLE, _WHOLE, LEFT, foot, max(width, 1.0), max(height, 1.0))
    _draw_cells(target, grid, cell)
    _name_axes(target, grid, (label(rows, 16), label(columns)), normalised)
    _draw_key(drawing, grid, key, top=foot - 40)
    description = pattern(values, label(rows), label(columns))
    if grid.levels.shape != grid.shape:
        description += " Each block of the picture shows the worst of its cells."
    return drawing.picture(title=title, description=description)


def _cell_size(shape: tuple[int, ...]) -> tuple[float, float]:
    """Width and height in half points: square unless that makes the map too flat or too tall."""
    height, width = max(shape[0], 1), max(shape[1], 1)
    across = min(_WIDTH / width, _LARGEST_CELL)
    down = min(across, _TALLEST / height)
    if height * down < 60:
        down = min(60 / height, _LARGEST_CELL)
    return max(1.0, numpy.floor(2 * across) / 2), max(1.0, numpy.floor(2 * down) / 2)


def _draw_cells(target: Panel, grid: Grid, cell: tuple[float, float]) -> None:
    """Every run of equal cells is one stroke as thick as a cell, along the axis with fewer runs."""
    levels = grid.levels
    upright = run_count(levels.T) < run_count(levels)
    along = levels.T if upright else levels
    thickness, length = cell if upright else cell[::-1]
    for level in numpy.unique(levels).tolist():
        row, start, stop = row_runs(along == level).T.astype(numpy.float64)
        if level == WITHIN:  # From the middle of a cell to that of another, or just beyond.
            start, stop = start + 0.5, stop - 0.5 + 0.01
        ends = strokes(start, row + 0.5, stop, row + 0.5)
        across, down = ends[::-1] if upright else ends
        points = target.at(across / levels.shape[1], 1 - down / levels.shape[0])
        if level == WITHIN:
            _line_of_dots(target.drawing, points, max(0.8, min(3.2, 0.28 * min(cell))), length)
        else:
            role, shade = _colour(grid, level)
            target.drawing.line(*points, role, width=thickness, opacity=shade, crisp=True)


def _line_of_dots(
    drawing: Drawing, points: tuple[Floats, Floats], size: float, step: float
) -> None:
    """A stroke whose dashes are dots, at this distance from each other."""
    drawing.line(*points, "good", width=size, dashes=(0.001, step / size), cap="round")


def _name_axes(target: Panel, grid: Grid, names: tuple[str, str], normalised: Axis | None) -> None:
    """Names, first and last indices, and an arrow along the normalised axis."""
    rows, columns = grid.shape
    beside, below = (13 if normalised == axis else 6 for axis in ("rows", "columns"))
    for tick in _index_ticks(rows, 22 / target.height):
        target.write(0, 1 - tick.place, tick.text, shift=(-beside, 0), align="right")
    for tick in _index_ticks(columns, 44 / target.width):
        target.write(tick.place, 0, tick.text, shift=(0, -below - 4), align="center")
    across = names[1] + (" (normalised along this axis)" if normalised == "columns" else "")
    down = names[0] + (" (normalised along this axis)" if normalised == "rows" else "")
    target.write(0, 0, across, "ink", shift=(0, -31))
    target.write(0, 1, down, "ink", shift=(5 - LEFT, 14))
    if normalised is not None:
        _draw_arrow(target, normalised)


def _draw_arrow(target: Panel, axis: Axis) -> None:
    """A line with a head at both ends, just outside the map."""
    flat = axis == "columns"
    (left, right), (bottom, top) = target.at((0, 1), (0, 1))
    ends, side = ((left, right), bottom - 6) if flat else ((bottom, top), left - 6)
    points = (ends, (side, side))
    target.drawing.line(*points if flat else points[::-1], "expected", width=2)
    for end, out in zip(ends, (-3.5, 3.5), strict=True):
        head = ((end + out, end - out, end - out), (side, side + 3.5, side - 3.5))
        target.drawing.area(*head if flat else head[::-1], "expected", depth=Depth.LINES)


def _index_ticks(length: int, share: float) -> tuple[Tick, ...]:
    """Round indices, each in the middle of its cell and taking this share of the side."""
    if length == 0:
        return ()
    middle = 0.5 / length
    wanted = max(1, min(6, int(1 / share)))
    ticks = Scale(0.0, length - 1.0).ticks(wanted, whole=True)
    return tuple(Tick(middle + tick.place * (1 - 2 * middle), tick.text) for tick in ticks)


def _key(grid: Grid) -> tuple[_Entry, ...]:
    """What dots and blocks mean: one entry for each level that occurs, in rows that fit."""
    present = set(numpy.unique(grid.levels).tolist())
    texts = {WITHIN: "within tolerance", BROKEN: "not finite"}
    for level in range(1, len(grid.bounds)):
        texts[level] = _decades(grid, level)
    entries: list[_Entry] = []
    left, row = 0.0, 0
    for level in sorted(present & texts.keys()):
        length = 26 + 6.6 * len(texts[level])
        if left + length > 420:
            left, row = 0.0, row + 1
        entries.append(_Entry(texts[level], level, left, row))
        left += length
    return tuple(entries)


def _decades(grid: Grid, level: int) -> str:
    low, high = grid.bounds[level - 1 : level + 1]
    return f"up to 1e{high} ×" if level == 1 else f"1e{low} to 1e{high} ×"


def _draw_key(drawing: Drawing, grid: Grid, entries: tuple[_Entry, ...], *, top: float) -> None:
    for entry in entries:
        x, y = LEFT + entry.left, top - 9 - 17 * entry.row
        drawing.text(x + 15, y, entry.text, "muted", size=SMALL)
        if entry.level == WITHIN:
            drawing.line((x + 5.5, x + 5.5), (y, y), "good", width=3, cap="round")
        else:
            role, shade = _colour(grid, entry.level)
            drawing.line((x, x + 11), (y, y), role, width=11, opacity=shade)


def _colour(grid: Grid, level: int) -> tuple[Role, float]:
    """Colour and opacity of a level beyond the tolerance; the worst of the array is opaque."""
    return ("ink", 1.0) if level == BROKEN else ("bad", SHADES[level - len(grid.bounds)])
