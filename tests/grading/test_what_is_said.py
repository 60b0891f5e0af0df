"""What is said of an answer: which call, which tensor of an argument, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from grader.assess import Assessment, assess, judged
from grader.evidence import described
from grader.exercise import Exercise
from grader.inputs import Inputs, Supplied
from grader.oracle import Oracle

HINTS = ["one", "two", "three"]


def score(x, weights):
    """The reference: a dict of weights, or a list of pairs, and a slope."""
    if isinstance(weights, dict):
        return x @ weights["first"] + weights["second"]
    return sum(x @ first + second for first, second in weights)


def stairs(step, base):
    """Another reference: numbers."""
    return base * (step // 2)


@pytest.fixture
def exercise() -> Exercise:
    """Two functions: one takes tensors in a container, the other answers with numbers."""
    exercise = Exercise(score, stairs, title="Scores", hints=HINTS)

    @exercise.case(score, points=1, gradients=["weights"])
    def of_a_dict(inputs: Inputs):
        """gradients reach every weight of a dict"""
        weights = dict(first=inputs.normal(3), second=inputs.normal(1))
        return dict(x=inputs.normal(4, 3), weights=weights)

    @exercise.case(score, points=1, gradients=["weights"])
    def of_a_list(inputs: Inputs):
        """gradients reach every weight of a list of pairs"""
        weights = [(inputs.normal(3), inputs.normal(1)) for _ in range(2)]
        return dict(x=inputs.normal(4, 3), weights=weights)

    @exercise.case(stairs, points=1)
    def rises(inputs: Inputs):
        """the stairs rise"""
        return [dict(step=step, base=0.123456789) for step in range(3, 9)]

    @exercise.case(stairs, points=1, observe=lambda answers, calls: {"last": answers[-1]})
    def ends(inputs: Inputs):
        """the stairs end"""
        return dict(step=4, base=2.0)

    return exercise


@pytest.fixture
def said(exercise: Exercise) -> Callable[..., Assessment]:
    """What is said of a function in the place of a reference."""

    def said(case: str, function: Callable[..., Any]) -> Assessment:
        oracle = Oracle(exercise, exercise.cases[case], "topic/name", seed=5)
        return assess(oracle, oracle.run(function))

    return said


def test_a_wrong_gradient_of_a_dict_names_its_key(said) -> None:
    """Not the number of the tensor in the dict, which nobody sees."""
    seen = said("of_a_dict", lambda x, weights: score(x, weights) + 3 * _quiet(weights["second"]))
    assert seen.stage == "gradient"
    assert seen.message.startswith("gradient of weights, second: ")
    assert seen.evidence is not None
    assert seen.evidence.worst is not None
    assert seen.evidence.worst.where == "gradient of weights, second [0]"


def _quiet(tensor):
    """Zero with a gradient."""
    return tensor - tensor.detach()


def test_a_missing_gradient_of_a_dict_names_its_key(said) -> None:
    """One key, several, or the whole argument."""

    def cut(*names):
        def function(x, weights):
            return score(x, {k: v.detach() if k in names else v for k, v in weights.items()})

        return said("of_a_dict", function).message

    assert cut("first").startswith("no gradient reaches weights, first: the result is cut off")
    assert cut("first", "second").startswith("no gradient reaches weights: the result is cut off")


def test_a_missing_gradient_of_a_list_names_its_place(said) -> None:
    """Lists in lists are walked."""
    seen = said("of_a_list", lambda x, weights: score(x, [weights[0], (weights[1][0], 0.0)]))
    assert seen.stage == "value"

    def function(x, weights):
        return score(x, [weights[0], (weights[1][0].detach(), weights[1][1])])

    message = said("of_a_list", function).message
    assert message.startswith("no gradient reaches weights, item 1, item 0: the result is cut off")


@pytest.mark.parametrize(
    ("function", "pattern", "where"),
    [
        (lambda step, base: base * 2 if step == 6 else stairs(step, base), "only the call with", 6),
        (lambda step, base: stairs(min(step, 5), base), "right before the call with", 8),
        (lambda step, base: stairs(step + 1, base), "every answer is what the next call", 7),
        (lambda step, base: 7.0 if step == 3 else stairs(step, base), "only the first call", 3),
    ],
)
def test_numbers_are_told_by_their_calls(said, function, pattern: str, where: int) -> None:
    """The place in the row of answers is no step."""
    seen = said("rises", function)
    assert seen.evidence is not None
    assert seen.evidence.worst is not None
    assert pattern in seen.evidence.pattern
    assert "index" not in seen.evidence.pattern
    assert seen.evidence.worst.where == f"step={where}"


def test_a_place_inside_the_answer_is_kept(exercise: Exercise) -> None:
    """A tensor of one call among several is told by the call, and by its index."""

    @exercise.case(stairs, points=1)
    def in_tensors(inputs: Inputs):
        """stairs of tensors"""
        return [dict(step=torch.arange(4), base=base) for base in (2, 0.123456789)]

    oracle = Oracle(exercise, exercise.cases["in_tensors"], "topic/name", seed=5)
    seen = assess(
        oracle, oracle.run(lambda step, base: stairs(step, base) + (base != 2) * (step > 2))
    )
    assert seen.evidence is not None
    assert seen.evidence.worst is not None
    assert seen.evidence.worst.where == "[3] with base=0.12346"


def test_global_state_comes_with_advice(said) -> None:
    """What moved the generator is often a module that nobody thinks of as random."""

    def drawn(step, base):
        torch.nn.Linear(2, 2)
        return stairs(step, base)

    message = said("rises", drawn).message
    assert message.startswith("changed global state: the global random generator (torch); leave")
    assert "no new nn.Linear" in message


def test_how_a_property_is_judged_claims_no_other_right_answers(exercise: Exercise) -> None:
    """observe= is of use where one answer is right, too."""
    assert "any answers are right" not in judged(exercise.cases["ends"])
    assert judged(exercise.cases["ends"]).startswith("Judged by what must hold of every right")


def test_arguments_are_described_by_names_and_sizes() -> None:
    """Tensors in a dict, and what the course supplies, are not printed in full."""
    weights = {"w.first": torch.zeros(2, 30), "b": torch.zeros(2), "n": 3}
    assert described(weights) == "w.first (2, 30); b (2,); n 3"
    assert described({"a": 1}) == "{'a': 1}"
    assert described(Supplied("Step", {"table": torch.zeros(99)})) == (
        "a Step, supplied by the course"
    )
