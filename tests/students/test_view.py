"""The students' record as a function of the whole one, and what writers say of it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.audience import LEVELS, circle, known_as, lower, students_exercise, students_view
from grader.result import (
    Case,
    CaseStatus,
    Diagnosis,
    Environment,
    Evidence,
    Excerpt,
    Exercise,
    Fault,
    Picture,
    Result,
    Worst,
    result_of,
    status_of,
)
from grader.writers import terminal, words

STATUSES = (
    "passed",
    "failed",
    "error",
    "timeout",
    "crashed",
    "forbidden",
    "waiting",
    "not_started",
    "grader_error",
)
ENVIRONMENT = Environment(
    dlgrade="0", python="3", torch="2", numpy="2", platform="Linux", seed=7, threads=1, isolation=()
)


def case(name: str = "one", status: CaseStatus = "failed", **further: Any) -> Case:
    """A case with something in every field."""
    return Case(
        name=name,
        title=f"the title of {name}",
        function="f",
        status=status,
        score=2.0 if status == "passed" else 0.0,
        max_score=0.0 if status == "grader_error" else 2.0,
        message="MESSAGE",
        evidence=Evidence(
            worst=Worst(where="[3]", yours="YOURS", expected="TOLD", off_by="TOLD", allowed="TOLD"),
            failing=3,
            total=4,
            pattern="TOLD",
            inputs=("TOLD",),
            excerpt=Excerpt(first_line=1, lines=("EXCERPT",)),
            notes=("TOLD",),
        ),
        diagnosis=Diagnosis(mistake="TOLD", title="TOLD", hint="TOLD", line=3),
        picture=Picture(title="TOLD", description="TOLD", svg="<svg>TOLD</svg>"),
        waits_for=("other",),
        hint="TOLD",
        judged="TOLD",
        reproduction="TOLD",
        **further,
    )


def exercise(*cases: Case, **further: Any) -> Exercise:
    """An exercise with these cases."""
    known: dict[str, Any] = {
        "name": "e",
        "topic": "t",
        "title": "E",
        "asks": "",
        "file": "e.py",
        "line": None,
        "status": status_of(cases, further.get("error")),
        "score": sum(each.score for each in cases),
        "max_score": sum(each.max_score for each in cases),
        "duration_s": 0.5,
        "cases": cases,
        "hints": ("a", "b", "c"),
    }
    return Exercise(**{**known, **further})


def result(*exercises: Exercise, **environment: Any) -> Result:
    """A record of these exercises, which took longer than their open cases."""
    return result_of(replace(ENVIRONMENT, **environment), exercises, (), 9.0)


CASES = st.builds(
    case,
    name=st.sampled_from(["one", "two", "three"]),
    status=st.sampled_from(STATUSES),
    visibility=st.sampled_from(["visible", "after_due", "hidden"]),
    feedback=st.sampled_from(LEVELS),
)
RECORDS = st.builds(
    lambda cases, secret: result(exercise(*cases), secret_seed=secret),
    st.lists(CASES, max_size=5, unique_by=lambda one: one.name),
    st.booleans(),
)


@given(RECORDS, st.booleans())
def test_the_students_view_of_a_students_view_is_the_same(record: Result, after_due: bool) -> None:
    """Whoever filters twice, for safety, loses nothing."""
    once = students_view(record, after_due=after_due)
    assert students_view(once, after_due=after_due) == once
    assert students_view(once) == students_view(record)


@given(RECORDS, st.booleans())
def test_totals_are_those_of_what_is_seen(record: Result, after_due: bool) -> None:
    """And what is withheld is the rest."""
    view = students_view(record, after_due=after_due)
    (seen,) = view.exercises
    assert seen.max_score == sum(one.max_score for one in seen.cases)
    assert seen.max_score + seen.withheld == record.max_score
    assert view.score == sum(one.score for one in seen.cases) <= record.score


@given(RECORDS, st.booleans())
def test_nothing_is_told_below_full(record: Result, after_due: bool) -> None:
    """No field but those that a level names."""
    for one in students_view(record, after_due=after_due).exercises[0].cases:
        if (one.visibility, one.feedback) == ("hidden", "full") or one.feedback != "full":
            assert "TOLD" not in repr(one)
        if one.visibility == "hidden" or one.feedback in ("property", "verdict"):
            assert "YOURS" not in repr(one)
            assert "MESSAGE" not in repr(one)
            assert one.status in ("passed", "failed", "not_started", "grader_error", "withheld")
        if one.feedback == "verdict":
            assert "the title of" not in repr(one)


@given(RECORDS)
def test_writers_can_show_it(record: Result) -> None:
    """Whatever is left out."""
    view = students_view(record)
    assert terminal.render(view, verbosity=1)
    assert words.headline(view)


def test_a_record_that_hides_nothing_is_left_alone(sample: ModuleType) -> None:
    """The bundled course's learners see what they always saw."""
    for record in (result(exercise(case(), case("two", "passed"))), sample.mixed()):
        assert students_view(record) == record


def test_own_output_is_the_learners() -> None:
    """What they answered, and where; of an exception the text and their lines."""
    view = students_exercise(exercise(case(feedback="own_output")))
    (one,) = view.cases
    assert one.evidence == Evidence(
        worst=Worst(where="[3]", yours="YOURS", expected="", off_by="", allowed="")
    )
    assert one.message == "the answer is not right; what is expected is not shown"
    assert view.hints == ()
    (one,) = students_exercise(exercise(case(status="error", feedback="own_output"))).cases
    assert one.message == "MESSAGE"
    assert one.evidence == Evidence(excerpt=Excerpt(first_line=1, lines=("EXCERPT",)))


@pytest.mark.parametrize("status", sorted(words.FAILING_CASES | {"waiting"}))
def test_a_closed_case_fails_in_one_way(status: CaseStatus) -> None:
    """How it fails may be chosen by the learner's code, by what it was given."""
    closed = {"visibility": "hidden", "feedback": "property"}
    seen = students_exercise(exercise(case(status=status, **closed))).cases
    assert seen == students_exercise(exercise(case(**closed))).cases


def test_a_stub_is_not_started_in_closed_cases_too() -> None:
    """If all of the function's cases say so; its own words for it are not repeated."""
    two = case("two", "not_started"), case("three", "not_started", visibility="hidden")
    seen = students_exercise(exercise(*two)).cases[1]
    assert (seen.status, seen.message) == ("not_started", "f is not started")
    seen = students_exercise(exercise(*two, case())).cases[1]
    assert seen.status == "failed"


def test_time_is_that_of_the_open_worker() -> None:
    """How long everything took holds how long the closed cases took."""
    assert students_view(result(exercise(case(visibility="hidden")))).duration_s == 0.5
    assert students_view(result(exercise(case()))).duration_s == 9.0


def test_a_secret_seed_is_not_told() -> None:
    """Nor what would show its inputs again, nor a fault of the course, which names it."""
    fault = Fault(kind="course", message="the course is wrong: seed 7")
    broken = exercise(status="grader_error", error=fault)
    record = result(exercise(case(), case("two", "grader_error")), broken, secret_seed=True)
    view = students_view(record)
    assert view.environment.seed is None
    assert [one.reproduction for one in view.exercises[0].cases] == ["", ""]
    assert "MESSAGE" not in view.exercises[0].cases[1].message
    assert view.exercises[1].error is not None
    assert "seed 7" not in view.exercises[1].error.message
    assert view.exercises[1].status == "grader_error"
    assert students_view(result(broken)).exercises[0].error == fault


def test_names_of_other_cases_are_those_that_are_told() -> None:
    """A case that waits for one without a title waits for its number."""
    waiting = replace(case("two", "waiting"), waits_for=("one",))
    view = students_exercise(exercise(case(feedback="verdict"), waiting))
    assert view.cases[1].waits_for == ("case_1",)
    assert known_as(2, "n", "t", "hidden", "verdict") == ("case_3", "case 3")
    assert known_as(2, "n", "t", "hidden", "full") == ("n", "t")


def test_levels_and_circles() -> None:
    """The less of two; and who may know what goes into a case."""
    assert lower("own_output", "property") == lower("property", "own_output") == "property"
    assert circle("visible", "own_output") == "open"
    assert circle("visible", "verdict") == circle("hidden", "full") == "closed"
    assert circle("after_due", "full") == "after_due"
    assert circle("after_due", "property") == "closed"


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ([case("a", "passed")], "The exercise passes"),
        ([case("a", "passed"), case("b", "passed", visibility="hidden")],
         "The visible case passes, the hidden one too"),
        ([case("a", "passed"), case("b", "failed", visibility="hidden")],
         "The visible case passes, the hidden one not"),
        ([case("a", "passed"), case("b", "passed"), case("c", visibility="after_due")],
         "All visible cases pass"),
        ([case("a", "passed"), case("b", "passed"), case("c", visibility="hidden"),
          case("d", visibility="hidden"), case("e", "passed", visibility="hidden")],
         "All visible cases pass, 2 of 3 hidden ones not"),
        ([case("a", "failed"), case("b", "passed", visibility="hidden")], "e: partly right"),
        ([case("a", visibility="after_due")], "Nothing is counted before the due date"),
    ],
)  # fmt: skip
def test_headlines(cases: list[Case], said: str) -> None:
    """Students are not told that all passes where they do not see all."""
    assert words.headline(students_view(result(exercise(*cases)))) == said


def test_nothing_but_withheld_cases_is_no_success() -> None:
    """The mark says that it is counted later, and the exit code that nothing failed."""
    view = students_view(result(exercise(case(visibility="after_due"))))
    assert view.status == "passed"
    text = terminal.render(view)
    assert text.startswith("… e   2 points are counted after the due date")
    assert "✓" not in text
    untouched = exercise(case("one", "not_started", visibility="after_due"))
    assert students_exercise(untouched).status == "not_started"
