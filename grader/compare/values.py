"""The comparison of an answer with the expected one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from grader.compare import findings, words
from grader.compare.measure import Bounds, Errors, Tolerance, as_tensor, errors, like_output
from grader.compare.records import Comparison, Finding, Rule
from grader.compare.statistics import Statistic
from grader.compare.structure import SINGLE, Leaf, Structure

DEFAULT: Final = Rule()


@dataclass(frozen=True)
class _Measured:
    """One leaf with its errors; the finding is made only for the leaf that is reported."""

    leaf: Leaf
    ratio: float
    errors: Errors | None

    @property
    def is_misplaced(self) -> bool:
        return self.errors is not None and self.errors.misplaced is not None

    @property
    def is_named(self) -> bool:
        return self.leaf.kind in ("statistic", "property")

    @property
    def fails(self) -> bool:
        if isinstance(self.leaf.yours, Statistic):
            return not self.leaf.yours.holds
        return not self.ratio <= 1

    def finding(self, label: str) -> Finding:
        if self.errors is not None:
            make = findings.of_misplaced if self.is_misplaced else findings.of_numbers
            return make(self.leaf, self.errors, label)
        if self.leaf.kind == "statistic":
            return findings.of_statistic(self.leaf, label)
        return findings.of_plain(self.leaf, label)


def compare(yours: Any, expected: Any, rule: Rule = DEFAULT) -> Comparison:
    """Holds an answer against the expected one.

    Over the whole tree, in this order: something was returned, kinds, shapes and lengths, dtypes,
    finite where it should be, values. The first test that fails is the finding. Lists and tuples
    are interchangeable and an int may stand for a float; nothing is broadcast.

    Args:
        yours: the learner's tree of plain values.
        expected: the reference's tree.
        rule: how strict, and what the trees are called in messages.
    """
    structure = Structure(yours, expected, label=rule.label, allow_float32=rule.float32 is not None)
    if structure.finding is not None:
        return Comparison.failed(structure.finding)
    bounds = Bounds(rule)
    measured = [_measure(leaf, bounds) for leaf in structure.leaves]
    ratio = max((one.ratio for one in measured), default=0.0)
    worst = _to_report(measured)
    finding = worst.finding(rule.label) if worst is not None else None
    return Comparison(ratio, finding, _notes(measured, rule))


def agrees(yours: Any, other: Any, rule: Rule = DEFAULT) -> bool:
    """Whether an answer is the output that other code gave, such as a named mistake.

    The structure is the same and the values are within 1e-9 of the other's row maximum (of
    ``rule.scale`` if it is set), or within 1e-5 if the answer is in float32. NaN equals NaN and inf
    equals inf at the same place. Two statistics agree if they differ by at most 1 % or by the width
    of the allowed range.
    """
    structure = Structure(yours, other, allow_float32=True)
    if structure.finding is not None:
        return False
    bounds = Bounds(rule)

    def tolerance(leaf: Leaf, right: Tensor, dtype: torch.dtype) -> Tensor:
        scaled = rule.scale is not None and dtype in SINGLE
        return (bounds if scaled else like_output)(leaf, right, dtype)

    return all(_leaf_agrees(leaf, tolerance) for leaf in structure.leaves)


def _measure(leaf: Leaf, tolerance: Tolerance) -> _Measured:
    if leaf.kind == "statistic":
        return _Measured(leaf, leaf.yours.ratio, None)
    if leaf.kind == "numbers":
        found = errors(leaf, tolerance)
        return _Measured(leaf, found.worst, found)
    return _Measured(leaf, 0.0 if findings.is_equal(leaf.yours, leaf.expected) else math.inf, None)


def _to_report(measured: Sequence[_Measured]) -> _Measured | None:
    """What to report: a leaf that is not finite, else a named one if it is first, else the worst.

    Properties and statistics are reported in their author's order.
    """
    failing = [one for one in measured if one.fails]
    if not failing:
        return None
    misplaced = next((one for one in failing if one.is_misplaced), None)
    if misplaced is not None or failing[0].is_named:
        return misplaced or failing[0]
    return max(failing, key=lambda one: one.ratio)


def _notes(measured: Sequence[_Measured], rule: Rule) -> tuple[str, ...]:
    narrow = [one.leaf for one in measured if one.errors is not None and _is_float32(one.leaf)]
    if not narrow:
        return ()
    where = words.place(narrow[0].path, rule.label)
    return (
        words.at(
            where,
            "answered in float32 and judged by the bound of float32, which is wider; keep the "
            "dtype of the inputs, float64, to be judged in full precision",
        ),
    )


def _is_float32(leaf: Leaf) -> bool:
    return as_tensor(leaf.yours).dtype == SINGLE.get(as_tensor(leaf.expected).dtype)


def _leaf_agrees(leaf: Leaf, tolerance: Tolerance) -> bool:
    if leaf.kind == "statistic":
        return isinstance(leaf.expected, Statistic) and _same_value(leaf.yours, leaf.expected)
    return _measure(leaf, tolerance).ratio <= 1


def _same_value(yours: Statistic, other: Statistic) -> bool:
    if yours.value == other.value or (math.isnan(yours.value) and math.isnan(other.value)):
        return True
    allowed = max(0.01 * abs(other.value), other.high - other.low)
    return math.isfinite(allowed) and abs(yours.value - other.value) <= allowed
