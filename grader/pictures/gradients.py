"""Pictures of gradients: each of a learner's values against the expected one."""

from __future__ import annotations

from typing import Final

import numpy
from numpy.typing import ArrayLike

from grader.pictures.drawing import Drawing
from grader.pictures.numbers import Flags, Floats, difference, floats, norm
from grader.pictures.panels import TEXT, Panel, heading, panel, x_ticks, y_ticks
from grader.pictures.scale import spanning
from grader.pictures.words import apart, count, number
from grader.result import Picture

_SAME: Final = 1e-9
"""Share of the largest value below which two values count as equal (NUMERICS, rule 1)."""

_RASTER: Final = 48
_MOST_DOTS: Final = 240


def scatter(yours: ArrayLike, expected: ArrayLike, *, title: str) -> Picture:
    """Draws a learner's values against the expected ones: what is right lies on the diagonal.

    Args:
        yours: the learner's gradient, any shape.
        expected: the reference's, of the same shape.
        title: what the picture shows.
    """
    mine, reference = floats(yours), floats(expected)
    length = min(mine.size, reference.size)
    y, x = mine.reshape(-1)[:length], reference.reshape(-1)[:length]
    scale = spanning(x, y, margin=0.06)
    drawing = Drawing(330)
    target = panel(drawing, bottom=46, height=256, x=scale, y=scale, left=84, width=256)
    heading(target, "yours")
    y_ticks(target, scale.ticks(4))
    _draw_diagonal(target)
    _draw_dots(target, x, y)
    x_ticks(target, scale.ticks(4), "expected")
    return drawing.picture(title=title, description=_description(mine, reference, y, x))


def _draw_diagonal(target: Panel) -> None:
    target.drawing.line(*target.at((0, 1), (0, 1)), "expected", width=1.4)
    target.write(1, 1, "expected", "expected", shift=(6, -2), size=TEXT)
    target.write(1, 1, "(yours = expected)", shift=(6, -17))


def _on_diagonal(yours: Floats, expected: Floats) -> Flags:
    size = numpy.abs(expected[numpy.isfinite(expected)])
    allowed = _SAME * float(size.max(initial=0.0))
    return numpy.abs(difference(yours, expected)) <= max(allowed, 1e-12)


def _draw_dots(target: Panel, x: Floats, y: Floats) -> None:
    """Dots on the diagonal are small and hollow-looking, dots off it are crosses."""
    finite = numpy.isfinite(x) & numpy.isfinite(y)
    right = _on_diagonal(y, x)
    for chosen, off in ((finite & right, False), (finite & ~right, True)):
        kept = _representatives(target.x.places(x[chosen]), target.y.places(y[chosen]))
        points = target.at(kept[:, 0], kept[:, 1])
        if off:
            target.drawing.marks(*points, "x", "yours", size=5.5, width=1.2)
        else:
            target.drawing.marks(*points, "+", "good", size=5, width=0.9)


def _representatives(x: Floats, y: Floats) -> Floats:
    """One point for each cell of a raster: a million points look like a thousand."""
    if x.size <= 200:
        return numpy.stack([x, y], axis=1)
    cells = numpy.floor(x * _RASTER) * 2 * _RASTER + numpy.floor(y * _RASTER)
    _, first = numpy.unique(cells, return_index=True)
    if first.size > _MOST_DOTS:
        first = first[:: -(-first.size // _MOST_DOTS)]
    return numpy.stack([x[first], y[first]], axis=1)


def _description(yours: Floats, expected: Floats, flat_yours: Floats, flat_expected: Floats) -> str:
    sentences = []
    if yours.shape != expected.shape:
        sentences.append(f"Your shape is {list(yours.shape)}, expected is {list(expected.shape)}.")
    total = flat_yours.size
    if total == 0:
        return " ".join([*sentences, "There is nothing to compare."])
    right = _on_diagonal(flat_yours, flat_expected)
    if right.all():
        return " ".join([*sentences, f"All {count(total, 'point')} lie on the diagonal."])
    sentences.append(f"{int((~right).sum())} of {count(total, 'point')} are off the diagonal.")
    odd = int((~numpy.isfinite(flat_yours)).sum())
    if odd:
        sentences.append(f"{odd} of yours are not finite.")
    seen = _relation(yours, expected, flat_yours, flat_expected)
    if seen:
        sentences.append(seen)
    error = numpy.abs(difference(flat_yours, flat_expected))
    worst = int(numpy.argmax(numpy.where(numpy.isnan(error), numpy.inf, error)))
    place = [int(index) for index in numpy.unravel_index(worst, expected.shape or (1,))]
    mine, reference = apart(float(flat_yours[worst]), float(flat_expected[worst]))
    sentences.append(f"The furthest is {place}: yours {mine}, expected {reference}.")
    return " ".join(sentences)


@numpy.errstate(all="ignore")  # What overflows on the way holds for no point.
def _relation(yours: Floats, expected: Floats, flat_yours: Floats, flat_expected: Floats) -> str:
    """A simple relation that holds for every point, in words."""
    if not (numpy.isfinite(flat_yours).all() and numpy.isfinite(flat_expected).all()):
        return ""
    if not flat_yours.any():
        return "All of yours are zero."
    if yours.ndim == 2 and yours.shape == expected.shape[::-1]:
        turned = numpy.ascontiguousarray(expected.T).reshape(-1)
        if _on_diagonal(flat_yours, turned).all():
            return "Yours is the transpose of what is expected."
    slope = _slope(flat_yours, flat_expected)
    if slope and _on_diagonal(flat_yours / slope, flat_expected).all():
        if abs(slope + 1) < _SAME:
            return "Every one has the opposite sign."
        return f"Every one is {number(slope)} times what is expected."
    shift = float(flat_yours[0] - flat_expected[0])
    if numpy.isfinite(shift) and _on_diagonal(flat_yours - shift, flat_expected).all():
        return f"Every one differs by the same amount, {number(shift)}."
    return ""


def _slope(yours: Floats, expected: Floats) -> float:
    """Slope of the line through the origin, 0 if there is none."""
    mine, reference = norm(yours), norm(expected)
    if not (0 < mine < 1e300 and 1e-300 < reference < 1e300):
        return 0.0
    direction = float(numpy.dot(yours / mine, expected / reference))
    return direction * (mine / reference)
