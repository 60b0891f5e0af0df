"""Panels: rectangles of a drawing with an x and a y axis, and what stands around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy
from numpy.typing import ArrayLike

from grader.pictures.drawing import WIDTH, Align, Depth, Drawing
from grader.pictures.numbers import Floats
from grader.pictures.palette import Role
from grader.pictures.paths import unbent
from grader.pictures.scale import Scale, Tick
from grader.pictures.words import label

LEFT: Final = 54.0
RIGHT: Final = 92.0
INNER: Final = WIDTH - LEFT - RIGHT
TEXT: Final = 12.0
SMALL: Final = 11.0
DASHES: Final = (3.4, 2.0)
_DOTS: Final = (1.5, 2.0)
_AXIS: Final = 0.8


@dataclass(frozen=True)
class Panel:
    """A rectangle with an x and a y axis; positions on it go from 0 to 1 in both directions.

    Attributes:
        drawing: what it is a part of.
        x: values along the horizontal axis.
        y: values along the vertical axis.
        left: distance from the left edge of the drawing, in points.
        bottom: distance from its lower edge.
        width: in points.
        height: in points.
    """

    drawing: Drawing
    x: Scale
    y: Scale
    left: float
    bottom: float
    width: float
    height: float

    def at(self, xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats]:
        """Positions as points of the drawing."""
        across = self.left + self.width * numpy.asarray(xs)
        return across, self.bottom + self.height * numpy.asarray(ys)

    def line(
        self, xs: Floats, ys: Floats, role: Role, *, width: float = 1.3, dashed: bool = False
    ) -> None:
        """A curve; gaps where a value is not finite."""
        points = unbent(*self.at(self.x.places(xs), self.y.places(ys)))
        self.drawing.line(*points, role, width=width, dashes=DASHES if dashed else None)

    def upright(self, x: float, role: Role, *, dashed: bool = False, width: float = 1.0) -> None:
        """A vertical line over the whole height, at a value of x."""
        place = self.x.place(x)
        points = self.at((place, place), (0, 1))
        self.drawing.line(*points, role, width=width, dashes=_DOTS if dashed else None)

    def band(self, low: float, high: float) -> None:
        """The tolerance: a shaded strip over the whole width, between two values of y."""
        self.shade((0, 1), (self.y.place(low), self.y.place(high)))

    def shade(self, across: tuple[float, float], up: tuple[float, float]) -> None:
        """Shades a rectangle between positions behind everything else, as far as it is inside."""
        (left, right), (bottom, top) = numpy.clip((across, up), 0, 1)
        points = self.at((left, right, right, left), (bottom, bottom, top, top))
        self.drawing.area(*points, "shade")

    def write(
        self,
        x: float,
        y: float,
        text: str,
        role: Role = "muted",
        *,
        shift: tuple[float, float] = (0.0, 0.0),
        align: Align = "left",
        size: float = SMALL,
        halo: bool = False,
    ) -> None:
        """Text at a position, shifted by points.

        A halo in the colour of the paper keeps it readable across lines.
        """
        left = self.left + self.width * x + shift[0]
        bottom = self.bottom + self.height * y + shift[1]
        self.drawing.text(left, bottom, text, role, size=size, align=align, halo=halo)


def panel(
    drawing: Drawing,
    *,
    bottom: float,
    height: float,
    x: Scale,
    y: Scale,
    left: float = LEFT,
    width: float = INNER,
) -> Panel:
    """A panel without ticks; all lengths in points from the lower left corner of the drawing."""
    target = Panel(drawing, x, y, left, bottom, width, height)
    points = target.at((0, 1), (0, 0))
    drawing.line(*points, "muted", width=_AXIS, cap="square", depth=Depth.AXES)
    return target


def x_ticks(target: Panel, ticks: tuple[Tick, ...], name: str) -> None:
    """Tick marks and numbers below a panel, and the name of the axis below them."""
    xs, ys = target.at([tick.place for tick in ticks], numpy.zeros(len(ticks)))
    target.drawing.line(*strokes(xs, ys, xs, ys - 3), "muted", width=_AXIS, depth=Depth.GRID)
    for tick in ticks:
        target.write(tick.place, 0, tick.text, shift=(0, -11.5), align="center")
    target.write(0.5, 0, label(name, 40), shift=(0, -27), align="center")


def y_ticks(target: Panel, ticks: tuple[Tick, ...]) -> None:
    """A thin line across the panel at each tick, and its number to the left."""
    places = numpy.array([tick.place for tick in ticks])
    ends = strokes(numpy.zeros(places.size), places, numpy.ones(places.size), places)
    target.drawing.line(*target.at(*ends), "grid", width=0.6, depth=Depth.GRID)
    for tick in ticks:
        target.write(0, tick.place, tick.text, shift=(-5, 0), align="right")


def strokes(x: Floats, y: Floats, to_x: Floats, to_y: Floats) -> tuple[Floats, Floats]:
    """Separate strokes as one line with gaps, from the points (x, y) to (to_x, to_y)."""
    gaps = numpy.full(x.size, numpy.nan)
    xs, ys = numpy.stack([x, to_x, gaps], axis=1), numpy.stack([y, to_y, gaps], axis=1)
    return xs.reshape(-1), ys.reshape(-1)


def heading(target: Panel, text: str) -> None:
    """What a panel's y axis shows, above its upper left corner, where it needs no turned text."""
    target.write(0, 1, label(text, 60), shift=(5 - min(target.left, LEFT), 13))


def end_labels(target: Panel, ends: Mapping[str, tuple[float, Role]]) -> None:
    """Names at the right end of curves, pushed apart where they would overlap.

    Args:
        target: the panel.
        ends: for each text the value of y where its curve ends, and the curve's role.
    """
    gap = (TEXT + 2) / target.height
    placed = sorted((target.y.place(value), text) for text, (value, _) in ends.items())
    lowest = -numpy.inf
    heights: dict[str, float] = {}
    for place, text in placed:
        lowest = max(lowest + gap, place)
        heights[text] = lowest
    excess = max(0.0, lowest - 1.0) if placed else 0.0
    for text, (_, role) in ends.items():
        target.write(1, heights[text] - excess, text, role, shift=(6, 0), size=TEXT)


def mark_lines(target: Panel, marks: Mapping[str, float]) -> None:
    """Labelled vertical lines; labels that would overlap stand in different rows.

    Args:
        target: the panel.
        marks: value of x by name; those outside the axis are left out, and all beyond the eighth.
    """
    row_ends: list[float] = []
    inside = [(value, name) for name, value in marks.items() if target.x.contains(value)]
    for value, name in sorted(inside)[:8]:
        text, start = label(name), target.x.place(value) * target.width
        length = 6.2 * len(text) + 8  # About the mean advance of a sans-serif at 11 points.
        flipped = target.left + start + length > WIDTH - 4
        start = start - length if flipped else start
        row = next((i for i, end in enumerate(row_ends) if end <= start), len(row_ends))
        row_ends[row : row + 1] = [start + length]
        target.upright(value, "muted", dashed=True)
        target.write(
            target.x.place(value),
            1,
            text,
            "ink",
            shift=(-4 if flipped else 4, -6 - 14 * row),
            align="right" if flipped else "left",
            halo=True,
        )
