"""What is known about a case, and how a cause is found among its mistakes."""

from __future__ import annotations

import pytest
import torch

from grader.assess import assess
from grader.audit.proof import judged_cases
from grader.diagnose import Judged, cause, marked_line
from grader.errors import CourseError
from grader.exercise import Exercise, Mistake, Trajectory
from grader.inputs import Inputs
from grader.oracle import Oracle
from grader.trusted import change

HINTS = ["one", "two", "three"]


def scale(x, factor=2.0):
    """The reference of these tests."""
    return x * factor


def descend(w, steps):
    """A state that is halved at every step."""
    for _ in range(steps):
        w = w * 0.5
    return w


@pytest.fixture
def exercise() -> Exercise:
    """An exercise with one case and two mistakes that look alike on it."""
    exercise = Exercise(scale, title="Scaling", hints=HINTS)

    @exercise.case(points=1)
    def scaled(inputs: Inputs):
        """the answer is scaled"""
        return dict(x=inputs.normal(4))

    @exercise.mistake(caught_by=scaled, hint="h", points_at=r"\*")
    def triples(x, factor=2.0):
        """triples"""
        return x * 3

    return exercise


def oracle(exercise: Exercise, name: str = "scaled", **options: float) -> Oracle:
    """The oracle of one case."""
    return Oracle(exercise, exercise.cases[name], "topic/name", seed=5, **options)


def test_inputs_depend_on_seed_exercise_and_case_only() -> None:
    """Adding a case does not shift another one's inputs; a seed, an exercise, a case does."""
    draws = [
        Inputs(*key).normal(3)
        for key in ((0, "a/b", "c"), (1, "a/b", "c"), (0, "a/d", "c"), (0, "a/b", "e"))
    ]
    assert torch.equal(Inputs(0, "a/b", "c").normal(3), draws[0])
    assert not any(torch.equal(draws[0], other) for other in draws[1:])


def test_the_reference_passes_its_own_case(exercise: Exercise) -> None:
    """An exact answer has ratio 0."""
    known = oracle(exercise)
    said = assess(known, known.run(scale))
    assert (said.passed, said.ratio) == (True, 0.0)


def test_a_cause_is_named_if_one_mistake_fits(exercise: Exercise) -> None:
    """Code that gives the mistake's answers is that mistake; other code is not."""
    known = {"scaled": oracle(exercise)}
    mistakes = list(exercise.mistakes.values())
    for run, name in ((lambda x, factor=2.0: x + 2 * x, "triples"), (lambda x: x, None)):
        judged = judged_cases(known, {"scaled": known["scaled"].run(run)})
        found = cause(judged, mistakes)
        assert (found.name if found else None) == name


def test_no_cause_is_named_if_two_mistakes_fit(exercise: Exercise) -> None:
    """What cannot be told apart is not guessed."""

    @exercise.mistake(caught_by=exercise.cases["scaled"], hint="h")
    def triples_too(x, factor=2.0):
        """adds the double"""
        return x + 2 * x

    known = oracle(exercise)
    outcome = known.run(exercise.mistakes["triples"].run)
    judged = [Judged(known, outcome, assess(known, outcome))]
    assert cause(judged, list(exercise.mistakes.values())) is None


def test_a_right_answer_has_no_cause(exercise: Exercise) -> None:
    """Nothing is diagnosed where nothing failed."""
    known = {"scaled": oracle(exercise)}
    judged = judged_cases(known, {"scaled": known["scaled"].run(scale)})
    assert cause(judged, list(exercise.mistakes.values())) is None


def test_the_line_that_a_mistake_points_at(exercise: Exercise) -> None:
    """Looked for inside the function, comments aside."""
    mistake: Mistake = exercise.mistakes["triples"]
    source = ["a = 1 * 2", "def scale(x):", "    # 3 * x", "    return 3 * x"]
    assert marked_line(mistake, source, 2, 4) == 4
    assert marked_line(mistake, source, 2, 3) is None
    assert marked_line(mistake, source, None, None) is None


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (["def scale(x, *, k=2):", '    """3 * x', "", '    x * 3."""', "    return 3 * x"], 5),
        (["def scale(", "    x: 'a[:] * b',", "):", "    return 3 * x"], 4),
        (["@wraps(x * 3)", "def scale(x):", "    '3 * x'", "", "    return 3 * x"], 5),
        (["def scale(x, k=1 * 3):", '    """3 * x"""', "    return x + x + x"], 1),
        (["def scale(x): return x * 3"], 1),
        (["scale = lambda x: x * 3"], 1),
        (["def scale(x):", '    """3 * x, without an end'], 2),
    ],
)
def test_the_marked_line_is_code(exercise: Exercise, source: list[str], line: int | None) -> None:
    """No docstring is marked, and the signature only if no line of the body fits."""
    assert marked_line(exercise.mistakes["triples"], source, 1, len(source)) == line


def test_a_trajectory_tells_formula_from_state() -> None:
    """A wrong formula shows in every single step, a wrong state only along the way."""
    exercise = Exercise(descend, title="Descent", hints=HINTS)

    @exercise.case(points=1, trajectory=Trajectory(state="w", count="steps"))
    def halves(inputs: Inputs):
        """every step halves"""
        return dict(w=inputs.normal(3))

    known = oracle(exercise, "halves")
    assert len(known.calls) == 10
    assert assess(known, known.run(descend)).passed
    formula = assess(known, known.run(lambda w, steps: w * 0.4**steps))
    assert "step 1 is already wrong" in formula.message
    state = assess(known, known.run(lambda w, steps: w * 0.5 ** max(steps, 2 * steps - 2)))
    assert "every single step is right" in state.message


def test_an_author_is_told_which_case_is_wrong(exercise: Exercise) -> None:
    """Inputs that fail, a case without calls, a reference that raises: exercise, case, seed."""

    @exercise.case(points=1)
    def broken(inputs: Inputs):
        """inputs fail"""
        return 1 / 0

    @exercise.case(points=1)
    def empty(inputs: Inputs):
        """no call"""
        return []

    @exercise.case(points=1)
    def wrong(inputs: Inputs):
        """the reference fails"""
        return dict(x=None)

    for name, said in (
        ("broken", "its inputs fail with ZeroDivisionError"),
        ("empty", "it makes no call"),
        ("wrong", "the reference raises TypeError"),
    ):
        with pytest.raises(CourseError, match=f"topic/name, case {name}, seed 5: {said}"):
            _ = oracle(exercise, name).expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": torch.ones(2), "b": 1}, {"a": torch.ones(2), "c": 1}),
        ({"a": torch.ones(2)}, [torch.ones(2)]),
        ([torch.ones(2)], []),
        (torch.ones(2), None),
        (1, 1.0),
    ],
)
def test_arguments_of_another_make_are_changed_ones(before: object, after: object) -> None:
    """Keys, lengths and kinds are looked at before any values are compared."""
    assert change(before, after) == "in place"
    assert change(before, before) == ""
