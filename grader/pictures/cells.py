"""An array of errors as few cells of few levels, so that it can be drawn in few strokes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy
from numpy.typing import NDArray

from grader.pictures.numbers import Flags, Floats, Indices, log10, runs

Levels = NDArray[numpy.int64]

WITHIN: Final = 0
SHADES: Final = (0.22, 0.45, 0.7, 1.0)
BROKEN: Final = len(SHADES) + 1

_SIDES: Final = (64, 48, 32, 24)
_MOST_RUNS: Final = 900
"""Runs of equal cells that a picture may hold: about 9 bytes each."""


@dataclass(frozen=True)
class Grid:
    """What is drawn.

    Attributes:
        levels: per cell 0 within the tolerance, 1 to 4 by decades beyond, 5 not finite.
        bounds: exponents of ten between the levels 1 to 4 (one more than there are levels).
        shape: size of the array before it was reduced.
    """

    levels: Levels
    bounds: tuple[int, ...]
    shape: tuple[int, int]


def reduced(values: Floats) -> Grid:
    """Levels of the array, made smaller until they can be drawn in few strokes."""
    with numpy.errstate(all="ignore"):
        exponents = numpy.where(values <= 1, -numpy.inf, log10(values))
    exponents = numpy.where(numpy.isfinite(values), exponents, numpy.inf)
    bounds = _bounds(exponents[numpy.isfinite(exponents)])
    shape = (values.shape[0], values.shape[1])
    for side in _SIDES:
        pooled = _max_pooled(exponents, side)
        levels = numpy.searchsorted(numpy.array(bounds[1:-1]), pooled, side="right") + 1
        levels = numpy.where(pooled == -numpy.inf, WITHIN, levels)
        levels = numpy.where(pooled == numpy.inf, BROKEN, levels)
        grid = Grid(levels.astype(numpy.int64), bounds, shape)
        if min(run_count(levels), run_count(levels.T)) <= _MOST_RUNS:
            break
    return grid


def _bounds(exponents: Floats) -> tuple[int, ...]:
    """Powers of ten between at most four levels, from the bulk of the errors."""
    if exponents.size == 0:
        return (0, 1)
    low, high = numpy.quantile(exponents, (0.05, 1.0))
    first, last = int(numpy.floor(low)), int(numpy.floor(high)) + 1
    stride = -(-(last - first) // len(SHADES))
    return tuple(range(first, last + stride, stride))[: len(SHADES) + 1]


def _max_pooled(values: Floats, side: int) -> Floats:
    """At most ``side`` rows and columns, each the largest of what it stands for."""
    for axis in (0, 1):
        length = values.shape[axis]
        if length > side:
            starts = numpy.arange(side) * length // side
            values = numpy.maximum.reduceat(values, starts, axis=axis)
    return values


def run_count(levels: Levels) -> int:
    """How many runs of equal cells the rows have."""
    return int(levels.shape[0] + numpy.count_nonzero(numpy.diff(levels, axis=1)))


def row_runs(flags: Flags) -> Indices:
    """Row, start and end (exclusive) of each run of true cells along a row, shape (n, 3)."""
    ended = numpy.pad(flags, ((0, 0), (0, 1)))  # So that no run goes on in the next row.
    bounds = numpy.array(runs(ended.reshape(-1)), dtype=numpy.int64).reshape(-1, 2)
    row, start = numpy.divmod(bounds[:, 0], ended.shape[1])
    return numpy.stack([row, start, start + bounds[:, 1] - bounds[:, 0]], axis=1)
