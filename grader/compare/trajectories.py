"""States of an optimiser, followed step by step.

Five correct steps in float64 stay at 1e-16 of the weights' norm and the smallest mistake tried is
at 1.2e-4 by the second step, so the tolerance is 1e-9 of that norm. Which step is wrong on its own
tells a wrong formula from something that is carried over wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from grader.compare.records import Comparison, Finding, Rule
from grader.compare.values import compare
from grader.result import Evidence


def follow(
    yours: Sequence[Any],
    expected: Sequence[Any],
    restarted_yours: Sequence[Any],
    restarted_expected: Sequence[Any],
    scale: float,
) -> Comparison:
    """Compares the states after 1, 2, ... steps and, if one is wrong, each step on its own.

    Args:
        yours: the learner's states after 1 to k steps from the start.
        expected: the reference's.
        restarted_yours: the learner's states after one step from each state that the reference
            passes through, the start first.
        restarted_expected: the reference's.
        scale: norm of the weights; every element may be wrong by 1e-9 of it.
    """
    ratio = 0.0
    for index, right in enumerate(expected):
        rule = Rule(scale=scale, label=f"state after step {index + 1}")
        if index >= len(yours):
            message = f"there is no state after step {index + 1} of {len(expected)}"
            return Comparison.failed(Finding("shape", message, Evidence(), path=(index,)))
        comparison = compare(yours[index], right, rule)
        ratio = max(ratio, comparison.ratio)
        finding = comparison.finding
        if finding is None:
            continue
        if finding.kind in ("value", "not_finite", "exact"):
            wrong_alone = _wrong_alone(restarted_yours, restarted_expected, scale)
            finding = replace(finding, message=_sentence(index + 1, wrong_alone))
        return Comparison(ratio, _at_step(finding, index))
    return Comparison(ratio)


def _wrong_alone(yours: Sequence[Any], expected: Sequence[Any], scale: float) -> list[int]:
    """The numbers, from 1, of the steps that are wrong from the reference's own state."""
    rule = Rule(scale=scale)
    pairs = enumerate(zip(yours, expected, strict=False), start=1)
    return [step for step, pair in pairs if compare(*pair, rule).finding is not None]


def _sentence(step: int, wrong_alone: Sequence[int]) -> str:
    if step == 1:
        return "step 1 is already wrong: look at the formula of one update"
    start = f"step {step} is the first that is wrong"
    if step in wrong_alone:
        return (
            f"{start}, also when it starts from the right weights: look at what the formula of one "
            f"update does differently at step {step}"
        )
    if wrong_alone:
        return (
            f"{start}, though it is right when it starts from the right weights; step "
            f"{wrong_alone[0]} is wrong from there"
        )
    return (
        f"{start}, yet every single step is right when it starts from the right weights; something "
        "is carried from step to step"
    )


def _at_step(finding: Finding, index: int) -> Finding:
    return replace(finding, path=(index, *finding.path))
