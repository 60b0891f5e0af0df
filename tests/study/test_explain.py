"""How a case is explained: measured now, and telling nothing that should be found out."""

from __future__ import annotations

import math

import pytest

from grader.course import Course, load
from grader.errors import UsageError
from grader.exercise import Exercise
from grader.explain import explain, named


@pytest.fixture
def exercise(course: Course) -> Exercise:
    """The exercise of the small course."""
    return load(course.entries[0])


def test_a_case_by_its_name_or_a_part(exercise: Exercise) -> None:
    """The whole name, or what only one name has."""
    assert named(exercise, "double", "twice_as_much").name == "twice_as_much"
    assert named(exercise, "double", "Generator").name == "an_order_from_the_generator"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("er", "2 cases of double fit 'er': an_order_from_the_generator, others_come_back"),
        ("twise_as_much", "did you mean 'twice_as_much'"),
        ("xyz", "there are twice_as_much, gradients_double_too"),
        ("", "there are twice_as_much"),
    ],
)
def test_a_case_that_is_none(exercise: Exercise, word: str, said: str) -> None:
    """Which fit, which is near, or which there are."""
    with pytest.raises(UsageError) as error:
        named(exercise, "double", word)
    assert said in str(error.value)


def test_where_answers_land(course: Course, exercise: Exercise) -> None:
    """The largest error of the right ones, the smallest of the mistakes that fail, measured."""
    said = explain(course.entries[0], exercise, exercise.cases["twice_as_much"], seed=0)
    assert (said.others, said.caught) == (1, 1)
    assert said.right <= 0.1
    # Once instead of twice: off by half the expected value, of which 1e-9 is allowed.
    assert said.wrong == pytest.approx(5e8, rel=0.1)
    assert [line.partition(":")[0] for line in said.calls[0]] == ["x"]


def test_mistakes_that_pass_a_case_are_not_counted(course: Course, exercise: Exercise) -> None:
    """The gradient case is failed by both mistakes of its function, the other case by one."""
    said = explain(course.entries[0], exercise, exercise.cases["gradients_double_too"], seed=0)
    assert said.caught == 2
    assert math.isfinite(said.wrong)


def test_nothing_to_compare(course: Course, exercise: Exercise) -> None:
    """A case that must raise has no distance to measure."""
    said = explain(course.entries[0], exercise, exercise.cases["negatives_are_refused"], seed=0)
    assert (said.right, said.caught, said.wrong) == (0.0, 1, math.inf)
