"""Errors and tolerances, element by element.

Tolerance of an element in float64: 1e-9 times the largest finite |expected| in its last-axis row
(in the whole tensor if it has one axis), at least 1e-12. Correct code uses 1e-5 of that; the
weakest of the mistakes measured exceeds it 69 times.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import torch
from torch import Tensor

from grader.compare.records import Float32Reference, Path, Rule
from grader.compare.structure import SINGLE, Leaf

RELATIVE: Final = 1e-9
FLOOR: Final = 1e-12
UNIT_ROUNDOFF: Final = 2.0**-24  # of float32
FLOAT32_FACTOR: Final = 32
# Two float32 answers to one question, each off by its own rounding, compared for a diagnosis.
RELATIVE_FLOAT32: Final = 1e-5
RELATIVE_HALF: Final = 1e-2
LARGEST: Final = torch.finfo(torch.float64).max

Tolerance = Callable[[Leaf, Tensor, torch.dtype], Tensor]


@dataclass(frozen=True)
class Errors:
    """What was measured on one leaf.

    Attributes:
        yours: the learner's values in their own dtype.
        expected: the reference's values in float64 or complex128; exact dtypes as they are.
        tolerance: of each element, broadcastable to the values; 0 where they must be equal.
        ratio: error ÷ tolerance, inf where a value is not finite and should have been otherwise.
        misplaced: where one is NaN or infinite and the other is not the same, None if nowhere.
        worst: the largest ratio.
    """

    yours: Tensor
    expected: Tensor
    tolerance: Tensor
    ratio: Tensor
    misplaced: Tensor | None
    worst: float


@dataclass(frozen=True)
class Bounds:
    """The tolerances that a `Rule` sets.

    Attributes:
        rule: the rule.
    """

    rule: Rule

    def __call__(self, leaf: Leaf, expected: Tensor, dtype: torch.dtype) -> Tensor:
        """The tolerance of each element of a leaf whose answer came back in ``dtype``."""
        if dtype == SINGLE.get(expected.dtype):
            return self._of_float32(leaf, expected)
        if self.rule.scale is not None:
            scale = self.rule.scale if math.isfinite(self.rule.scale) else 0.0
            return torch.tensor(max(RELATIVE * scale, FLOOR), dtype=torch.float64)
        return (row_maximum(expected) * RELATIVE).clamp(min=FLOOR)

    @cached_property
    def _reference(self) -> Float32Reference | None:
        return self.rule.float32() if self.rule.float32 is not None else None

    def _of_float32(self, leaf: Leaf, expected: Tensor) -> Tensor:
        """32 * (u |y| + row maximum of e32 + s): see NUMERICS, Values, 2.

        What the reference does not give in the same shape, or not finitely, adds nothing: the bound
        is then the stricter one.
        """
        error = torch.zeros(expected.shape, dtype=torch.float64)
        change = torch.zeros_like(error)
        if self._reference is not None:
            error = _difference(self._reference.float32, leaf.path, expected)
            for tree in self._reference.perturbed:
                change = torch.maximum(change, _difference(tree, leaf.path, expected))
        magnitude = _finite(expected.abs())
        bound = FLOAT32_FACTOR * (UNIT_ROUNDOFF * magnitude + row_maximum(error + change))
        return bound.clamp(min=FLOOR, max=LARGEST)


def like_output(leaf: Leaf, expected: Tensor, dtype: torch.dtype) -> Tensor:
    """The tolerance for telling whether two answers are the output of the same code."""
    relative = RELATIVE
    if torch.finfo(dtype).bits < 64:
        relative = RELATIVE_FLOAT32 if torch.finfo(dtype).bits == 32 else RELATIVE_HALF
    return (row_maximum(expected) * relative).clamp(min=FLOOR)


def errors(leaf: Leaf, tolerance: Tolerance) -> Errors:
    """Measures one leaf of numbers."""
    yours, expected = as_tensor(leaf.yours), as_tensor(leaf.expected)
    if not (expected.is_floating_point() or expected.is_complex()):
        return _equality(yours, expected)
    right = double(expected)
    dtype = yours.dtype
    allowed = tolerance(leaf, right, dtype)
    if expected.dtype == dtype and dtype not in SINGLE:  # the reference itself is less precise
        unit = torch.finfo(dtype).eps / 2
        allowed = torch.maximum(allowed, row_maximum(right) * FLOAT32_FACTOR * unit)
    return _distance(yours, right, allowed)


def as_tensor(value: Any) -> Tensor:
    """A tensor, a row (see `is_row`) or a number as a tensor."""
    if isinstance(value, Tensor):
        return value.detach()
    if not isinstance(value, list | tuple):
        return torch.tensor(_as_float(value), dtype=torch.float64)
    if value and isinstance(value[0], Tensor):
        narrow = [item.detach() for item in value if item.dtype not in SINGLE]
        dtype = narrow[0].dtype if narrow else value[0].dtype
        return torch.stack([item.detach().to(dtype) for item in value])
    return torch.tensor([_as_float(item) for item in value], dtype=torch.float64)


def double(tensor: Tensor) -> Tensor:
    """The values in float64 or complex128."""
    return tensor.to(torch.complex128 if tensor.is_complex() else torch.float64)


def row_maximum(values: Tensor) -> Tensor:
    """Largest finite magnitude of each last-axis row, that axis kept; of all if there is one axis.

    Args:
        values: any shape (..., n), float64 or complex128.

    Returns:
        Shape (..., 1), or () for at most one axis; finite.
    """
    if values.numel() == 0:
        return torch.zeros((), dtype=torch.float64)
    magnitude = values.abs()
    largest = magnitude.amax(-1, keepdim=True) if values.dim() > 1 else magnitude.amax()
    if math.isfinite(largest.max().item()):
        return largest
    magnitude = _finite(magnitude)
    return magnitude.amax(-1, keepdim=True) if values.dim() > 1 else magnitude.amax()


def _distance(yours: Tensor, expected: Tensor, tolerance: Tensor) -> Errors:
    wide = double(yours)
    if expected.numel() == 0 or torch.equal(wide, expected):
        zero = torch.zeros(expected.shape, dtype=torch.float64)
        return Errors(yours, expected, tolerance, zero, None, 0.0)
    ratio = (wide - expected).abs() / tolerance
    worst = ratio.max().item()
    if math.isfinite(worst):
        return Errors(yours, expected, tolerance, ratio, None, worst)
    misplaced = _class(wide) != _class(expected)
    same_and_odd = ~misplaced & (_class(expected) > 0)
    ratio = ratio.masked_fill(misplaced, math.inf).masked_fill(same_and_odd, 0.0)
    found = misplaced if misplaced.any() else None
    return Errors(yours, expected, tolerance, ratio, found, ratio.max().item())


def _equality(yours: Tensor, expected: Tensor) -> Errors:
    if yours.dtype == torch.uint64:  # has no comparison on a CPU; the bits are as good
        yours, expected = yours.view(torch.int64), expected.view(torch.int64)
    ratio = torch.zeros(expected.shape, dtype=torch.float64)
    ratio = ratio.masked_fill(yours != expected, math.inf)
    worst = ratio.max().item() if ratio.numel() else 0.0
    zero = torch.zeros((), dtype=torch.float64)
    return Errors(yours, expected, zero, ratio, None, worst)


def _class(values: Tensor) -> Tensor:
    """0 where finite; another number for each of NaN, +inf and -inf (of each part, if complex)."""
    if values.is_complex():
        return 4 * _class(values.real) + _class(values.imag)
    return values.isnan() * 1 + values.isposinf() * 2 + values.isneginf() * 3


def _finite(magnitude: Tensor) -> Tensor:
    """Magnitudes with NaN and inf as 0."""
    return magnitude.nan_to_num(nan=0.0, posinf=0.0)


def _difference(tree: Any, path: Path, expected: Tensor) -> Tensor:
    """|value at the path - expected| where both are finite, else 0."""
    zero = torch.zeros(expected.shape, dtype=torch.float64)
    try:
        for key in path:
            tree = tree[key]
        other = double(as_tensor(tree))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RuntimeError):
        return zero
    return _finite((other - expected).abs()) if other.shape == expected.shape else zero


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
