"""A hostile worker may write what it likes; it never earns points or marks by it."""

from __future__ import annotations

import pytest
from msgspec import structs

from grader.course import load
from grader.judge import request_for, tasks
from grader.oracle import oracles
from grader.pool import Report
from grader.result import Exercise
from grader.settings import Settings
from grader.submission import Submitted
from grader.verdict import Verdict
from grader.wire.frames import Answer, ListNode, Raised, TensorNode

CASE = "twice_as_much"


@pytest.fixture
def forge(course, fork_pool, settings: Settings):
    """Grades a right answer after one of its frames was changed."""
    entry = course.entries[0]
    source = (course.solutions / "arithmetic" / "double.py").read_bytes()
    submitted = Submitted(entry, "double.py", source)
    exercise = load(entry)
    known = oracles(entry, exercise, 0)
    asked = tasks(entry, exercise, known, 0)
    fork_pool.submit(
        70_000,
        request_for(submitted, exercise, asked, settings),
        settings.limits,
    )
    report = fork_pool.wait()

    def forge(**changes: object) -> Exercise:
        answers = tuple(
            structs.replace(answer, **changes) if answer.case == CASE else answer
            for answer in report.answers
        )
        forged: Report = structs.replace(report, answers=answers)
        verdict = Verdict(submitted, exercise, known, forged, settings.limits, False, 0)
        return verdict.record()

    return forge


def test_the_honest_answer_passes(forge) -> None:
    """The control: nothing is changed."""
    assert forge().status == "passed"


@pytest.mark.parametrize(
    "changes",
    [
        {"values": ()},
        {"values": (None, None)},
        {"inputs_after": ()},
        {"gradients": ({"x": None},)},
        {"call": 9},
        {"values": (TensorNode("float64", (5,), b"short"),)},
        {"values": (TensorNode("nonsense", (), b""),)},
        {"raised": Raised(type="ValueError", message="", kind="other"), "call": 5},
    ],
)
def test_what_does_not_go_with_the_calls_is_a_crash(forge, changes: dict[str, object]) -> None:
    """Frames that no worker of ours writes cost the case, and are not the grader's fault."""
    record = forge(**changes)
    forged = next(case for case in record.cases if case.name == CASE)
    assert forged.status == "crashed"
    assert (forged.score, forged.max_score) == (0.0, 2.0)
    assert "cannot be read" in forged.message


@pytest.mark.parametrize(
    "changes",
    [
        {"values": (ListNode((1, 2)),)},
        {"inputs_after": ({},)},
        {"inputs_after": ({"x": "other"},)},
        {"globals_changed": ("everything",)},
    ],
)
def test_claims_are_held_against_what_is_known(forge, changes: dict[str, object]) -> None:
    """Well-formed lies fail like any wrong answer."""
    record = forge(**changes)
    assert next(case for case in record.cases if case.name == CASE).status == "failed"


def test_an_answer_to_another_case_is_ignored(forge) -> None:
    """A case that has no answer is not passed by one that nobody asked for."""
    record = forge(case="of_my_own")
    assert next(case for case in record.cases if case.name == CASE).status == "crashed"
    assert Answer(case="x").values == ()
