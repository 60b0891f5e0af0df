"""Trajectories: the first wrong step, and whether it is wrong on its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from grader.compare import Comparison, follow

Optimiser = Callable[[Tensor, int], Tensor]
START = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
CURVATURE = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)


def momentum(
    weights: Tensor, steps: int, *, rate: float = 0.1, kept: float = 0.9, extra_at: int = 0
) -> Tensor:
    """Gradient descent with momentum on a quadratic; ``extra_at`` doubles one step's gradient."""
    velocity = torch.zeros_like(weights)
    for step in range(1, steps + 1):
        gradient = CURVATURE * weights * (2 if step == extra_at else 1)
        velocity = kept * velocity + gradient
        weights = weights - rate * velocity
    return weights


def judge(yours: Optimiser) -> Comparison:
    """Follows an optimiser against `momentum` over five steps."""
    expected = [momentum(START, k) for k in range(1, 6)]
    starts = [START, *expected[:-1]]
    return follow(
        [yours(START, k) for k in range(1, 6)],
        expected,
        [yours(state, 1) for state in starts],
        [momentum(state, 1) for state in starts],
        START.norm().item(),
    )


def message(comparison: Comparison) -> str:
    """The message of a comparison that failed."""
    assert comparison.finding is not None
    return comparison.finding.message


def test_right_optimiser() -> None:
    """Another order of the same arithmetic passes with a wide margin."""

    def other(weights: Tensor, steps: int) -> Tensor:
        velocity = torch.zeros_like(weights)
        for _ in range(steps):
            velocity = velocity.mul(0.9).add(weights * CURVATURE)
            weights = weights.add(velocity, alpha=-0.1)
        return weights

    comparison = judge(other)
    assert comparison.finding is None
    assert comparison.ratio <= 0.1


def test_wrong_formula() -> None:
    """A wrong rate is wrong from the first step."""
    comparison = judge(lambda w, k: momentum(w, k, rate=0.11))
    assert message(comparison) == "step 1 is already wrong: look at the formula of one update"
    assert comparison.finding is not None
    assert comparison.finding.path == (0,)
    assert comparison.ratio >= 10


def test_wrong_state() -> None:
    """A momentum that is not carried is right in every single step."""
    comparison = judge(lambda w, k: momentum(w, k, kept=0.8))
    assert message(comparison) == (
        "step 2 is the first that is wrong, yet every single step is right when it starts from the "
        "right weights; something is carried from step to step"
    )
    assert comparison.finding is not None
    worst = comparison.finding.evidence.worst
    assert worst is not None
    assert worst.where == "state after step 2 [1]"
    assert (comparison.finding.evidence.failing, comparison.finding.evidence.total) == (3, 3)


def test_one_step_that_is_wrong_on_its_own() -> None:
    """A step that is right at the start and wrong from a later state is named."""

    def clipped(weights: Tensor, steps: int) -> Tensor:
        return momentum(weights, steps) + (0.5 if weights[0] < 0.9 or steps > 2 else 0.0)

    assert message(judge(clipped)) == (
        "step 3 is the first that is wrong, also when it starts from the right weights: look at "
        "what the formula of one update does differently at step 3"
    )


def test_another_step_that_is_wrong_on_its_own() -> None:
    """The cumulative state and the single steps may go wrong at different steps."""

    def odd(weights: Tensor, steps: int) -> Tensor:
        return momentum(weights, steps) + (0.5 if steps > 1 or weights[0] < 0.3 else 0.0)

    found = message(judge(odd))
    assert found.startswith("step 2 is the first that is wrong, though it is right when it starts")
    assert found.endswith("is wrong from there")


def test_structure_keeps_its_own_message() -> None:
    """A missing return is not blamed on the formula."""
    comparison = follow([None], [START], [None], [START], 1.0)
    assert message(comparison) == "state after step 1 is None; the exercise asks for a tensor"
    comparison = follow([START], [START, START], [START], [START], 1.0)
    assert message(comparison) == "there is no state after step 2 of 2"
    assert comparison.ratio == float("inf")


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_tolerance_is_of_the_norm(scale: float) -> None:
    """An error of half of 1e-9 of the norm scores one half, in every element."""
    yours = START + torch.tensor([0.5e-9, 0, 0]) * scale
    comparison = follow([yours], [START], [yours], [START], scale)
    assert comparison.finding is None
    assert comparison.ratio == pytest.approx(0.5, rel=1e-4)
