"""Pictures of arrays: where the errors are, and how large against the tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy
from numpy.typing import ArrayLike, NDArray

from grader.pictures.numbers import Floats, log10, matrix, runs
from grader.pictures.palette import PALETTE
from grader.pictures.patterns import pattern
from grader.pictures.scale import Scale, Tick
from grader.pictures.sheet import LEFT, Panel, panel, sheet
from grader.pictures.svg import figure_to_picture
from grader.pictures.words import label
from grader.result import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Strokes = Sequence[tuple[float, float, float]]
"""Place across the strokes, start and end along them, counted in cells."""

Levels = NDArray[numpy.int64]
Axis = Literal["rows", "columns"]

_SIDES: Final = (64, 48, 32, 24)
_MOST_RUNS: Final = 900
"""Runs of equal cells that a picture may hold: about 9 bytes each."""

_SHADES: Final = (0.22, 0.45, 0.7, 1.0)
_WITHIN: Final = 0
_BROKEN: Final = len(_SHADES) + 1
_WIDTH: Final = 330.0
_TALLEST: Final = 230.0
_LARGEST_CELL: Final = 30.0


@dataclass(frozen=True)
class _Grid:
    """What is drawn.

    Attributes:
        levels: per cell 0 within the tolerance, 1 to 4 by decades beyond, 5 not finite.
        bounds: exponents of ten between the levels 1 to 4 (one more than there are levels).
        shape: size of the array before it was reduced.
    """

    levels: Levels
    bounds: tuple[int, ...]
    shape: tuple[int, int]


@dataclass(frozen=True)
class _Entry:
    """One line of the key: what a level means, how it is drawn, and where it stands."""

    text: str
    level: int
    shade: float
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
    grid = _reduced(values)
    cell = _cell_size(grid.levels.shape)
    width, height = grid.levels.shape[1] * cell[0], grid.levels.shape[0] * cell[1]
    key = _key(grid)
    foot = 56 + 17 * (1 + max((entry.row for entry in key), default=0))
    with sheet(height + foot + 28) as figure:
        target = _plain_panel(figure, LEFT, foot, width, height)
        _draw_cells(target, grid, cell)
        _name_axes(target, grid, (label(rows, 16), label(columns)), normalised)
        _draw_key(_plain_panel(figure, LEFT, 0, 400, foot - 40), key)
        description = pattern(values, label(rows), label(columns))
        if grid.levels.shape != grid.shape:
            description += " Each block of the picture shows the worst of its cells."
        return figure_to_picture(figure, title=title, description=description)


def _reduced(values: Floats) -> _Grid:
    """Levels of the array, made smaller until they can be drawn in few strokes."""
    with numpy.errstate(all="ignore"):
        exponents = numpy.where(values <= 1, -numpy.inf, log10(values))
    exponents = numpy.where(numpy.isfinite(values), exponents, numpy.inf)
    bounds = _bounds(exponents[numpy.isfinite(exponents)])
    shape = (values.shape[0], values.shape[1])
    for side in _SIDES:
        pooled = _max_pooled(exponents, side)
        levels = numpy.searchsorted(numpy.array(bounds[1:-1]), pooled, side="right") + 1
        levels = numpy.where(pooled == -numpy.inf, _WITHIN, levels)
        levels = numpy.where(pooled == numpy.inf, _BROKEN, levels)
        grid = _Grid(levels.astype(numpy.int64), bounds, shape)
        if min(_run_count(levels), _run_count(levels.T)) <= _MOST_RUNS:
            break
    return grid


def _bounds(exponents: Floats) -> tuple[int, ...]:
    """Powers of ten between at most four levels, from the bulk of the errors."""
    if exponents.size == 0:
        return (0, 1)
    low, high = numpy.quantile(exponents, (0.05, 1.0))
    first, last = int(numpy.floor(low)), int(numpy.floor(high)) + 1
    stride = -(-(last - first) // len(_SHADES))
    return tuple(range(first, last + stride, stride))[: len(_SHADES) + 1]


def _max_pooled(values: Floats, side: int) -> Floats:
    """At most ``side`` rows and columns, each the largest of what it stands for."""
    for axis in (0, 1):
        length = values.shape[axis]
        if length > side:
            starts = numpy.arange(side) * length // side
            values = numpy.maximum.reduceat(values, starts, axis=axis)
    return values


def _run_count(levels: Levels) -> int:
    return int(levels.shape[0] + numpy.count_nonzero(numpy.diff(levels, axis=1)))


def _cell_size(shape: tuple[int, ...]) -> tuple[float, float]:
    """Width and height in half points: square unless that makes the map too flat or too tall."""
    height, width = max(shape[0], 1), max(shape[1], 1)
    across = min(_WIDTH / width, _LARGEST_CELL)
    down = min(across, _TALLEST / height)
    if height * down < 60:
        down = min(60 / height, _LARGEST_CELL)
    return max(1.0, numpy.floor(2 * across) / 2), max(1.0, numpy.floor(2 * down) / 2)


def _draw_cells(target: Panel, grid: _Grid, cell: tuple[float, float]) -> None:
    """Every run of equal cells is one stroke as thick as a cell, along the axis with fewer runs."""
    levels = grid.levels
    upright = _run_count(levels.T) < _run_count(levels)
    along = levels.T if upright else levels
    thickness, length = (cell[0], cell[1]) if upright else (cell[1], cell[0])
    for level in numpy.unique(levels):
        strokes = [
            (row + 0.5, start, stop)
            for row in range(along.shape[0])
            for start, stop in runs(along[row] == level)
        ]
        if level == _WITHIN:
            _stroke_dots(target, strokes, grid.levels.shape, upright, min(cell), length)
        else:
            _stroke(
                target,
                _corners(strokes, grid.levels.shape, upright),
                linewidth=thickness,
                capstyle="butt",
                gid="crisp",
                **_colour(int(level), _shade(grid, int(level))),
            )


def _corners(strokes: Strokes, shape: tuple[int, ...], upright: bool) -> list[tuple[float, float]]:
    """Ends of strokes as positions in the panel; the first row is on top."""
    height, width = shape
    points = [(place, across) for across, start, stop in strokes for place in (start, stop)]
    if upright:
        return [(across / width, 1 - place / height) for place, across in points]
    return [(place / width, 1 - across / height) for place, across in points]


def _stroke_dots(
    target: Panel,
    strokes: Strokes,
    shape: tuple[int, ...],
    upright: bool,
    cell: float,
    length: float,
) -> None:
    """A dashed stroke whose dashes are dots, one in the middle of each cell."""
    size = max(0.8, min(3.2, 0.28 * cell))
    inner = [(across, start + 0.5, stop - 0.5 + 0.01) for across, start, stop in strokes]
    _stroke(
        target,
        _corners(inner, shape, upright),
        color=PALETTE["good"],
        linewidth=size,
        capstyle="round",
        linestyle=(0, (0.001, length / size)),
    )


def _stroke(target: Panel, points: list[tuple[float, float]], **style: Any) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO, Path.LINETO] * (len(points) // 2)
    target.axes.add_patch(PathPatch(Path(points, codes), fill=False, clip_on=False, **style))


def _name_axes(target: Panel, grid: _Grid, names: tuple[str, str], normalised: Axis | None) -> None:
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
        ends = ((0, 0), (1, 0)) if normalised == "columns" else ((0, 0), (0, 1))
        shift = (0, -6) if normalised == "columns" else (-6, 0)
        _arrow(target, ends, shift)


def _arrow(
    target: Panel, ends: tuple[tuple[float, float], tuple[float, float]], shift: tuple[float, float]
) -> None:
    """A line with a head at both ends, just outside the map."""
    moved = [(x + shift[0] / target.width, y + shift[1] / target.height) for x, y in ends]
    sideways = ends[0][1] == ends[1][1]
    target.axes.plot(
        *zip(*moved, strict=True), color=PALETTE["expected"], linewidth=2, clip_on=False
    )
    for place, head in zip(moved, ("<", ">") if sideways else ("v", "^"), strict=True):
        target.axes.plot(
            [place[0]],
            [place[1]],
            marker=head,
            markersize=7,
            color=PALETTE["expected"],
            markeredgewidth=0,
            clip_on=False,
        )


def _index_ticks(length: int, share: float) -> tuple[Tick, ...]:
    """Round indices, each in the middle of its cell and taking this share of the side."""
    if length == 0:
        return ()
    middle = 0.5 / length
    wanted = max(1, min(6, int(1 / share)))
    ticks = Scale(0.0, length - 1.0).ticks(wanted, whole=True)
    return tuple(Tick(middle + tick.place * (1 - 2 * middle), tick.text) for tick in ticks)


def _key(grid: _Grid) -> tuple[_Entry, ...]:
    """What dots and blocks mean: one entry for each level that occurs, in rows that fit."""
    present = set(numpy.unique(grid.levels).tolist())
    texts = {_WITHIN: "within tolerance", _BROKEN: "not finite"}
    for level in range(1, len(grid.bounds)):
        texts[level] = _decades(grid, level)
    entries: list[_Entry] = []
    left, row = 0.0, 0
    for level in sorted(present & texts.keys()):
        length = 26 + 6.6 * len(texts[level])
        if left + length > 420:
            left, row = 0.0, row + 1
        entries.append(_Entry(texts[level], level, _shade(grid, level), left, row))
        left += length
    return tuple(entries)


def _decades(grid: _Grid, level: int) -> str:
    low, high = grid.bounds[level - 1 : level + 1]
    return f"up to 1e{high} ×" if level == 1 else f"1e{low} to 1e{high} ×"


def _draw_key(key: Panel, entries: tuple[_Entry, ...]) -> None:
    for entry in entries:
        x, y = entry.left / key.width, 1 - (9 + 17 * entry.row) / key.height
        key.write(x, y, entry.text, shift=(15, 0))
        if entry.level == _WITHIN:
            middle = x + 5.5 / key.width
            _stroke(
                key,
                [(middle, y), (middle, y)],
                color=PALETTE["good"],
                linewidth=3,
                capstyle="round",
            )
        else:
            _stroke(
                key,
                [(x, y), (x + 11 / key.width, y)],
                linewidth=11,
                capstyle="butt",
                **_colour(entry.level, entry.shade),
            )


def _plain_panel(figure: Figure, left: float, bottom: float, width: float, height: float) -> Panel:
    whole = Scale(0.0, 1.0)
    target = panel(
        figure,
        bottom=bottom,
        height=max(height, 1.0),
        x=whole,
        y=whole,
        width=max(width, 1.0),
        left=left,
    )
    target.axes.spines["bottom"].set_visible(False)
    return target


def _shade(grid: _Grid, level: int) -> float:
    """Opacity of a level; the worst one of the array is always opaque."""
    if level in (_WITHIN, _BROKEN):
        return 1.0
    return _SHADES[level - len(grid.bounds)]


def _colour(level: int, shade: float) -> dict[str, Any]:
    if level == _BROKEN:
        return {"color": PALETTE["ink"]}
    return {"color": PALETTE["bad"], "alpha": shade if shade < 1 else None}
