"""The record of a submission while it is graded: what is finished, and what is still open.

Whoever kills a grading finds this one. So its totals are those of a grading that ended there: what
is finished counts, what is open earned nothing of what it is worth, and says that nobody judged it.
It is neither the learner's "not started" nor a "fault of the grader", which would take its points
out of the total, and so reward who brings the grading down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader import quiz
from grader.audience import lower
from grader.course import Entry, load
from grader.errors import CourseError
from grader.result import (
    Answered,
    Case,
    Environment,
    Exercise,
    Fault,
    Feedback,
    Quiz,
    Result,
    result_of,
)
from grader.submission import Submitted

UNFINISHED: Final = Fault(
    kind="unfinished",
    message="Not judged: the grading was stopped before it came to this. Have it graded again.",
)


class Unfinished:
    """A submission on its way to its record.

    Loads the author's side of all that is asked, for what it is worth.

    Args:
        submission: what is graded.
        environment: what the verdicts depend on.
        most: the most that students see of any case.
    """

    def __init__(
        self, submission: Sequence[Submitted], environment: Environment, most: Feedback = "full"
    ) -> None:
        self._environment = environment
        self._parts: dict[tuple[str, str], Exercise | Quiz] = {}
        for submitted in submission:
            self.finish(_quiz(submitted) if submitted.entry.is_quiz else _exercise(submitted, most))

    def finish(self, part: Exercise | Quiz) -> None:
        """Puts the record of an exercise or quiz in the place of the open one."""
        self._parts[part.topic, part.name] = part

    def result(self) -> Result:
        """The record as it would be if nothing else were judged."""
        parts = self._parts.values()
        exercises = [part for part in parts if isinstance(part, Exercise)]
        quizzes = [part for part in parts if isinstance(part, Quiz)]
        return result_of(self._environment, exercises, quizzes)


def _exercise(submitted: Submitted, most: Feedback) -> Exercise:
    entry = submitted.entry
    title, cases = _cases(entry, most)
    return Exercise(
        name=entry.name,
        topic=entry.topic,
        title=title,
        asks=entry.asks,
        file=submitted.file,
        line=None,
        status="error",
        score=0.0,
        max_score=sum(case.max_score for case in cases),
        duration_s=0.0,
        cases=cases,
        error=UNFINISHED,
    )


def _cases(entry: Entry, most: Feedback) -> tuple[str, tuple[Case, ...]]:
    """What an exercise is called, and its cases; none if the course is wrong."""
    try:
        exercise = load(entry)
    except CourseError:
        # When its turn comes that is said, and it is worth nothing.
        return entry.name, ()
    return exercise.title, tuple(
        Case(
            name=case.name,
            title=case.title,
            function=case.function,
            status="waiting",
            score=0.0,
            max_score=case.points,
            message=UNFINISHED.message,
            visibility=case.visibility,
            feedback=lower(case.feedback, most),
        )
        for case in exercise.cases.values()
    )


def _quiz(submitted: Submitted) -> Quiz:
    entry = submitted.entry
    title, questions = _questions(entry)
    return Quiz(
        name=entry.label,
        topic=entry.topic,
        title=title,
        file=submitted.file,
        line=None,
        status="error",
        score=0.0,
        max_score=sum(question.max_score for question in questions),
        questions=questions,
        error=UNFINISHED,
    )


def _questions(entry: Entry) -> tuple[str, tuple[Answered, ...]]:
    """What a quiz is called, and its questions; none if the course is wrong."""
    try:
        asked = quiz.load(entry)
    except CourseError:
        return entry.topic, ()
    return asked.title, tuple(
        Answered(
            name=question.id,
            kind=question.kind,
            asks=question.asks,
            options=(),
            tolerance=question.tolerance,
            status="open",
            score=0.0,
            max_score=question.points,
            message=UNFINISHED.message,
        )
        for question in asked.questions
    )
