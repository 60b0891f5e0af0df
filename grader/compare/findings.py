"""Findings about values: the sentence, the worst element, the counts and the pattern."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy
import torch
from torch import Tensor

from grader.compare import words
from grader.compare.measure import Errors
from grader.compare.patterns import pattern
from grader.compare.records import Finding, Kind
from grader.compare.statistics import Statistic
from grader.compare.structure import Leaf
from grader.result import Evidence, Worst

# Factors by which the scale of random weights is off when a gain or a variance is mistaken.
_FACTORS: Final = {
    "√2": math.sqrt(2),
    "1/√2": math.sqrt(0.5),
    "√3": math.sqrt(3),
    "1/√3": math.sqrt(1 / 3),
    "√6": math.sqrt(6),
    "1/√6": math.sqrt(1 / 6),
    "2": 2.0,
    "1/2": 0.5,
    "3": 3.0,
    "1/3": 1 / 3,
    "4": 4.0,
    "1/4": 0.25,
}
_NAMED_WITHIN: Final = 0.01


def of_misplaced(leaf: Leaf, found: Errors, label: str) -> Finding:
    """NaN or inf where the expected value is finite, or the other way round."""
    assert found.misplaced is not None
    index = _first(found.misplaced)
    yours, expected = _element(found.yours, index), _element(found.expected, index)
    where, place = _where(found.misplaced, index), words.place(leaf.path, label)
    others = found.misplaced & (_same_oddness(found.yours, found.yours[index]))
    count, total = int(others.sum()), found.misplaced.numel()
    message = words.spelled(_plain(yours))
    message += f" at {where}" if where else ""
    if not _is_finite(expected):
        message += f" where {words.spelled(_plain(expected))} is expected"
    if count > 1:
        message += f" and {count - 1} more {'place' if count == 2 else 'places'}"
    message += f" (of {total})" if total > 1 else ""
    worst = Worst(
        where=f"{place} {where}".strip(),
        yours=words.spelled(_plain(yours)),
        expected=words.spelled(_plain(expected)),
        off_by="NaN" if math.isnan(abs(yours - expected)) else "inf",
        allowed=words.short(_at(found.tolerance, found.ratio, index)),
    )
    return Finding(
        "not_finite",
        words.at(place, message),
        Evidence(
            worst=worst,
            failing=int(found.misplaced.sum()),
            total=total,
            pattern=pattern(found.yours, found.expected, found.misplaced),
        ),
        tolerance=_at(found.tolerance, found.ratio, index),
        error_ratio=found.ratio,
        path=leaf.path,
    )


def of_numbers(leaf: Leaf, found: Errors, label: str) -> Finding:
    """Values outside their tolerance, or exact ones that are not equal."""
    failing = ~(found.ratio <= 1)
    index = _first(found.ratio == found.ratio.max())
    yours, expected = _element(found.yours, index), _element(found.expected, index)
    where, place = _where(failing, index), words.place(leaf.path, label)
    allowed = _at(found.tolerance, found.ratio, index)
    is_exact = not (found.expected.is_floating_point() or found.expected.is_complex())
    count, total = int(failing.sum()), failing.numel()
    if total > 1:
        message = words.at(place, f"wrong values: {count} of {total} elements")
    else:
        message = _unequal(yours, expected, place)
    return Finding(
        "exact" if is_exact else "value",
        message,
        Evidence(
            worst=Worst(
                where=f"{place} {where}".strip(),
                yours=words.spelled(yours),
                expected=words.spelled(expected),
                off_by=_off_by(yours, expected),
                allowed=words.short(allowed),
            ),
            failing=count,
            total=total,
            pattern=pattern(found.yours, found.expected, failing),
        ),
        tolerance=allowed,
        error_ratio=found.ratio,
        path=leaf.path,
    )


def of_plain(leaf: Leaf, label: str) -> Finding:
    """Plain values that are not equal: integers, strings, bools, lists of them, properties."""
    place = words.place(leaf.path, label)
    kind: Kind = "exact"
    message = _unequal(leaf.yours, leaf.expected, place)
    if leaf.kind == "property":
        kind = "property"
        yours, expected = words.spelled(leaf.yours), words.spelled(leaf.expected)
        message = f"{place}: yours {yours}, expected {expected}"
    pairs = list(_pairs(leaf.yours, leaf.expected))
    wrong = [pair for pair in pairs if not is_equal(pair[1], pair[2])]
    worst = None
    if wrong and (len(pairs) > 1 or kind != "property"):
        where, mine, right = wrong[0]
        worst = Worst(
            where=f"{place} {where}".strip(),
            yours=words.spelled(mine),
            expected=words.spelled(right),
            off_by=_off_by(mine, right),
            allowed="0",
        )
    evidence = Evidence(worst=worst, failing=len(wrong), total=len(pairs))
    return Finding(kind, message, evidence, path=leaf.path)


def of_statistic(leaf: Leaf, label: str) -> Finding:
    """A statistic outside the range that a right answer falls into."""
    yours: Statistic = leaf.yours
    place = words.place(leaf.path, label)
    value, expected = _digits(yours.value), _digits(yours.expected)
    allowed_range = f"a right answer lies between {_digits(yours.low)} and {_digits(yours.high)}"
    message = words.at(place, f"{value}, expected {expected}; {allowed_range}")
    if math.isnan(yours.value):
        reason = "no number comes out (no values, NaN, infinite or all the same)"
        message = words.at(place, f"{reason}, expected {expected}; {allowed_range}")
    above = yours.value > yours.expected
    half_width = abs((yours.high if above else yours.low) - yours.expected)
    # The sentence has all there is: value, expected value and range.
    evidence = Evidence(failing=1, total=1, pattern=_factor(yours, half_width))
    return Finding("statistic", message, evidence, tolerance=half_width, path=leaf.path)


def is_equal(yours: Any, expected: Any) -> bool:
    """Whether two plain values are the same; lists and tuples are interchangeable."""
    if isinstance(yours, list | tuple) and isinstance(expected, list | tuple):
        pairs = zip(yours, expected, strict=False)
        return len(yours) == len(expected) and all(is_equal(*pair) for pair in pairs)
    return yours is expected or bool(yours == expected)


def _factor(statistic: Statistic, half_width: float) -> str:
    """The name of the factor that a well-resolved statistic is off by, if it has one."""
    size = abs(statistic.expected)
    if size == 0 or half_width > _NAMED_WITHIN * size:
        return ""
    ratio = statistic.value / statistic.expected
    for name, factor in _FACTORS.items():
        if abs(ratio / factor - 1) <= _NAMED_WITHIN:
            return f"{ratio:.4g} times the expected value: {name} within 1 %"
    return ""


def _unequal(yours: Any, expected: Any, place: str) -> str:
    verb = f"{place}:" if place else "returned"
    return f"{verb} {words.spelled(yours)}, expected {words.spelled(expected)}"


def _pairs(yours: Any, expected: Any, where: str = "") -> list[tuple[str, Any, Any]]:
    if not (isinstance(yours, list | tuple) and isinstance(expected, list | tuple)):
        return [(where, yours, expected)]
    return [
        pair
        for index, (mine, right) in enumerate(zip(yours, expected, strict=False))
        for pair in _pairs(mine, right, f"{where}[{index}]")
    ]


def _digits(number: float) -> str:
    return "NaN" if math.isnan(number) else f"{number:.6g}"


def _off_by(yours: Any, expected: Any) -> str:
    if isinstance(yours, bool | str) or isinstance(expected, bool | str) or yours is None:
        return ""
    if isinstance(yours, int) and isinstance(expected, int):
        return words.spelled(abs(yours - expected))
    if isinstance(yours, float | complex) and isinstance(expected, float | complex):
        return words.short(abs(yours - expected))
    return ""


def _first(mask: Tensor) -> tuple[int, ...]:
    flat = int(mask.flatten().to(torch.uint8).argmax())
    # Not torch.unravel_index: its first call imports sympy, which takes half a second.
    return tuple(int(i) for i in numpy.unravel_index(flat, tuple(mask.shape)))


def _where(values: Tensor, index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if values.dim() else ""


def _element(values: Tensor, index: tuple[int, ...]) -> Any:
    return values[index].item()


def _at(tolerance: Tensor, like: Tensor, index: tuple[int, ...]) -> float:
    return float(tolerance.expand(like.shape)[index].item())


def _plain(value: Any) -> Any:
    """A complex number that is not finite as the part that is not."""
    if not isinstance(value, complex):
        return value
    return value.real if not math.isfinite(value.real) else value.imag


def _is_finite(value: Any) -> bool:
    return math.isfinite(abs(value))


def _same_oddness(values: Tensor, one: Tensor) -> Tensor:
    if one.isnan().item():
        return values.isnan()
    if one.isfinite().item():
        return values.isfinite()
    return values == one
