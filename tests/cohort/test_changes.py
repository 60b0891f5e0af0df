"""What a new grading changes, and how it is said; the class on the terminal."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from grader.cohort.changes import CaseChange, changes
from grader.cohort.records import (
    Attempt,
    CaseSummary,
    HandedIn,
    PartSummary,
    Standing,
    Student,
    Summary,
)
from grader.cohort.statistics import ClassRecord, Provenance, Stray, class_record
from grader.cohort.twins import Compared, Twins
from grader.result import CaseStatus
from grader.writers.cohort import Sheet
from grader.writers.typeset import paint

HOSTILE = "\x1b[31m<b>\u202eeve\n" + "x" * 400


def part(*statuses: CaseStatus, worth: float = 1.0, cause: str = "") -> PartSummary:
    """An exercise whose cases ended so."""
    cases = tuple(
        CaseSummary(
            name=f"case{number}",
            title=f"property {number} holds",
            status=status,
            score=worth * (status == "passed"),
            max_score=worth,
            mistake="slip" if cause and status == "failed" else "",
            cause=cause if status == "failed" else "",
        )
        for number, status in enumerate(statuses)
    )
    return PartSummary(
        label="topic/task",
        title="A task",
        status="passed" if set(statuses) == {"passed"} else "partial",
        score=sum(case.score for case in cases),
        max_score=worth * len(cases),
        cases=cases,
    )


def standing(who: str, *parts: PartSummary, problem: str = "") -> Standing:
    """A student with one attempt, which counts."""
    summary = Summary(
        status="grader_error" if problem else "failed",
        score=sum(part.score for part in parts),
        max_score=sum(part.max_score for part in parts),
        parts=parts,
        problem=problem,
    )
    attempt = Attempt(handed_in=HandedIn(source=who, digest=who, who=who), summary=summary)
    points = {} if problem else {"score": summary.score, "raw": summary.score, "counted": 0}
    return Standing(
        student=Student(id=who, name=who),
        attempts=(attempt,),
        max_score=summary.max_score,
        **points,  # type: ignore[arg-type]
    )


def test_nothing_changes_where_nothing_does() -> None:
    """A class that stands as before."""
    same = [standing("ann", part("passed", "failed"))]
    assert changes(same, same) == ()


def test_points_and_cases_are_named() -> None:
    """Only of those for whom something changes, in the order of the class."""
    before = [standing("ann", part("passed", "failed")), standing("ben", part("passed", "passed"))]
    after = [standing("ann", part("failed", "failed")), standing("ben", part("passed", "passed"))]
    (change,) = changes(before, after)
    assert (change.student.id, change.before, change.after) == ("ann", (1.0, 2.0), (0.0, 2.0))
    assert change.cases == (CaseChange("topic/task/case0", "passed", "failed"),)


def test_a_change_without_points_is_one() -> None:
    """A case that was new, or is worth something else."""
    before = [standing("ann", part("failed"))]
    after = [standing("ann", part("failed", "waiting"))]
    (change,) = changes(before, after)
    assert change.cases == (CaseChange("topic/task/case1", "absent", "waiting"),)
    assert (change.before, change.after) == ((0.0, 1.0), (0.0, 2.0))


def test_no_score_is_not_zero() -> None:
    """Who could not be judged before has no points before."""
    before = [standing("ann", problem="the judge died")]
    (change,) = changes(before, [standing("ann", part("failed"))])
    assert change.before is None
    assert change.after == (0.0, 1.0)
    said = paint(Sheet(80).changes([change], 1), colour=False)
    assert "ann: none → 0 of 1 point" in said


def test_what_many_have_in_common_is_counted() -> None:
    """By case, after the students."""
    before = [standing(who, part("passed", "passed")) for who in ("ann", "ben", "cleo")]
    after = [standing(who, part("passed", "failed")) for who in ("ann", "ben", "cleo")]
    said = paint(Sheet(80).changes(changes(before, after), 3), colour=False)
    assert said.splitlines() == [
        "3 of 3 students have other points",
        "  ann: 2 → 1 of 2 points",
        "      topic/task/case1: passed → failed",
        "  ben: 2 → 1 of 2 points",
        "      topic/task/case1: passed → failed",
        "  cleo: 2 → 1 of 2 points",
        "      topic/task/case1: passed → failed",
        "By case:",
        "  topic/task/case1: passed → failed, for 3 students",
    ]


def test_many_cases_of_one_student_are_counted() -> None:
    """A course that is another gives no list without end."""
    found = changes([standing("ann", part(*["passed"] * 40))], [standing("ann")])
    said = paint(Sheet(80).changes(found, 1), colour=False)
    assert "and 34 more" in said
    assert len(said.splitlines()) < 12


def record_of(*standings: Standing, **more: object) -> ClassRecord:
    """A class in brief."""
    provenance = Provenance(course="small", made=datetime(2027, 1, 31, tzinfo=UTC))
    return class_record(standings, provenance, **more)  # type: ignore[arg-type]


def test_the_class_in_a_few_lines() -> None:
    """How many, the median, what was hard, what went wrong, and where everything is."""
    record = record_of(
        standing("ann", part("passed", "failed", cause="forgets the bias")),
        standing("ben", part("passed", "failed", cause="forgets the bias")),
        standing("cleo", part("passed", "passed")),
        Standing(student=Student(id="dan", name="dan"), max_score=2.0),
        standing("eve", problem="the judge died"),
        strays=[Stray(handed_in=HandedIn(source="fay.zip", digest="f", who="fay"))],
    )
    said = paint(Sheet(80).summary(record, [("gradebook", "out/gradebook.csv")]), colour=False)
    assert said.splitlines() == [
        "students      3 of 5 have points, 1 handed in nothing, 1 handed in something",
        "              that has none",
        "median        1 of 2 points; half of them have 1 to 1.5",
        "hardest       topic/task: property 1 holds (1 of 3 pass)",
        "usual mistake topic/task: forgets the bias (2 students)",
        "unmatched     1 submission of nobody on the roster: fay.zip",
        "grader failed 1 submission (eve): the judge died",
        "gradebook     out/gradebook.csv",
    ]


def test_what_is_late_and_what_to_look_at_is_counted() -> None:
    """How many are late, and how many of them it costs points; flags, and near-duplicates."""
    rows = record_of(standing("ann", part("passed")), standing("ben", part("passed"))).rows
    ann, ben = (msgspec.structs.replace(row, late=True) for row in rows)
    record = msgspec.structs.replace(record_of(), rows=(ann, ben))
    said = paint(Sheet(80).summary(record, []), colour=False)
    assert "late          2 students; no points are taken\n" in f"{said}\n"
    assert "to look at" not in said

    flagged = msgspec.structs.replace(ben, taken=0.5, flags=("uses exec",))
    twins = Twins(students=("ann", "ben"), label="topic/task", alike=1, rare=9, pairs=1, others=0)
    compared = Compared(label="topic/task", answers=2, twins=(twins,))
    record = msgspec.structs.replace(record, rows=(ann, flagged), compared=(compared,))
    lines = paint(Sheet(80).summary(record, []), colour=False).splitlines()
    assert "late          2 students; points are taken from 1" in lines
    assert "to look at    1 student with flags, 1 group of near-duplicates: see the page" in lines


def test_an_empty_class_has_no_median() -> None:
    """Nobody is no reason to fail."""
    said = paint(Sheet(80).summary(record_of(), []), colour=False)
    assert said == "students      0 of 0 have points"


@pytest.mark.parametrize("width", [40, 110])
def test_hostile_words_stay_words(width: int) -> None:
    """Names and messages that want to act on the terminal, or to fill it."""
    bad = standing(HOSTILE, part("failed", cause=HOSTILE))
    record = record_of(
        bad,
        standing("eve", problem=HOSTILE),
        strays=[Stray(handed_in=HandedIn(source=HOSTILE, digest="f", who="fay"))],
    )
    sheet = Sheet(width, ascii_only=True)
    lines = [*sheet.summary(record, []), *sheet.changes(changes([bad], [standing(HOSTILE)]), 1)]
    said = paint(lines, colour=False)
    assert said.isascii()
    assert "\x1b" not in said
    assert "\\x1b[31m<b>\\u202eeve" in said.replace("\n", "").replace(" ", "")
    assert max(map(len, said.splitlines())) <= width
    assert len(said) < 5_000
