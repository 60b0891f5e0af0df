"""Regularities of an error, in words.

Each detector states something only if it holds for every element, within 1e-9 of the row's maximum
(1e-5 for an answer in float32). None guesses a cause, none costs more than a sort.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

import torch
from torch import Tensor

from grader.compare.locations import EARLY, LATE

# Beyond this, a learner would wait for a sentence; about a second of work for all detectors.
MAXIMUM_VALUES: Final = 2**20
MAXIMUM_AXES: Final = 6
# Fewer values than this agree with too many formulas to mean anything.
FEW: Final = 3
RELATIVE: Final = 1e-9
RELATIVE_FLOAT32: Final = 1e-5
FLOOR: Final = 1e-12
UNEXPLAINED: Final = 0.01


@dataclass(frozen=True)
class _Error:
    """Both answers in float64, and where they differ.

    Attributes:
        yours: any shape.
        expected: the same shape.
        failing: bool, the same shape.
        relative: how close two values are that count as equal, in units of the row's maximum.
        floor: the same, absolute.
    """

    yours: Tensor
    expected: Tensor
    failing: Tensor
    relative: float
    floor: float

    @property
    def total(self) -> int:
        return self.expected.numel()

    @cached_property
    def closeness(self) -> Tensor:
        return self._closeness(self.expected)

    @cached_property
    def all_finite(self) -> bool:
        return bool(self.yours.isfinite().all() and self.expected.isfinite().all())

    @cached_property
    def finite(self) -> _Error:
        """The same over the finite values only, flat, if some are not finite."""
        if self.all_finite:
            return self
        keep = self.yours.isfinite() & self.expected.isfinite()
        return self.on(self.yours[keep], self.expected[keep], self.failing[keep])

    def on(self, yours: Tensor, expected: Tensor, failing: Tensor) -> _Error:
        """Other values, with the same closeness."""
        return _Error(yours, expected, failing, self.relative, self.floor)

    def is_yours(self, candidate: Tensor) -> bool:
        """Whether ``candidate`` is the learner's answer, up to rounding."""
        if not candidate.isfinite().all():
            return False
        return _close(self.yours, candidate, self._closeness(candidate))

    def is_expected(self, candidate: Tensor) -> bool:
        """Whether ``candidate`` is the expected answer, up to rounding."""
        return bool(candidate.isfinite().all()) and _close(self.expected, candidate, self.closeness)

    def _closeness(self, values: Tensor) -> Tensor:
        magnitude = values.abs()
        largest = magnitude.amax(-1, keepdim=True) if values.dim() > 1 else magnitude.amax()
        return (largest * self.relative).clamp(min=self.floor)


def pattern(yours: Tensor, expected: Tensor, failing: Tensor) -> str:
    """The first regularity that holds, or an empty string.

    Args:
        yours: the learner's values, any dtype.
        expected: the reference's values, the same shape.
        failing: bool, the same shape: which elements are wrong.
    """
    if not 0 < expected.numel() <= MAXIMUM_VALUES or expected.dim() > MAXIMUM_AXES:
        return ""
    if not failing.any() or yours.is_complex() or expected.is_complex():
        return ""
    error = _measured(yours.detach(), expected.detach(), failing)
    for detector in _DETECTORS:
        found = detector(error)
        if found:
            return found
    return ""


def _measured(yours: Tensor, expected: Tensor, failing: Tensor) -> _Error:
    """Both in float64. A regularity must leave at most a hundredth of the error unexplained."""
    narrow = yours.is_floating_point() and yours.dtype != torch.float64
    wide, right = yours.to(torch.float64), expected.to(torch.float64)
    largest = (wide - right).abs().nan_to_num(nan=0.0, posinf=0.0).max().item()
    magnitude = right.abs().nan_to_num(nan=0.0, posinf=0.0).max().item()
    relative = RELATIVE_FLOAT32 if narrow else RELATIVE
    if 0 < largest < magnitude:
        relative = min(relative, UNEXPLAINED * largest / magnitude)
    return _Error(wide, right, failing, relative, min(FLOOR, UNEXPLAINED * largest))


def _constant(error: _Error) -> str:
    if error.total < 2 or not error.all_finite:
        return ""
    first = error.yours.flatten()[0]
    if not _close(error.yours, first, error.floor + error.relative * first.abs()):
        return ""
    return f"all {error.total} values are {_number(first.item())}"


def _opposite_answers(error: _Error) -> str:
    """For masks: 0 and 1 exchanged."""
    if error.total < FEW or not ((error.expected == 0) | (error.expected == 1)).all():
        return ""
    if not (error.yours == 1 - error.expected).all():
        return ""
    return f"all {error.total} values are exchanged, 0 for 1"


def _ratio(error: _Error) -> str:
    part = error.finite
    if not part.failing.any():
        return ""
    largest = part.expected.abs().flatten().argmax()
    right, mine = part.expected.flatten()[largest].item(), part.yours.flatten()[largest].item()
    if right == 0 or mine == 0 or not math.isfinite(factor := mine / right):
        return ""
    if not part.is_yours(part.expected * factor):
        return ""
    if part.total == 1:
        return _single_ratio(factor)
    if abs(factor + 1) <= 1e-9:
        return f"all {part.total} values have the opposite sign"
    if _is_constant(part.expected.abs()):
        return ""
    return f"all {part.total} values differ by the same factor, {_factor(factor)}"


def _single_ratio(factor: float) -> str:
    """One value always has a ratio; only a telling one is worth a sentence."""
    if abs(factor + 1) <= 1e-9:
        return "the value has the opposite sign"
    whole, part = round(factor), round(1 / factor) if abs(factor) > 1e-5 else 0
    if 2 <= abs(whole) <= 10_000 and abs(factor - whole) <= 1e-9 * abs(whole):
        return f"the value is {whole} times the expected one"
    if 2 <= abs(part) <= 10_000 and abs(1 / factor - part) <= 1e-9 * abs(part):
        return f"the value is the expected one divided by {part}"
    return ""


def _offset(error: _Error) -> str:
    part = error.finite
    if part.total < 2 or not part.failing.any():
        return ""
    offset = (part.yours - part.expected).flatten()[0].item()
    if offset == 0 or not math.isfinite(offset) or not part.is_expected(part.yours - offset):
        return ""
    size = "too large" if offset > 0 else "too small"
    return f"all {part.total} values are {size} by {_number(abs(offset))}"


def _located_early(error: _Error) -> str:
    """Where the errors are, if that says it all."""
    found = (detector(error.expected, error.failing) for detector in EARLY)
    return next((sentence for sentence in found if sentence), "")


def _located_late(error: _Error) -> str:
    """Where the errors are, if the values did not merely move."""
    found = (detector(error.expected, error.failing) for detector in LATE)
    return next((sentence for sentence in found if sentence), "")


def _moved(error: _Error) -> str:
    """The right values in the wrong places."""
    if error.total < FEW:
        return ""
    for sentence, candidate in _rearrangements(error.expected):
        if _same(error, candidate):
            return sentence
    return ""


def _rearrangements(expected: Tensor) -> Iterator[tuple[str, Tensor]]:
    shape, axes = expected.shape, expected.dim()
    for one, other in combinations(range(axes), 2):
        if shape[one] == shape[other] and shape[one] > 1:
            name = "yours is the transpose of what is expected"
            yield (
                name if axes == 2 else f"axes {one} and {other} are exchanged",
                expected.transpose(one, other),
            )
    for axis, size in enumerate(shape):
        if size > 1:
            yield f"yours is reversed along axis {axis}", expected.flip(axis)
    if axes > 1:
        flat = expected.T if axes == 2 else expected.permute(*reversed(range(axes)))
        yield "yours has the expected values in column order", flat.reshape(shape)


def _shifted(error: _Error) -> str:
    """yours[i] is expected[i + 1], or expected[i - 1], along an axis."""
    for axis, size in enumerate(error.expected.shape):
        if size <= FEW or error.total // size * (size - 1) < FEW:
            continue
        for step, words in ((1, "i + 1"), (-1, "i - 1")):
            here = slice(0, -1) if step == 1 else slice(1, None)
            there = slice(1, None) if step == 1 else slice(0, -1)
            part = error.on(
                _cut(error.yours, axis, here),
                _cut(error.expected, axis, there),
                _cut(error.failing, axis, here),
            )
            if part.failing.any() and _same(part, part.expected):
                return f"shifted by one along axis {axis}: yours[i] is expected[{words}]"
    return ""


def _cut(tensor: Tensor, axis: int, part: slice) -> Tensor:
    return tensor[(slice(None),) * axis + (part,)]


def _lines(error: _Error) -> str:
    """Each line along an axis has a factor, or an offset, of its own."""
    if not error.all_finite or error.expected.dim() < 2:
        return ""
    names = {0: "row", 1: "column"} if error.expected.dim() == 2 else {}
    for axis, size in enumerate(error.expected.shape):
        yours = error.yours.movedim(axis, 0).flatten(start_dim=1)
        expected = error.expected.movedim(axis, 0).flatten(start_dim=1)
        if size < 2 or yours.shape[1] < FEW or _has_constant_line(expected):
            continue
        part = error.on(yours, expected, yours != expected)
        name = f"each {names[axis]}" if names else f"each index of axis {axis}"
        place = expected.abs().argmax(1, keepdim=True)
        right = expected.gather(1, place)
        factor = yours.gather(1, place) / torch.where(right == 0, 1.0, right)
        if bool((factor != 0).any()) and part.is_yours(expected * factor):
            return f"{name} differs by a factor of its own"
        if part.is_expected(yours - (yours - expected)[:, :1]):
            return f"{name} differs by an offset of its own"
    return ""


def _linear(error: _Error) -> str:
    """The answer is factor × expected + offset, for all."""
    part = error.finite
    if part.total < 4 or not part.failing.any() or _is_constant(part.expected):
        return ""
    yours, expected = part.yours.flatten(), part.expected.flatten()
    low, high = expected.argmin(), expected.argmax()
    factor = ((yours[high] - yours[low]) / (expected[high] - expected[low])).item()
    offset = (yours[low] - factor * expected[low]).item()
    if not (math.isfinite(factor) and factor and part.is_yours(part.expected * factor + offset)):
        return ""
    sign = "+" if offset > 0 else "-"
    return f"all: yours = {_factor(factor)} × expected {sign} {_number(abs(offset))}"


def _formula(error: _Error) -> str:
    """A simple function of every expected value."""
    part = error.finite
    if part.total < FEW or not part.failing.any() or _is_constant(part.expected):
        return ""
    for name, function in _FORMULAS.items():
        if part.is_yours(function(part.expected)):
            return f"all {part.total} values are the {name} of what is expected"
    if part.is_expected(part.yours.square()) and part.yours.min() >= 0:
        return f"all {part.total} values are the square root of what is expected"
    return ""


def _rounded_to_float32(error: _Error) -> str:
    """Right to seven digits, and each value is one that float32 can hold."""
    part = error.finite
    narrow = part.yours.float().double()
    if part.total < FEW or not part.failing.any() or not bool((narrow == part.yours).all()):
        return ""
    whole = (part.expected.round() == part.expected).all()
    difference = (part.yours - part.expected).abs()
    if whole or not bool((difference <= 1e4 * part.closeness).all()):
        return ""
    return "right to float32's precision only: a step is computed in float32"


def _reordered(error: _Error) -> str:
    """The same values in another order, within rows or altogether."""
    if error.total < 4 or not error.all_finite:
        return ""
    if error.expected.dim() > 1 and error.expected.shape[-1] > 2:
        rows = error.on(error.yours.sort(-1).values, error.expected.sort(-1).values, error.failing)
        if _same(rows, rows.expected):
            return "each row holds the right values in another order"
    flat = error.on(
        error.yours.flatten().sort().values,
        error.expected.flatten().sort().values,
        error.failing.flatten(),
    )
    return "the right values in another order" if _same(flat, flat.expected) else ""


def _same(error: _Error, candidate: Tensor) -> bool:
    """Like `_Error.is_yours`, where NaN and inf must stand at the same places."""
    if error.all_finite:
        return error.is_yours(candidate)
    alike = (error.yours == candidate) | (error.yours.isnan() & candidate.isnan())
    scale = candidate.abs().nan_to_num(nan=0.0, posinf=0.0).amax() * error.relative
    close = (error.yours - candidate).abs() <= scale.clamp(min=error.floor)
    return bool((alike | close).all())


def _close(one: Tensor, other: Tensor, closeness: Tensor) -> bool:
    return bool(((one - other).abs() <= closeness).all())


def _is_constant(values: Tensor) -> bool:
    return bool((values.amax() - values.amin()) <= 1e-6 * values.abs().amax())


def _has_constant_line(lines: Tensor) -> bool:
    spread = lines.amax(1) - lines.amin(1)
    return bool((spread <= 1e-6 * lines.abs().amax(1)).any())


def _factor(factor: float) -> str:
    """Five digits, or more if the factor would read as 1."""
    distance = abs(factor - 1)
    digits = 5 if distance >= 1e-3 or distance == 0 else 2 - math.floor(math.log10(distance))
    return f"{factor:.{min(digits, 15)}g}"


def _number(number: float) -> str:
    return f"{number:.6g}"


_FORMULAS: Final[dict[str, Callable[[Tensor], Tensor]]] = {
    "square": torch.square,
    "reciprocal": torch.reciprocal,
    "absolute value": torch.abs,
    "exponential": torch.exp,
    "logarithm": torch.log,
    "base-2 logarithm": torch.log2,
    "rounded-down value": torch.floor,
    "nearest integer": torch.round,
}

_DETECTORS: Final[tuple[Callable[[_Error], str], ...]] = (
    _constant,
    _opposite_answers,
    _ratio,
    _offset,
    _rounded_to_float32,
    _located_early,
    _moved,
    _shifted,
    _reordered,
    _located_late,
    _lines,
    _linear,
    _formula,
)
