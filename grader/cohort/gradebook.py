"""The gradebook: everything that is known of every student, as one CSV file.

It is for people and their spreadsheets; platforms get files of their own (`canvas`, `moodle`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

import msgspec

from grader.cohort.ranking import (
    Worth,
    amount,
    earned,
    exact,
    is_unjudged,
    state_of,
    worth_of,
)
from grader.cohort.records import Attempt, Standing, Student
from grader.cohort.rules import Rules
from grader.cohort.sheets import safe, written
from grader.errors import UsageError

_PLATFORMS: Final = ("canvas", "sis", "login", "moodle", "gradescope", "github")


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A file for a platform, and what the instructor should know about it.

    Attributes:
        data: the file.
        graded: how many students have a grade in it.
        changed: how many of those grades differ from what the platform's own file had.
        left_out: students whose grade is not in it, each with the reason.
        notes: anything else, each in a sentence.
    """

    data: bytes
    graded: int
    changed: int
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def gradebook_csv(standings: Sequence[Standing], rules: Rules) -> bytes:
    """Everything: ids, points before and after the rules, each exercise, the reasons, the report.

    Args:
        standings: a row each, in this order.
        rules: what they were ranked by.
    """
    worth = worth_of((attempt for row in standings for attempt in row.attempts), rules)
    kinds = [kind for kind in _PLATFORMS if any(kind in row.student.ids for row in standings)]
    header = ["id", "name", "email", "section", *(f"{kind} id" for kind in kinds)]
    header += ["attempts", "counted", "submitted", "status", "raw", "penalty", "score", "max"]
    header += [f"{safe(label)} (of {amount(points)})" for label, points in worth.items()]
    header += ["why", "note", "report"]
    return written([header, *(_row(row, kinds, worth) for row in standings)], mark=True)


def _row(standing: Standing, kinds: Iterable[str], worth: Worth) -> list[str]:
    student = standing.student
    attempt = _counted(standing)
    handed = attempt.handed_in if attempt else None
    when = handed.submitted.isoformat(sep=" ") if handed and handed.submitted else ""
    points = earned(attempt.summary, worth) if attempt and attempt.summary else {}
    scored = standing.score is not None
    return [
        *(safe(text) for text in (student.id, student.name, address(student), student.section)),
        *(safe(student.ids.get(kind, "")) for kind in kinds),
        str(len(standing.attempts)),
        str(standing.counted + 1) if standing.counted is not None else "",
        when,
        status(standing),
        shown(standing.raw),
        shown(standing.taken if scored else None),
        shown(standing.score),
        shown(standing.max_score),
        *(amount(points[label]) if label in points else "" for label in worth),
        safe(standing.why),
        safe(note(standing)),
        safe(_report(standing)),
    ]


def _counted(standing: Standing) -> Attempt | None:
    return None if standing.counted is None else standing.attempts[standing.counted]


def _report(standing: Standing) -> str:
    """The report of the attempt that counts, else of the latest that has one."""
    attempt = _counted(standing)
    reports = [each.report for each in standing.attempts if each.report]
    return attempt.report if attempt and attempt.report else next(reversed(reports), "")


def status(standing: Standing) -> str:
    """What became of a student's work, in a few words."""
    if not standing.attempts:
        return "nothing handed in"
    if standing.score is not None:
        return "late" if standing.taken else "graded"
    states = {state_of(attempt) for attempt in standing.attempts}
    for state in ("grader failed", "judged", "not graded yet", "unreadable"):
        if state in states:
            return "grader failed" if state == "judged" else state
    return "nothing to grade"


def note(standing: Standing) -> str:
    """What the instructor should look at; a student need not read it."""
    said: list[str] = []
    for number, attempt in enumerate(standing.attempts, start=1):
        summary = attempt.summary
        parts = summary.parts if summary else ()
        failed = [part.label for part in parts if is_unjudged(part)]
        problem = attempt.handed_in.fault or (summary.problem if summary else "")
        if failed:
            problem = f"the grader failed on {', '.join(failed)}"
        if problem:
            said.append(f"attempt {number}: {problem}")
        said += [
            f"attempt {number}, {part.label}: {', '.join(part.flags)}"
            for part in parts
            if part.flags
        ]
    return " | ".join(said)


def shown(points: float | None) -> str:
    """Points for a cell, with a decimal point; empty if there are none."""
    return "" if points is None else amount(exact(points))


class Scale(msgspec.Struct, frozen=True):
    """What an assignment is worth on a platform.

    Attributes:
        factor: multiplies the points of this class.
        target: the points to be had there.
    """

    factor: Fraction
    target: Fraction

    def of(self, standing: Standing) -> str:
        """A student's points there, two decimals at most; empty if there are none."""
        return "" if standing.score is None else amount(exact(standing.score) * self.factor)


def scale_of(
    standings: Iterable[Standing], there: Fraction | None, points: Fraction | None
) -> Scale:
    """How points of this class become points of a platform's assignment.

    Args:
        standings: the class.
        there: what the assignment is worth on the platform; None if its file does not say.
        points: what the instructor says that it is worth; None if they do not.

    Raises:
        UsageError: if the two sides differ and nobody said what is meant.
    """
    here = max((exact(standing.max_score) for standing in standings), default=Fraction(0))
    if points is not None and points <= 0:
        raise UsageError(f"--points is {amount(points)}; an assignment is worth more than 0")
    target = points if points is not None else there if there is not None else here
    if points is None and here and target != here:
        raise UsageError(
            f"has the assignment at {amount(target)} points, and all that counts here is worth "
            f"{amount(here)}: if only some of it was set, name that with --only; "
            f"--points {amount(target)} has the points scaled"
        )
    return Scale(factor=target / here if here else Fraction(0), target=target)


def address(student: Student) -> str:
    """A student's e-mail address as it was given; empty if it is not known."""
    return student.email or student.ids.get("email", "")


def called(student: Student) -> str:
    """A student in a message: name and id."""
    name = safe(student.name)[:80]
    return name if student.name == student.id else f"{name} ({safe(student.id)[:80]})"
