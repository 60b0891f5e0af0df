"""A class, from what was handed in to where everybody stands, by way of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import msgspec

from grader.cohort.engine import Done, Engine, Work
from grader.cohort.matching import match
from grader.cohort.ranking import standings
from grader.cohort.records import Attempt, HandedIn, Standing, Student
from grader.cohort.reports import STUDENTS, name_for
from grader.cohort.rules import Rules
from grader.cohort.store import Conditions, Store
from grader.course import Course
from grader.submission import Bundle, collect_files, pack, unpack

SUBMISSION: Final = "submission"
"""What the files of everybody are said to be in: two who hand in the same get the same verdict, and
no report says what somebody else's folder is called."""

_TOGETHER: Final = 64
"""Bundles that are kept in one transaction."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """What an instructor asked for, kept in the store: who goes on does not say it again.

    Attributes:
        course: the folder of the course; empty for the bundled one.
        conditions: what the verdicts of the gradebook depend on.
        bubblewrap: whether that is wanted around the workers.
        students: the roster; empty if there is none.
        rules: what counts, and how much.
        reports: whether students get reports.
        after_due: whether students may see what waits for the due date.
        canvas: the gradebook that Canvas exported; empty if there is none.
        moodle: the worksheet or the list of participants that Moodle gave; empty if there is none.
        title: which of Canvas's assignments this is; empty if it has but one.
        points: what the assignment is worth on the platform; empty if its file says it.
    """

    course: str
    conditions: Conditions
    bubblewrap: bool = False
    students: tuple[Student, ...] = ()
    rules: Rules = Rules()
    reports: bool = True
    after_due: bool = False
    canvas: bytes = b""
    moodle: bytes = b""
    title: str = ""
    points: str = ""


@dataclass(frozen=True)
class Stray:
    """A submission that is nobody's on the roster.

    Attributes:
        attempt: the submission, and what came of it.
        nearest: the student whose name is nearest; None if none is near.
    """

    attempt: Attempt
    nearest: Student | None


@dataclass(frozen=True)
class Class:
    """Where everybody stands.

    Attributes:
        standings: in the order of the roster; without one, as they came in.
        strays: what is nobody's on the roster.
    """

    standings: tuple[Standing, ...]
    strays: tuple[Stray, ...] = ()

    @property
    def attempts(self) -> Iterator[Attempt]:
        """All that was handed in."""
        for standing in self.standings:
            yield from standing.attempts
        yield from (stray.attempt for stray in self.strays)


def take_in(store: Store, found: Iterable[tuple[HandedIn, Bundle]]) -> tuple[HandedIn, ...]:
    """Keeps what the class hands in, instead of what it handed in before.

    Returns:
        What was there before and is not there any more. Its verdicts stay in the store.
    """
    handed_in: list[HandedIn] = []
    bundles: list[tuple[str, bytes]] = []
    for one, bundle in found:
        handed_in.append(one)
        if not one.fault:
            bundles.append((one.digest, pack(bundle)))
        if len(bundles) >= _TOGETHER:
            store.add_bundles(bundles)
            bundles.clear()
    store.add_bundles(bundles)
    return store.replace_handed_in(handed_in)


def to_do(store: Store, conditions: Conditions) -> list[str]:
    """The digests that have no verdict yet, or none but a failure of the grader; each once."""
    settled = store.settled(conditions)
    return [digest for digest in store.digests() if digest not in settled]


def grade(
    store: Store,
    engine: Engine,
    conditions: Conditions,
    digests: Iterable[str],
    progress: Callable[[Done], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Grades submissions, and keeps each verdict as soon as it is there.

    Args:
        store: where they are, and where verdicts are kept.
        engine: what grades them.
        conditions: what verdicts are kept under.
        digests: which submissions.
        progress: is told of each verdict that is kept.
        check: raises if a verdict that just came is not one under these conditions; it is not kept.

    Raises:
        EngineError: if the engine cannot go on.
        DlgradeError: if a verdict cannot be kept.
    """
    works = (
        Work(
            digest=digest,
            name=SUBMISSION,
            bundle=store.bundle(digest),
            only=conditions.only,
            settings=conditions.settings,
        )
        for digest in digests
    )
    with closing(engine.grade(works)) as verdicts:  # type: ignore[type-var]  # it is a generator
        for done in verdicts:
            check()
            store.keep(conditions, done)
            progress(done)


def answered(store: Store, course: Course, labels: Sequence[str]) -> tuple[str, ...]:
    """Those of some exercises and quizzes that anybody handed in, as more than the course's stub.

    A file that could not be read is handed in.
    """
    left = list(labels)
    for digest in store.digests():
        if not left:
            break
        files = unpack(store.bundle(digest), SUBMISSION)
        found = {
            submitted.entry.label
            for submitted in collect_files(course, files, left)
            if not submitted.untouched
        }
        left = [label for label in left if label not in found]
    return tuple(label for label in labels if label not in left)


def answers(store: Store, course: Course, whole: Class) -> dict[str, dict[str, str]]:
    """Label of each exercise → id of a student → the text of the answer that counts.

    What is missing, could not be read, or is the course's stub as it was is nobody's answer.
    """
    found: dict[str, dict[str, str]] = {entry.label: {} for entry in course.entries}
    for standing in whole.standings:
        if standing.counted is None:
            continue
        counted = standing.attempts[standing.counted]
        judged = {part.label for part in counted.summary.parts} if counted.summary else set()
        if not judged:
            continue
        files = unpack(store.bundle(counted.handed_in.digest), SUBMISSION)
        for submitted in collect_files(course, files, sorted(judged)):
            own = found.get(submitted.entry.label)
            if own is not None and submitted.source is not None and not submitted.untouched:
                own[standing.student.id] = submitted.source.decode("utf-8", "replace")
    return {label: texts for label, texts in found.items() if texts}


def class_of(store: Store, assignment: Assignment, conditions: Conditions | None = None) -> Class:
    """Where everybody stands, by the verdicts that are there.

    Args:
        store: what was handed in and what came of it.
        assignment: roster and rules.
        conditions: of the verdicts; those of the assignment if there are none.
    """
    handed_in = store.handed_in()
    summaries = store.summaries(conditions or assignment.conditions)
    matched = match(assignment.students, handed_in)
    nearest = iter(one.nearest for one in matched.unmatched)
    students = {student.id: student for student in assignment.students}
    attempts: dict[str, list[Attempt]] = {student: [] for student in students}
    strays: list[Stray] = []
    names: set[str] = set()
    for one, owner in zip(handed_in, matched.owners, strict=True):
        known = owner.id if owner else one.who
        summary = summaries.get(one.digest)
        drawn = assignment.reports and summary is not None and not summary.problem
        report = f"{STUDENTS}/{name_for(known, one.attempt, names)}" if drawn else ""
        attempt = Attempt(handed_in=one, summary=summary, report=report)
        if owner is None:
            strays.append(Stray(attempt, next(nearest)))
        else:
            students.setdefault(owner.id, owner)
            attempts.setdefault(owner.id, []).append(attempt)
    # By their numbers: exports number attempts, or their times do.
    in_order = {
        student: sorted(own, key=lambda attempt: attempt.handed_in.attempt)
        for student, own in attempts.items()
    }
    handed = ((students[student], own) for student, own in in_order.items())
    return Class(tuple(standings(handed, assignment.rules)), tuple(strays))
