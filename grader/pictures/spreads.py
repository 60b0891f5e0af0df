"""Pictures of random values: what a learner drew, under the density it should follow."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy
from numpy.typing import ArrayLike

from grader.pictures.drawing import Align, Drawing
from grader.pictures.numbers import Floats, norm, vector
from grader.pictures.palette import Role
from grader.pictures.panels import DASHES, TEXT, Panel, heading, mark_lines, panel, x_ticks
from grader.pictures.scale import Scale
from grader.pictures.words import count, label, number
from grader.result import Picture

Density = Callable[[Floats], Any]

_BINS: Final = 48
_GRID: Final = 241
_TALLEST: Final = 4.0
"""A histogram is cut off at this many times the density's peak, so that the density stays seen."""


@dataclass(frozen=True)
class _Spread:
    """A sample in numbers.

    Attributes:
        size: how many values.
        odd: how many of them are not finite.
        mean: of the finite ones.
        deviation: standard deviation about that mean.
        largest: largest magnitude.
    """

    size: int
    odd: int
    mean: float
    deviation: float
    largest: float


def histogram(
    sample: ArrayLike,
    *,
    density: Density | None,
    marks: Mapping[str, float],
    title: str,
    x_label: str = "weight",
) -> Picture:
    """Draws the histogram of a learner's random values under the density they should follow.

    Args:
        sample: the learner's values, any shape.
        density: probability density, for an array of x; None where none is expected.
        marks: x of vertical lines by their label: standard deviations, bounds. A label that
            begins with ± is drawn on both sides.
        title: what the picture shows.
        x_label: what the values are.
    """
    values = vector(sample)
    finite = values[numpy.isfinite(values)]
    spread = _measure(values, finite)
    expected = _expected(density, spread, marks)
    x = _range(finite, spread, expected.reach, marks)
    curve = _evaluate(density, x.high, _GRID)
    heights, edges = _bars(finite, x)
    peak = _top(heights, curve[1])
    y = Scale(0, 1.32 * peak)
    drawing = Drawing(250)
    target = panel(drawing, bottom=42, height=182, x=x, y=y, left=24, width=432)
    heading(target, "density" if finite.size else "density: no finite values")
    _draw_bars(target, heights, edges, peak)
    _draw_density(target, curve)
    _draw_marks(target, marks)
    x_ticks(target, x.ticks(6), x_label)
    description = _description(spread, marks, expected.deviation)
    return drawing.picture(title=title, description=description)


@dataclass(frozen=True)
class _Expected:
    """The density in numbers, zero if there is none.

    Attributes:
        deviation: standard deviation about its mean.
        reach: largest magnitude at which it is more than half a percent of its peak.
    """

    deviation: float
    reach: float


def _measure(values: Floats, finite: Floats) -> _Spread:
    if finite.size == 0:
        return _Spread(values.size, values.size, math.nan, math.nan, math.nan)
    largest = float(numpy.abs(finite).max())
    unit = largest or 1.0  # Sums of 1e308 overflow, sums of shares of the largest value don't.
    mean = float(numpy.mean(finite / unit))
    deviation = norm(finite / unit - mean) / math.sqrt(finite.size)
    return _Spread(values.size, values.size - finite.size, mean * unit, deviation * unit, largest)


def _range(finite: Floats, spread: _Spread, expected: float, marks: Mapping[str, float]) -> Scale:
    """Wide enough for the marks and for nearly all values; a stray outlier does not set it."""
    places = [expected, *(abs(value) for value in marks.values() if math.isfinite(value))]
    if finite.size:
        with numpy.errstate(all="ignore"):  # Between ±1e308 the quantile's own step overflows.
            low, high = (float(edge) for edge in numpy.quantile(finite, (0.001, 0.999)))
        around = min(3.6 * spread.deviation, spread.largest)
        places += [abs(low), abs(high), abs(spread.mean) + around]
    reach = 1.12 * min(max(place for place in places if math.isfinite(place)), 1e300)
    reach = reach if reach > 1e-290 else 1.0  # Below that there is no room for bins.
    return Scale(-reach, reach)


def _evaluate(density: Density | None, reach: float, points: int) -> tuple[Floats, Floats]:
    """The density on a grid, zero where it is not a finite positive number."""
    grid = numpy.linspace(-reach, reach, points)
    if density is None:
        return grid, numpy.zeros(points)
    with numpy.errstate(all="ignore"):
        heights = numpy.broadcast_to(numpy.asarray(density(grid), dtype=numpy.float64), grid.shape)
    return grid, numpy.where(numpy.isfinite(heights) & (heights > 0), heights, 0.0)


def _bars(finite: Floats, x: Scale) -> tuple[Floats, Floats]:
    """Density of the sample per bin; what lies outside the axis counts in the total only."""
    counts, edges = numpy.histogram(finite, bins=_BINS, range=(x.low, x.high))
    widths = numpy.diff(edges)
    return counts / max(finite.size, 1) / widths, edges


def _top(heights: Floats, density: Floats) -> float:
    tallest, target = float(heights.max()), float(density.max())
    if target > 0 and tallest > 0:
        return min(max(tallest, target), _TALLEST * min(tallest, target), 1e300)
    return min(max(tallest, target), 1e300) or 1.0


def _draw_bars(target: Panel, heights: Floats, edges: Floats, peak: float) -> None:
    """Filled steps with a dashed outline; the name at the left flank."""
    if not heights.any():
        return
    tops = numpy.minimum(heights, 1.15 * peak)
    outline_x = target.x.places(numpy.repeat(edges, 2))
    outline_y = target.y.places(numpy.concatenate([[0.0], numpy.repeat(tops, 2), [0.0]]))
    target.drawing.area(*target.at(outline_x, outline_y), "yours", opacity=0.16)
    shown = slice(*_support(outline_y))
    points = target.at(outline_x[shown], outline_y[shown])
    target.drawing.line(*points, "yours", width=1.2, dashes=DASHES)
    left = int(numpy.argmax(tops >= 0.5 * tops.max()))
    place = target.x.place(float(edges[left]))
    _flank(target, place, target.y.place(0.55 * float(tops.max())), "yours", right=False)


def _support(outline: Floats) -> tuple[int, int]:
    """Where an outline is above zero, with one point on either side."""
    above = numpy.flatnonzero(outline > 0)
    return max(int(above[0]) - 1, 0), int(above[-1]) + 2


def _draw_density(target: Panel, curve: tuple[Floats, Floats]) -> None:
    """The expected density as a solid line; the name at the right flank."""
    grid, heights = curve
    if not heights.any():
        return
    target.line(grid, heights, "expected", width=1.8)
    tallest = float(heights.max())
    right = _GRID - 1 - int(numpy.argmax(heights[::-1] >= 0.4 * tallest))
    place = target.y.place(0.5 * min(tallest, target.y.high))
    _flank(target, target.x.place(float(grid[right])), place, "expected", right=True)


def _flank(target: Panel, x: float, y: float, role: Role, *, right: bool) -> None:
    shift = 7 if right else -6
    if (right and x > 0.85) or (not right and x < 0.12):
        shift = -shift
    align: Align = "left" if shift > 0 else "right"
    target.write(x, y, role, role, shift=(shift, 0), align=align, size=TEXT, halo=True)


def _draw_marks(target: Panel, marks: Mapping[str, float]) -> None:
    """Each mark with its name; one that holds on both sides is named on the right."""
    both = {name: abs(value) for name, value in marks.items() if name.startswith("±")}
    mark_lines(target, {**marks, **both})
    for value in both.values():
        if target.x.contains(-value):
            target.upright(-value, "muted", dashed=True)


def _description(spread: _Spread, marks: Mapping[str, float], wanted: float) -> str:
    sentences = []
    if spread.odd:
        sentences.append(f"{spread.odd} of {count(spread.size, 'value')} are not finite.")
    if spread.size == spread.odd:
        return " ".join([*sentences, "There is nothing to draw."])
    opening = (
        f"Your {count(spread.size - spread.odd, 'value')} have a standard deviation of "
        f"{number(spread.deviation)} about a mean of {number(spread.mean, 2)}"
    )
    if wanted > 0:
        ratio = number(spread.deviation / wanted, 3)
        wide = "as wide" if ratio == "1" else f"{ratio} times as wide"
        opening += f"; expected is {number(wanted)}, so yours are {wide}"
    sentences.append(opening + ".")
    nearest = _nearest(spread.deviation, marks)
    if nearest:
        sentences.append(f"The mark nearest to that deviation is {nearest}.")
    furthest = _nearest(spread.largest, marks)
    sentences.append(
        f"The largest magnitude is {number(spread.largest)}"
        + (f", nearest to {furthest}." if furthest else ".")
    )
    return " ".join(sentences)


def _expected(density: Density | None, spread: _Spread, marks: Mapping[str, float]) -> _Expected:
    """Measures the density on a grid much wider than the marks, which give its order of size."""
    sizes = [abs(value) for value in marks.values() if math.isfinite(value) and value != 0]
    size = max(sizes, default=spread.largest if spread.largest > 0 else 1.0)
    unit = min(12 * size, 1e300)
    grid, heights = _evaluate(density, unit, 24 * _GRID + 1)
    peak = float(heights.max())
    if peak == 0:
        return _Expected(0.0, 0.0)
    weights = heights / peak / float(numpy.sum(heights / peak))
    mean = float(numpy.sum(weights * (grid / unit)))
    deviation = unit * math.sqrt(float(numpy.sum(weights * (grid / unit - mean) ** 2)))
    return _Expected(deviation, float(numpy.abs(grid[heights > 0.005 * peak]).max()))


def _nearest(value: float, marks: Mapping[str, float]) -> str:
    """The mark with the ratio nearest to 1, in words."""
    usable = {name: abs(x) for name, x in marks.items() if math.isfinite(x) and x != 0}
    if not usable or not value > 0:
        return ""
    name = min(usable, key=lambda key: abs(math.log(value) - math.log(usable[key])))
    return f"{label(name)} = {number(usable[name])} (ratio {number(value / usable[name], 3)})"
