"""Pictures of descents: how far from the reference each step ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy
from numpy.typing import ArrayLike

from grader.pictures.drawing import Drawing
from grader.pictures.numbers import (
    Flags,
    Floats,
    Numbers,
    difference,
    log10,
    norm,
    norms,
    positive,
    rows,
    thin,
    vector,
)
from grader.pictures.palette import Role
from grader.pictures.panels import TEXT, Panel, end_labels, heading, panel, x_ticks, y_ticks
from grader.pictures.scale import Scale, Tick, spanning
from grader.pictures.words import count, number
from grader.result import Picture

Rows = tuple[Floats, ...] | Floats

_LOSS_HEIGHT: Final = 110
_MOST_DOTS: Final = 60
_DECADES_BELOW: Final = 8.0
"""How far below the tolerance the axis may reach; rounding errors lie there, zero at its foot."""


def descent(
    yours: Numbers,
    expected: Numbers,
    *,
    tolerance: float,
    title: str,
    loss_yours: ArrayLike | None = None,
    loss_expected: ArrayLike | None = None,
    first_step: int = 1,
) -> Picture:
    """Draws the distance between two sequences of weights, step by step, on a logarithmic axis.

    Steps outside the tolerance are filled dots, steps inside (on the shaded band) hollow ones.

    Args:
        yours: the learner's weights after each step, shape (T, ...) or T tensors.
        expected: the reference's.
        tolerance: allowed Euclidean distance at each step.
        title: what the picture shows.
        loss_yours: the learner's loss per step, shape (T,); drawn below if given.
        loss_expected: the reference's.
        first_step: number of the first entry (1 if it is the state after one step).
    """
    mine, reference = rows(yours), rows(expected)
    distances = _distances(mine, reference)
    allowed = positive(tolerance)
    losses: dict[Role, Floats] = {}
    if loss_expected is not None:
        losses["expected"] = vector(loss_expected)
    if loss_yours is not None:
        losses["yours"] = vector(loss_yours)
    extra = _LOSS_HEIGHT if losses else 0
    steps = numpy.arange(first_step, first_step + max(len(mine), len(reference), 1), dtype=float)
    drawing = Drawing(214 + extra)
    x = spanning(steps, margin=0.04)
    _distance_panel(drawing, x, steps, distances, allowed, bottom=42 + extra)
    if losses:
        _loss_panel(drawing, x, losses, first_step)
    description = _description(distances, len(mine), len(reference), allowed, first_step)
    return drawing.picture(title=title, description=description)


def _distances(yours: Rows, expected: Rows) -> Floats:
    """Distance per step; NaN where the shapes differ or a value is not finite."""
    shared = min(len(yours), len(expected))
    if (
        isinstance(yours, numpy.ndarray)
        and isinstance(expected, numpy.ndarray)
        and yours.shape[1] == expected.shape[1]
    ):
        return norms(difference(yours[:shared], expected[:shared]))
    distances = [
        norm(difference(mine, reference)) if mine.size == reference.size else numpy.nan
        for mine, reference in zip(yours, expected, strict=False)
    ]
    return numpy.array(distances, dtype=numpy.float64)


def _distance_panel(
    drawing: Drawing, x: Scale, steps: Floats, distances: Floats, allowed: float, *, bottom: float
) -> None:
    limit = float(numpy.log10(allowed))
    exponents = log10(distances)
    shown = exponents[numpy.isfinite(exponents)]
    low = min(limit - 2, max(float(shown.min(initial=limit)), limit - _DECADES_BELOW)) - 0.7
    high = max(limit + 2, float(shown.max(initial=limit))) + 0.6
    target = panel(drawing, bottom=bottom, height=146, x=x, y=Scale(low, high))
    heading(target, "distance to the reference")
    target.band(low, limit)
    y_ticks(target, _decade_ticks(target.y))
    target.write(1, target.y.place(limit), number(allowed, 2), shift=(6, 0))
    target.write(1, target.y.place(limit), "allowed", shift=(6, -13))
    floor = low + 0.25
    heights = numpy.where(numpy.isnan(distances), numpy.nan, numpy.maximum(exponents, floor))
    kept = thin(heights)
    target.line(steps[kept], heights[kept], "ink", width=1.0)
    if heights.size <= _MOST_DOTS:
        _dots(target, steps, heights, limit)
    _point_out(target, steps, distances, heights, allowed)
    x_ticks(target, x.ticks(6, whole=True), "step")


def _decade_ticks(y: Scale) -> tuple[Tick, ...]:
    """Powers of ten, at most five of them."""
    stride = int(numpy.ceil((y.high - y.low) / 5))
    first = int(numpy.ceil(y.low / stride)) * stride
    return tuple(
        Tick(y.place(exponent), f"1e{exponent}")
        for exponent in range(first, int(numpy.floor(y.high)) + 1, stride)
    )


def _dots(target: Panel, steps: Floats, heights: Floats, limit: float) -> None:
    """Filled outside the tolerance, hollow inside."""
    inside = heights <= limit
    looks: tuple[tuple[Flags, Role, Role], ...] = (
        (inside, "good", "paper"),
        (~inside, "bad", "bad"),
    )
    for chosen, role, face in looks:
        xs, ys = target.x.places(steps[: heights.size])[chosen], target.y.places(heights)[chosen]
        target.drawing.dots(*target.at(xs, ys), role, face=face, size=6, width=1.4)


def _first_outside(distances: Floats, allowed: float) -> int | None:
    outside = ~(distances <= allowed)
    return int(numpy.argmax(outside)) if outside.any() else None


def _point_out(
    target: Panel, steps: Floats, distances: Floats, heights: Floats, allowed: float
) -> None:
    """A vertical line and a sentence at the first step outside the tolerance."""
    first = _first_outside(distances, allowed)
    if first is None:
        return
    step = float(steps[first])
    target.upright(step, "bad", dashed=True)
    place = target.x.place(step)
    finite = numpy.isfinite(heights[first])
    text = f"step {number(step, 9)}" + ("" if finite else " is not finite")
    side = place > 0.5
    target.write(
        place,
        0.5 * target.y.place(float(numpy.log10(allowed))),
        f"first outside: {text}",
        "bad",
        shift=(-6 if side else 6, 0),
        align="right" if side else "left",
        size=TEXT,
    )


def _loss_panel(drawing: Drawing, x: Scale, losses: Mapping[Role, Floats], first_step: int) -> None:
    scale = spanning(*losses.values())
    target = panel(drawing, bottom=14, height=72, x=x, y=scale)
    heading(target, "loss")
    y_ticks(target, scale.ticks(3))
    ends: dict[str, tuple[float, Role]] = {}
    for role, values in losses.items():
        kept = thin(values)
        dashed = role == "yours"
        width = 1.5 if dashed else 2.2
        steps = kept.astype(numpy.float64) + first_step
        target.line(steps, values[kept], role, width=width, dashed=dashed)
        finite = values[numpy.isfinite(values)]
        if finite.size:
            ends[role] = (float(finite[-1]), role)
    end_labels(target, ends)


def _description(
    distances: Floats, yours: int, expected: int, allowed: float, first_step: int
) -> str:
    sentences = []
    if yours != expected:
        sentences.append(f"Yours has {count(yours, 'step')}, expected are {expected}.")
    first = _first_outside(distances, allowed)
    if distances.size == 0:
        return " ".join([*sentences, "There is nothing to compare."])
    limit = number(allowed)
    if first is None:
        sentences.append(f"All {distances.size} steps are within the tolerance of {limit}.")
        return " ".join(sentences)
    step = first_step + first
    distance = distances[first]
    seen = (
        "its distance is not a finite number"
        if numpy.isnan(distance)
        else f"the distance is {number(distance)}"
    )
    sentences.append(f"Step {step} is the first outside the tolerance: {seen}, allowed is {limit}.")
    if first == 1:
        sentences.append(f"Step {first_step} is right.")
    if first > 1:
        sentences.append(f"Steps {first_step} to {step - 1} are right.")
    if distances.size > first + 1:
        last = first_step + distances.size - 1
        sentences.append(f"At step {last} the distance is {number(distances[-1])}.")
    return " ".join(sentences)
