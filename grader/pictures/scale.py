"""Where a number stands on an axis.

Positions go from 0 to 1. Limits and ticks must neither overflow nor give up on the values that a
wrong answer can hold (1e308, one NaN among zeros, a constant).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy

from grader.pictures.numbers import Floats
from grader.pictures.words import number

LARGEST: Final = float(numpy.finfo(numpy.float64).max)


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis.

    Attributes:
        place: position, from 0 to 1.
        text: what stands there.
    """

    place: float
    text: str


@dataclass(frozen=True)
class Scale:
    """A linear axis.

    Attributes:
        low: value at position 0.
        high: value at position 1.
    """

    low: float
    high: float

    def places(self, values: Floats) -> Floats:
        """Positions of values, clipped a little outside the axis; NaN where not finite."""
        half_span = self.high / 2 - self.low / 2  # Halves, because the span itself may overflow.
        if half_span <= 0:
            return numpy.where(numpy.isfinite(values), 0.5, numpy.nan)
        with numpy.errstate(all="ignore"):
            result = (values / 2 - self.low / 2) / half_span
        return numpy.where(numpy.isfinite(values), numpy.clip(result, -0.01, 1.01), numpy.nan)

    def place(self, value: float) -> float:
        """Position of one value."""
        return float(self.places(numpy.array([value]))[0])

    def contains(self, value: float) -> bool:
        """Whether a finite value lies on the axis."""
        return math.isfinite(value) and self.low <= value <= self.high

    def ticks(self, wanted: int = 4, *, whole: bool = False) -> tuple[Tick, ...]:
        """About ``wanted`` round numbers, with just the digits that tell them apart.

        Args:
            wanted: how many; one more or less may come out.
            whole: only integers (steps, indices).
        """
        values = _round_numbers(self.low, self.high, wanted, whole)
        for digits in range(3, 18):
            texts = [number(value, digits) for value in values]
            if len(set(texts)) == len(texts):
                break
        return tuple(
            Tick(self.place(value), text) for value, text in zip(values, texts, strict=True)
        )


def spanning(*groups: Floats, margin: float = 0.04) -> Scale:
    """An axis that shows every finite value, with a margin on both sides (a share of the span)."""
    finite = [group[numpy.isfinite(group)] for group in groups]
    joined = numpy.concatenate([numpy.empty(0), *finite])
    if joined.size == 0:
        return Scale(0.0, 1.0)
    low, high = float(joined.min()), float(joined.max())
    half_span, size = high / 2 - low / 2, max(abs(low), abs(high))
    constant = half_span <= 1e-13 * size  # What is left of rounding is not worth an axis.
    extra = (0.1 * size or 0.5) if constant else 2 * margin * half_span
    return Scale(max(low - extra, -LARGEST), min(high + extra, LARGEST))


def _round_numbers(low: float, high: float, wanted: int, whole: bool) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers."""
    rough = 2 * ((high / 2 - low / 2) / wanted)
    if not rough > 1e-300:
        return [low]
    power = math.floor(math.log10(rough))
    step = min(
        (factor * 10.0**power for factor in (1, 2, 5, 10) if power < 308 or factor == 1),
        key=lambda candidate: abs(math.log(candidate / rough)),
    )
    if whole:
        step = max(1.0, step)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [multiple * step for multiple in range(first, min(last, first + 20) + 1)]
    return sorted({value for value in values if math.isfinite(value)}) or [low]
