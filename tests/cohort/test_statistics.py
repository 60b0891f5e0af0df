"""What is computed of a class, against classes whose mistakes were dealt out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cohort.lessons import lessons_of
from grader.cohort.records import Attempt, CaseSummary, HandedIn, PartSummary, Standing, Student
from grader.cohort.records import Summary as Verdict
from grader.cohort.statistics import BINS, EXAMPLES, Hurdle, Provenance, class_record
from grader.course import find
from grader.result import CaseStatus, ExerciseStatus

MADE = Provenance(course="A course", made=datetime(2026, 11, 20, tzinfo=UTC))


def case(name: str, status: CaseStatus = "passed", mistake: str = "") -> CaseSummary:
    """A case worth a point."""
    return CaseSummary(
        name=name,
        title=f"the title of {name}",
        status=status,
        score=float(status == "passed"),
        max_score=1,
        mistake=mistake,
        cause=f"does {mistake}" if mistake else "",
    )


def standing(
    number: int,
    *cases: CaseSummary,
    label: str = "topic/exercise",
    status: ExerciseStatus = "partial",
    score: float | None = None,
    max_score: float = 10,
) -> Standing:
    """A student with one exercise."""
    part = PartSummary(
        label=label, title="An exercise", status=status, score=1, max_score=1, cases=cases
    )
    verdict = Verdict(status="failed", score=1, max_score=1, parts=(part,), duration_s=number)
    handed = HandedIn(source="s", digest="d", who=f"{number}")
    return Standing(
        student=Student(id=f"{number:03}", name=f"Student {number:03}"),
        attempts=(Attempt(handed_in=handed, summary=verdict, report=f"reports/{number}.html"),),
        counted=0,
        score=score,
        raw=score,
        max_score=max_score,
    )


def absent(number: int) -> Standing:
    """A student who handed in nothing."""
    return Standing(student=Student(id=f"{number:03}", name=f"Student {number:03}"), max_score=10)


def test_every_mistake_is_counted_by_student(classes: ModuleType) -> None:
    """Of 200 students; a mistake in two exercises or two cases counts once for whoever made it."""
    standings = [classes.standing(number) for number in range(200)]
    record = class_record(standings, classes.provenance(), classes.LESSONS)
    known = classes.makers(standings)

    assert {cause.mistake: cause.students for cause in record.causes} == {
        mistake: len(who) for mistake, who in known.items()
    }
    assert [cause.mistake for cause in record.causes][:2] == ["unbiased_variance", "velocity_reset"]
    assert all(one.students >= other.students for one, other in pairwise(record.causes))
    assert all(cause.students <= cause.tried for cause in record.causes)


def test_a_mistake_names_its_exercises_its_lesson_and_examples(classes: ModuleType) -> None:
    """Examples are reports of students who made it, no student twice."""
    standings = [classes.standing(number) for number in range(200)]
    record = class_record(standings, classes.provenance(), classes.LESSONS)
    cause = next(it for it in record.causes if it.mistake == "statistics_detached")
    names = {each.student.name: each.student.id for each in standings}

    assert cause.labels == ("normalization/batch_norm", "normalization/layer_norm")
    assert cause.hint == classes.DETACHED.hint
    assert [lesson.title for lesson in cause.lessons] == ["Normalization"]
    assert len({example.name for example in cause.examples}) == EXAMPLES
    made = classes.makers(standings)["statistics_detached"]
    assert {names[example.name] for example in cause.examples} <= made
    assert all(example.report and example.label in cause.labels for example in cause.examples)


def test_the_clearest_reports_are_the_examples() -> None:
    """Those that show little else; a student without a report comes last."""
    wrong = case("a", "failed", "slip")
    noisy = standing(1, wrong, case("b", "failed"), case("c", "error"))
    clear = standing(2, wrong, case("b"))
    unread = standing(3, wrong)
    attempt = msgspec.structs.replace(unread.attempts[0], report="")
    unread = msgspec.structs.replace(unread, attempts=(attempt,))
    (cause,) = class_record([noisy, clear, unread], MADE).causes

    assert [it.name for it in cause.examples] == ["Student 002", "Student 001", "Student 003"]


def test_the_same_name_for_another_mistake_is_another_cause() -> None:
    """Names of mistakes are unique in an exercise only; the title tells them apart."""
    one = case("a", "failed", "slip")
    other = msgspec.structs.replace(one, cause="does something else")
    record = class_record([standing(1, one), standing(2, other, label="topic/other")], MADE)

    assert [(it.title, it.students) for it in record.causes] == [
        ("does slip", 1),
        ("does something else", 1),
    ]


def test_whoever_waits_has_not_tried() -> None:
    """The share of a case is taken over those it was judged for."""
    record = class_record(
        [
            standing(1, case("a"), case("b", "failed")),
            standing(2, case("a"), case("b")),
            standing(3, case("a"), case("b", "crashed")),
            standing(4, case("a", "failed"), case("b", "waiting")),
            standing(5, case("a", "not_started"), case("b", "not_started"), status="not_started"),
            standing(6, case("a", "grader_error"), case("b", "withheld"), status="grader_error"),
            standing(7, case("a"), case("b", "timeout", "slip")),
        ],
        MADE,
    )

    assert [(it.title, it.passed, it.tried, it.unexplained) for it in record.hurdles] == [
        ("the title of b", 1, 4, 2),
        ("the title of a", 4, 5, 1),
    ]
    assert record.hurdles[0].share == 0.25


def test_what_few_tried_is_not_ranked() -> None:
    """One who failed a case that nobody else got to does not make it the hardest of the class."""
    early = [
        standing(number, case("a", "failed" if number % 2 else "passed")) for number in range(60)
    ]
    early += [standing(number, case("a"), case("b", "failed")) for number in range(60, 62)]

    assert [it.title for it in class_record(early, MADE).hurdles] == ["the title of a"]
    assert len(class_record(early[-2:], MADE).hurdles) == 1


def test_nothing_handed_in_is_not_zero() -> None:
    """Neither is what could not be judged; 0 points are."""
    unjudged = standing(3, case("a", "grader_error"), status="grader_error")
    record = class_record(
        [
            standing(1, case("a"), score=0.0),
            standing(2, case("a"), score=10.0),
            unjudged,
            absent(4),
        ],
        MADE,
    )

    assert record.spread.bins == (1, *[0] * (BINS - 2), 1)
    assert record.spread.quartiles == (2.5, 5.0, 7.5)
    assert (record.missing, record.unscored, record.spread.number) == (1, 1, 2)


def test_one_student_is_a_class() -> None:
    """All quartiles are what that student has."""
    assert class_record([standing(1, case("a"), score=7.0)], MADE).spread.quartiles == (7, 7, 7)


def test_an_empty_class_is_a_class() -> None:
    """Before the term there is a page too."""
    record = class_record([], MADE)

    assert record.spread.quartiles is None
    assert (record.rows, record.causes, record.hurdles, record.progress) == ((), (), (), ())


def test_an_exercise_that_is_not_in_a_submission_was_not_started() -> None:
    """Every exercise's numbers add up to the graded submissions."""
    record = class_record(
        [standing(1, case("a")), standing(2, case("a"), label="topic/other"), absent(3)], MADE
    )

    assert [(it.label, it.partial, it.not_started) for it in record.progress] == [
        ("topic/exercise", 1, 1),
        ("topic/other", 1, 1),
    ]


def test_only_the_attempt_that_counts_is_counted() -> None:
    """A mistake of an earlier attempt was mended."""
    wrong = standing(1, case("a", "failed", "slip")).attempts
    right = standing(1, case("a"), status="passed", score=1.0)
    both = msgspec.structs.replace(right, attempts=wrong + right.attempts, counted=1)
    record = class_record([both], MADE)

    assert record.causes == ()
    assert (record.rows[0].counted, record.rows[0].attempts) == (2, 2)
    assert record.pace.graded == 2


def test_troubles_say_what_and_whom(classes: ModuleType) -> None:
    """The grader's own faults first; the same for several is one."""
    record = classes.record(30)

    assert [(it.kind, it.what, len(it.whom)) for it in record.troubles] == [
        ("grader", "the worker's machine ran out of disk", 1),
        ("ungraded", "", 1),
        ("unreadable", "the archive is damaged: no end of its directory", 1),
    ]
    several = [standing(n, case("a", "grader_error"), status="grader_error") for n in range(9)]
    (trouble,) = class_record(several, MADE).troubles
    assert (trouble.kind, trouble.what) == ("grader", "topic/exercise was not judged")
    assert len(trouble.whom) == 9


def test_nothing_to_grade_is_not_the_graders_fault() -> None:
    """A submission with a problem and another status is the student's to mend."""
    empty = Verdict(
        status="not_started", score=0, max_score=0, problem="holds none of the course's topics"
    )
    handed = Attempt(handed_in=HandedIn(source="s", digest="d", who="1"), summary=empty)
    record = class_record([msgspec.structs.replace(absent(1), attempts=(handed,))], MADE)

    assert [(it.kind, it.what) for it in record.troubles] == [
        ("nothing", "holds none of the course's topics")
    ]
    assert record.pace.graded == 0


def test_the_slowest_are_named() -> None:
    """The longest first, and the middle beside them."""
    pace = class_record([standing(number, case("a")) for number in range(9)], MADE).pace

    assert pace.slowest[:2] == (("Student 008", 8.0), ("Student 007", 7.0))
    assert (pace.median_s, pace.total_s, pace.graded) == (4.0, 36.0, 9)


def test_rows_are_sorted_as_people_sort() -> None:
    """Letters with marks beside those without, capitals beside small letters."""
    names = ["Zoë", "ábel", "Abel", "Ångström", "Angel"]
    students = [Student(id=f"{place}", name=name) for place, name in enumerate(names)]
    rows = class_record([Standing(student=student) for student in students], MADE).rows

    assert [row.student.name for row in rows] == ["ábel", "Abel", "Angel", "Ångström", "Zoë"]


def test_the_bundled_course_has_a_lesson_for_every_topic() -> None:
    """By the headline of its README, in the course's order."""
    course = find()
    lessons = lessons_of(course)

    assert tuple(lessons) == course.topics
    assert lessons["normalization"].title == "Normalization"
    assert lessons["normalization"].file == "exercises/normalization/README.md"


@pytest.mark.parametrize(
    ("text", "title"), [("no headline", "one"), ("\n#  A lesson #\n", "A lesson")]
)
def test_a_lesson_is_called_by_its_headline(tmp_path: Path, text: str, title: str) -> None:
    """Or by its topic."""
    for side in ("exercises", "solutions"):
        (tmp_path / side / "one").mkdir(parents=True)
        (tmp_path / side / "one" / "it.py").write_text('"""It."""\n\ndef it(x):\n    ...\n')
    (tmp_path / "exercises/course.toml").write_text('[one]\nexercises = ["it"]\n')
    (tmp_path / "exercises/one/README.md").write_text(text)

    assert lessons_of(find(tmp_path))["one"].title == title


cases = st.builds(
    case,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(get_args(CaseStatus)),
    st.sampled_from(["", "slip", "trip"]),
)
scores = st.none() | st.floats(0, 10)
students = st.lists(
    st.tuples(
        st.lists(cases, max_size=3, unique_by=lambda it: it.name),
        st.sampled_from(get_args(ExerciseStatus)),
        scores,
        st.booleans(),
    ),
    max_size=12,
)


@given(students)
def test_the_numbers_of_any_class_add_up(
    drawn: list[tuple[list[CaseSummary], ExerciseStatus, float | None, bool]],
) -> None:
    """Everybody is counted once: with points, without, or as having handed in nothing."""
    standings = [
        standing(place, *own, status=status, score=score) if handed else absent(place)
        for place, (own, status, score, handed) in enumerate(drawn)
    ]
    record = class_record(standings, MADE)
    handed_in = len(drawn) - record.missing

    assert record.spread.number + record.unscored + record.missing == len(record.rows) == len(drawn)
    for each in record.progress:
        numbers = (each.passed, each.partial, each.failed, each.not_started, each.unjudged)
        assert sum(numbers) == handed_in
    assert all(0 < it.students <= it.tried <= handed_in for it in record.causes)
    assert all(0 <= it.passed < it.tried <= handed_in for it in record.hurdles)
    assert [it.share for it in record.hurdles] == sorted(it.share for it in record.hurdles)
    if record.spread.quartiles is not None:
        ordered = [record.spread.low, *record.spread.quartiles, record.spread.high]
        assert ordered == sorted(ordered)


@given(st.permutations(range(40)))
def test_the_order_of_the_roster_changes_nothing(order: list[int]) -> None:
    """Two runs over the same class give the same page."""
    wrong = case("a", "failed", "slip")
    in_order = [standing(number, wrong, case("b"), score=number / 4) for number in range(40)]

    assert class_record([in_order[place] for place in order], MADE) == class_record(in_order, MADE)


def test_a_share_is_of_those_who_tried() -> None:
    """1 of 4 is a quarter."""
    assert Hurdle(label="t/e", title="x", passed=1, tried=4).share == 0.25
