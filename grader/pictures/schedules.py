"""Pictures of schedules: a learner's curve over the expected one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy
from numpy.typing import ArrayLike

from grader.pictures.drawing import Align, Drawing
from grader.pictures.numbers import Flags, Floats, difference, log10, positive, thin, vector
from grader.pictures.palette import Role
from grader.pictures.panels import Panel, end_labels, heading, mark_lines, panel, x_ticks, y_ticks
from grader.pictures.scale import LARGEST, Scale, Tick, spanning
from grader.pictures.words import apart, count, label, number
from grader.result import Picture

_MOST_CROSSES: Final = 40
_NO_MARKS: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True)
class _Comparison:
    """Two curves over their common length."""

    steps: Floats
    yours: Floats
    expected: Floats
    residual: Floats
    parted: Flags
    tolerance: float

    @property
    def first(self) -> int | None:
        """Index where the curves part, None if they don't."""
        return int(numpy.argmax(self.parted)) if self.parted.any() else None


def curve(
    steps: ArrayLike,
    yours: ArrayLike,
    expected: ArrayLike,
    *,
    tolerance: float,
    title: str,
    x_label: str = "step",
    y_label: str = "learning rate",
    marks: Mapping[str, float] = _NO_MARKS,
) -> Picture:
    """Draws a learner's curve dashed over the expected one, and their difference below.

    The lower strip shows yours - expected on a scale that is linear within the tolerance (shaded)
    and logarithmic beyond: an error of one part in a million is invisible above and plain below.

    Args:
        steps: x of each value, shape (n,); counted from 0 where it is too short.
        yours: the learner's values, shape (n,).
        expected: the reference's values, shape (n,).
        tolerance: allowed absolute difference.
        title: what the picture shows.
        x_label: what a step is, in the singular.
        y_label: what the values are.
        marks: x of vertical lines, by their label (the end of warmup).
    """
    mine, reference = vector(yours), vector(expected)
    compared = _compare(vector(steps), mine, reference, tolerance)
    drawing = Drawing(300)
    x = spanning(_positions(vector(steps), max(mine.size, reference.size)), margin=0)
    upper = _upper(drawing, x, (mine, reference), vector(steps), marked=bool(marks))
    heading(upper, y_label)
    mark_lines(upper, marks)
    lower = _strip(drawing, x, compared, x_label)
    for value in marks.values():
        if x.contains(value):
            lower.upright(value, "muted", dashed=True)
    if compared.first is not None:
        _point_at(upper, lower, compared.steps[compared.first])
    description = _description(compared, mine, reference, x_label)
    return drawing.picture(title=title, description=description)


def _positions(steps: Floats, length: int) -> Floats:
    """X of each value: the steps if there are enough, else 0, 1, 2, ..."""
    usable = steps.size >= length and bool(numpy.isfinite(steps[:length]).all())
    return steps[:length] if usable else numpy.arange(length, dtype=numpy.float64)


def _compare(steps: Floats, yours: Floats, expected: Floats, tolerance: float) -> _Comparison:
    length = min(yours.size, expected.size)
    positions = _positions(steps, max(yours.size, expected.size))[:length]
    residual = difference(yours[:length], expected[:length])
    allowed = positive(tolerance)
    parted = ~(numpy.abs(residual) <= allowed)
    return _Comparison(positions, yours[:length], expected[:length], residual, parted, allowed)


def _upper(
    drawing: Drawing, x: Scale, both: tuple[Floats, Floats], steps: Floats, *, marked: bool
) -> Panel:
    """Both curves, each named at its end."""
    y = spanning(*both)
    if marked:  # Room for the names of the marks, which would hide a peak.
        y = Scale(y.low, min(y.high + 0.3 * (y.high / 2 - y.low / 2), LARGEST))
    target = panel(drawing, bottom=136, height=138, x=x, y=y)
    y_ticks(target, target.y.ticks(4))
    ends: dict[str, tuple[float, Role]] = {}
    curves: tuple[tuple[Floats, Role], ...] = ((both[1], "expected"), (both[0], "yours"))
    for values, role in curves:
        positions = _positions(steps, values.size)
        kept = thin(values)
        target.line(
            positions[kept],
            values[kept],
            role,
            width=2.2 if role == "expected" else 1.5,
            dashed=role == "yours",
        )
        finite = values[numpy.isfinite(values)]
        if finite.size:
            ends[role] = (float(finite[-1]), role)
    end_labels(target, ends)
    return target


def symmetric_log(values: Floats, tolerance: float) -> Floats:
    """Signed decades beyond the tolerance: linear to ±1 within it, one per power of ten beyond."""
    with numpy.errstate(all="ignore"):
        beyond = numpy.sign(values) * (1 + log10(values) - numpy.log10(tolerance))
        return numpy.where(numpy.abs(values) <= tolerance, values / tolerance, beyond)


def _strip(drawing: Drawing, x: Scale, compared: _Comparison, x_label: str) -> Panel:
    """The difference, with the tolerance shaded."""
    decades = symmetric_log(compared.residual, compared.tolerance)
    finite = decades[numpy.isfinite(decades)]
    reach = max(2.0, float(numpy.abs(finite).max()) * 1.08) if finite.size else 2.0
    target = panel(drawing, bottom=42, height=62, x=x, y=Scale(-reach, reach))
    target.band(-1, 1)
    y_ticks(target, (Tick(0.5, "0"), *_strip_ticks(target.y, compared)))
    kept = thin(decades)
    target.line(compared.steps[kept], decades[kept], "ink", width=1.2)
    _cross_out(target, compared)
    target.write(1, 0.5, f"±{number(compared.tolerance, 2)}", shift=(6, 7))
    target.write(1, 0.5, "allowed", shift=(6, -6))
    name = "yours - expected"
    if compared.first is not None:
        name += f": they part at {label(x_label)} {number(compared.steps[compared.first], 9)}"
    heading(target, name)
    x_ticks(target, x.ticks(5), x_label)
    return target


def _cross_out(target: Panel, compared: _Comparison) -> None:
    """Crosses where the difference is not a finite number, and a line would have a gap."""
    odd = numpy.flatnonzero(~numpy.isfinite(compared.residual))
    if not odd.size:
        return
    shown = odd[:: -(-odd.size // _MOST_CROSSES)]
    points = target.at(target.x.places(compared.steps[shown]), numpy.full(shown.size, 0.5))
    target.drawing.marks(*points, "x", "bad", size=7, width=1.6)
    place = target.x.place(compared.steps[odd[0]])
    side: tuple[float, Align] = (-9, "right") if place > 0.7 else (9, "left")
    target.write(place, 0.5, "not finite", "bad", shift=(side[0], 9), align=side[1], halo=True)


def _strip_ticks(y: Scale, compared: _Comparison) -> tuple[Tick, ...]:
    """One power of ten on either side, near the largest difference."""
    exponent = numpy.floor(numpy.log10(compared.tolerance) + y.high - 1)
    decades = 1 + exponent - float(numpy.log10(compared.tolerance))
    if decades <= 1:
        return ()
    size = f"1e{exponent:.0f}"
    return (Tick(y.place(decades), size), Tick(y.place(-decades), "-" + size))


def _point_at(upper: Panel, lower: Panel, step: float) -> None:
    """A line through both panels where the curves part."""
    for target in (upper, lower):
        target.upright(step, "bad", width=0.9)


def _description(compared: _Comparison, yours: Floats, expected: Floats, x_label: str) -> str:
    sentences = []
    if yours.size != expected.size:
        sentences.append(f"Yours has {count(yours.size, 'value')}, expected are {expected.size}.")
    first, total = compared.first, compared.yours.size
    if total == 0:
        return " ".join([*sentences, "There is nothing to compare."])
    if first is None:
        allowed = number(compared.tolerance)
        return " ".join(
            [*sentences, f"All {total} differences are within the tolerance of {allowed}."]
        )
    mine, reference = apart(float(compared.yours[first]), float(compared.expected[first]))
    place = f"{label(x_label)} {number(compared.steps[first], 9)}"
    if compared.steps[first] != first:
        place += f" (index {first})"
    sentences.append(f"The curves part at {place}: yours {mine}, expected {reference}.")
    size = numpy.where(numpy.isnan(compared.residual), numpy.inf, numpy.abs(compared.residual))
    worst = int(numpy.argmax(size))
    sentences.append(
        f"{int(compared.parted.sum())} of {count(total, 'value')} are outside the tolerance of "
        f"{number(compared.tolerance)}; the largest difference, {number(compared.residual[worst])},"
        f" is at {label(x_label)} {number(compared.steps[worst], 9)}."
    )
    return " ".join(sentences)
