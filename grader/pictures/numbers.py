"""Whatever a learner's function returned, as arrays of floats; nothing here raises on odd data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[numpy.float64]
Indices = NDArray[numpy.int64]
Numbers = ArrayLike | Sequence[ArrayLike]
Flags = NDArray[numpy.bool_]

_LARGEST: Final = float(numpy.finfo(numpy.float64).max)


def floats(values: Numbers) -> Floats:
    """Any array, tensor or nested sequence as float64, of the same shape.

    Complex numbers are replaced by their magnitude. What cannot be read as numbers at all is an
    empty array: a picture is then drawn without it, and says so.
    """
    raw: Any = values
    if hasattr(raw, "detach"):  # A tensor; to double first, since numpy has no bfloat16.
        raw = raw.detach().cpu()
        raw = (raw.abs() if raw.is_complex() else raw).double().numpy()
    elif isinstance(raw, list | tuple) and any(hasattr(entry, "detach") for entry in raw):
        raw = [floats(entry) for entry in raw]
    try:
        array = numpy.asarray(raw)
        if numpy.iscomplexobj(array):
            array = numpy.abs(array)
        return array.astype(numpy.float64)
    except (TypeError, ValueError, OverflowError):
        return numpy.empty(0)


def vector(values: Numbers) -> Floats:
    """The same, flattened in reading order; a sequence of ragged arrays is joined."""
    return floats(values).reshape(-1)


def rows(values: Numbers) -> tuple[Floats, ...] | Floats:
    """One flat row per entry of the first axis: an array (n, m), or a tuple if they are ragged."""
    array = floats(values)
    if array.size == 0 and isinstance(values, list | tuple):
        return tuple(vector(entry) for entry in values)
    if array.ndim == 0:
        return array.reshape(1, 1)
    return array.reshape(array.shape[0], -1) if array.size else numpy.empty((0, 0))


def matrix(values: Numbers) -> Floats:
    """Two axes: a vector becomes one row, leading axes of a larger array are joined."""
    array = floats(values)
    if array.ndim == 2:
        return array
    if array.size == 0:
        return numpy.empty((0, 0))
    return array.reshape(-1, array.shape[-1] if array.ndim else 1)


def positive(tolerance: float) -> float:
    """The tolerance if it is a finite number above zero, the smallest normal number otherwise."""
    tolerance = float(tolerance)
    usable = math.isfinite(tolerance) and tolerance > 0
    return tolerance if usable else float(numpy.finfo(numpy.float64).tiny)


def difference(yours: Floats, expected: Floats) -> Floats:
    """``yours - expected`` without overflow: zero where both are the same infinity."""
    with numpy.errstate(all="ignore"):
        result = numpy.where(yours == expected, 0.0, yours - expected)
    finite = numpy.isfinite(yours) & numpy.isfinite(expected)
    return numpy.where(finite, numpy.clip(result, -_LARGEST, _LARGEST), result)


def norm(values: Floats) -> float:
    """Euclidean norm, finite for every finite input (clipped at the largest float)."""
    return float(norms(values.reshape(1, -1))[0])


def norms(values: Floats) -> Floats:
    """The norm of each row of an array (n, m); not finite where a value of the row isn't."""
    with numpy.errstate(all="ignore"):
        largest = numpy.max(numpy.abs(values), axis=1, initial=0.0)
        unit = numpy.where(largest > 0, largest, 1.0)  # Squares of 1e308 overflow, shares don't.
        lengths = numpy.sqrt(numpy.sum((values / unit[:, None]) ** 2, axis=1)) * unit
    finite = numpy.isfinite(largest)
    return numpy.where(finite, numpy.minimum(lengths, _LARGEST), numpy.nan)


def log10(values: Floats) -> Floats:
    """Base-10 logarithm of the magnitude; minus infinity at zero, without a warning."""
    with numpy.errstate(all="ignore"):
        return numpy.asarray(numpy.log10(numpy.abs(values)), dtype=numpy.float64)


def thin(values: Floats, buckets: int = 120) -> Indices:
    """Indices that keep a curve's look: the extremes of each bucket, and both ends.

    A plain stride would lose the single spike that the picture is about. Where a bucket holds a
    value that is not finite, one such index is kept, so that the gap stays visible.
    """
    count = values.size
    if count <= 2 * buckets:
        return numpy.arange(count)
    edges = numpy.linspace(0, count, buckets + 1).astype(numpy.int64)
    kept = {0, count - 1}
    for start, stop in pairwise(edges):
        part = values[start:stop]
        finite = numpy.isfinite(part)
        if not finite.all():
            kept.add(int(start + numpy.argmin(finite)))
        if finite.any():
            kept.add(int(start + numpy.argmin(numpy.where(finite, part, numpy.inf))))
            kept.add(int(start + numpy.argmax(numpy.where(finite, part, -numpy.inf))))
    return numpy.array(sorted(kept), dtype=numpy.int64)


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each stretch of true values."""
    padded = numpy.concatenate([[False], flags, [False]]).astype(numpy.int8)
    steps = numpy.diff(padded)
    starts, stops = numpy.flatnonzero(steps == 1), numpy.flatnonzero(steps == -1)
    return [(int(start), int(stop)) for start, stop in zip(starts, stops, strict=True)]
