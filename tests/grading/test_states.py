"""What a function does to its arguments, and what the course supplies to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.audit import prove, through_both_sides
from grader.course import Course, find
from grader.judge import grade
from grader.pool import Pool
from grader.result import Case
from grader.settings import Settings
from grader.submission import Submitted

FIXTURE = Path(__file__).parents[1] / "fixtures" / "states"


@pytest.fixture(scope="module")
def states() -> Course:
    """The course whose cases judge states."""
    return find(FIXTURE)


@pytest.fixture(scope="module")
def cases(states: Course, fork_pool: Pool):
    """Grades the solution with some functions replaced; the cases by name."""
    entry = states.entries[0]

    def cases(changes: str) -> dict[str, Case]:
        source = f"{entry.solution.read_text()}\n{changes}\n"
        submission = [Submitted(entry, "states.py", source.encode())]
        result = grade(submission, fork_pool, Settings(pictures=False))
        return {case.name: case for case in result.exercises[0].cases}

    return cases


def test_the_course_proves_itself(states: Course, fork_pool: Pool) -> None:
    """References pass and mistakes are named, on the judge's side and through both."""
    proof = prove(states.entries[0], range(2), (1,))
    assert (proof.problems, proof.diagnosed, proof.mistaken) == ([], 6, 6)
    assert through_both_sides(states.entries, fork_pool, Settings()) == []


def test_the_state_of_an_argument_is_part_of_the_answer(cases) -> None:
    """Flags of the caller's own tensors are judged."""
    source = """
def freeze_all(parameters):
    parameters["a"].requires_grad_(False)
    return len(parameters)
"""
    failed = cases(source)["all_are_frozen"]
    assert failed.status == "failed"
    assert "requires_grad" in failed.message


def test_calls_of_what_is_supplied_are_judged(cases) -> None:
    """A right result after too many calls is not right."""
    failed = cases("def count_up(step, n):\n    step(0)\n    return 3 * n")["one_call_per_step"]
    assert failed.status == "failed"
    assert "step" in failed.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("w.grad = w.detach().clone()", "by changing its .grad"),
        ("w.grad = None", "by taking away its .grad"),
        ("w.requires_grad_(False)", "by setting its requires_grad to False"),
        ("w.data.mul_(1.5); w.data.div_(1.4)", "in place"),
    ],
)
def test_what_was_done_to_an_argument_is_said(cases, body: str, said: str) -> None:
    """Values, flag and gradient of an argument are held against what they were."""
    source = f"def slope(w):\n    answer = 2 * w.detach()\n    {body}\n    return answer"
    failed = cases(source)["the_gradient_is_returned"]
    assert failed.message == (
        f"changed its argument w {said}; work on a copy, the caller still needs it"
    )
