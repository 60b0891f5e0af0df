"""What a message says: which call, which name is forbidden; what a None hides."""

from __future__ import annotations

import pytest
import torch

from grader.assess import Assessment, assess
from grader.exercise import Exercise
from grader.faults import plainest
from grader.inputs import Inputs
from grader.oracle import Oracle
from grader.wire.frames import ForbiddenUse

HINTS = ["one", "two", "three"]


def gather(x, order=None, power=1):
    """The reference of these tests."""
    return (x if order is None else x[order]) ** power


def both(x):
    """A reference with two results."""
    return x + 1, x + 2


def said(reference, build, wrong, **options) -> Assessment:
    """What is said of an answer to one case of a reference."""
    exercise = Exercise(reference, title="Title", hints=HINTS)

    @exercise.case(points=1, **options)
    def case(inputs: Inputs):
        """the answer is right"""
        return build(inputs)

    oracle = Oracle(exercise, case, "topic/name", seed=3)
    return assess(oracle, oracle.run(wrong))


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        (dict(power=1), dict(power=2), "[2] with power=2"),
        (dict(), dict(power=2), "[2] with power=2"),
        (dict(power=2), dict(), "[2] with power left out"),
        (
            dict(order=torch.arange(3)),
            dict(order=torch.tensor([1, 0, 2])),
            "[2] with order=[1, 0, 2]",
        ),
        (dict(), dict(), "[2] with call 2 of 2"),
    ],
)
def test_the_call_and_the_place_in_its_answer_are_named(first, second, where: str) -> None:
    """An argument that differs between the calls tells them apart; else their number does."""

    def wrong(x, **others):
        answer = gather(x, **others)
        answer[2] += float(x[0] > 0)
        return answer

    def build(inputs: Inputs):
        start = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
        return [dict(x=-start, **first), dict(x=start, **second)]

    found = said(gather, build, wrong)
    assert found.call == 1
    assert found.evidence is not None
    assert found.evidence.worst is not None
    assert found.evidence.worst.where == where


def test_calls_of_other_shapes_are_told_by_them() -> None:
    """Where only tensors differ, the shape of the first that does is named."""

    def build(inputs: Inputs):
        return [dict(x=inputs.normal(2, 3)), dict(x=inputs.normal(4, 3))]

    found = said(gather, build, lambda x: x + (len(x) > 3))
    assert found.evidence is not None
    assert found.evidence.worst is not None
    assert found.evidence.worst.where.endswith("] with x of shape (4, 3)")


def test_a_result_that_is_none_leaves_the_others_to_their_own_case() -> None:
    """A case that looks at one result, and at its arguments, is no victim of another result."""

    def at(place: int):
        return lambda outputs, calls: {"result": outputs[0]["returned"][place]}

    def wrong(x):
        return None, x + 2

    def build(inputs: Inputs):
        return dict(x=inputs.normal(3))

    missing = said(both, build, wrong, shows=["x"], observe=at(0))
    assert missing.message == "result is None; the exercise asks for a tensor"
    assert said(both, build, wrong, shows=["x"], observe=at(1)).passed


def test_the_written_name_is_said_first() -> None:
    """torch.autograd.grad runs torch.autograd.graph inside; the learner wrote the former."""
    ran = ForbiddenUse(name="torch.autograd.graph", line=7, how="torch.autograd.graph.run")
    above = ForbiddenUse(name="torch.autograd.Variable", line=3, how="", function="f")
    written = ForbiddenUse(name="torch.autograd.grad", line=7, how="", function="f")
    assert plainest([ran], [above, written])[0] == written
    assert plainest([ran], [above])[0] == ran
    assert plainest([], [above])[0] == above
