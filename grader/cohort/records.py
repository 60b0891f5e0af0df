"""What a class is made of: students, what they handed in, what came of it. Plain, frozen records.

Nothing here holds a learner's code or a verdict whole: those are in the store, by their digests.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from grader.result import CaseStatus, ExerciseStatus, ResultStatus


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes the course.

    Attributes:
        id: what tells them apart in this class: the roster's first column of ids, or what the
            export calls them where there is no roster.
        name: as it is shown; the id where nothing else is known.
        email: empty if unknown.
        ids: what platforms call them: ``canvas``, ``sis``, ``login``, ``moodle``, ``gradescope``,
            ``github``, ``email``, each only where it is known. Never invented.
        section: of the class; empty if there is one only.
    """

    id: str
    name: str
    email: str = ""
    ids: dict[str, str] = {}
    section: str = ""


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of one student, as it came in; its files are in the store.

    Attributes:
        source: where it was found, as the instructor would name it.
        digest: of its files (names and bytes), hexadecimal SHA-256.
        who: what the export calls the student: a folder's name, ``Participant 17``, ...
        ids: what else the export says about them, in the words of `Student.ids`.
        name: the student's name, if the export has it.
        submitted: when, with its zone; None if nothing says so.
        late: whether the export itself says that it came late.
        attempt: 1 for the first; exports number them, or their times do.
        fault: why nothing of it could be read; empty if something could.
    """

    source: str
    digest: str
    who: str
    ids: dict[str, str] = {}
    name: str = ""
    submitted: datetime | None = None
    late: bool = False
    attempt: int = 1
    fault: str = ""


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What the class page needs of a case.

    Attributes:
        name: identifier, unique in its exercise.
        title: the line that the learner reads.
        status: see `grader.result.CaseStatus`.
        score: points earned.
        max_score: points to be had.
        mistake: name of the diagnosed cause, empty if there is none.
        cause: its title, as a clause.
        hint: what to look at, if there is a cause.
        message: what happened, shortened.
    """

    name: str
    title: str
    status: CaseStatus
    score: float
    max_score: float
    mistake: str = ""
    cause: str = ""
    hint: str = ""
    message: str = ""


class PartSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What the gradebook and the class page need of an exercise, or of a quiz.

    Attributes:
        label: such as ``normalization/layer_norm`` or ``normalization/quiz``.
        title: what it asks, in a few words.
        status: see `grader.result.ExerciseStatus`.
        score: points earned.
        max_score: points to be had.
        duration_s: wall time of the worker, seconds; 0 for a quiz.
        cases: of an exercise, in the author's order; a quiz's questions, as if they were cases.
        fault: kind of what kept it from running; empty if it ran.
        flags: what the instructor should look at, each in a few words.
    """

    label: str
    title: str
    status: ExerciseStatus
    score: float
    max_score: float
    duration_s: float = 0.0
    cases: tuple[CaseSummary, ...] = ()
    fault: str = ""
    flags: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict in brief; the whole `grader.result.Result` is in the store.

    Attributes:
        status: see `grader.result.ResultStatus`.
        score: points earned.
        max_score: points to be had.
        duration_s: wall time of the grading, seconds.
        parts: exercises, then quizzes, each in the course's order.
        problem: why there is no verdict at all (the grader's own fault, or nothing to grade);
            empty if there is one.
    """

    status: ResultStatus
    score: float
    max_score: float
    duration_s: float = 0.0
    parts: tuple[PartSummary, ...] = ()
    problem: str = ""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed in, and what came of it.

    Attributes:
        handed_in: the one.
        summary: the other; None while it is not graded.
        report: path of the student's report below the output folder; empty if there is none.
    """

    handed_in: HandedIn
    summary: Summary | None = None
    report: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A student's row: every attempt, the one that counts, and the points after the rules.

    Attributes:
        student: who.
        attempts: all of them, oldest first; empty if nothing was handed in.
        counted: place of the attempt that counts, None if there is none.
        score: points after the rules; None if nothing counts (never 0 for the grader's fault).
        max_score: points to be had.
        raw: points before the rules; None if nothing counts.
        taken: points that lateness cost, before rounding.
        why: what the rules took and which attempt counts, in a sentence; empty if nothing is to
            be said.
    """

    student: Student
    attempts: tuple[Attempt, ...] = ()
    counted: int | None = None
    score: float | None = None
    max_score: float = 0.0
    raw: float | None = None
    taken: float = 0.0
    why: str = ""
