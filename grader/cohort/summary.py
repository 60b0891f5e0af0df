"""A verdict in brief: what the gradebook and the class page need of it."""

from __future__ import annotations

from typing import Final

from grader.cohort.records import CaseSummary, PartSummary, Summary
from grader.result import Answered, AnswerStatus, Case, CaseStatus, Exercise, Quiz, Result

_LONGEST: Final = 200
"""Characters of a text that are kept; the record in the store has them all."""

_AS_CASE: Final[dict[AnswerStatus, CaseStatus]] = {
    "right": "passed",
    "wrong": "failed",
    "unreadable": "error",
    "open": "not_started",
}


def summary_of(result: Result) -> Summary:
    """A verdict in brief."""
    return Summary(
        status=result.status,
        score=result.score,
        max_score=result.max_score,
        duration_s=result.duration_s,
        parts=(*map(_exercise, result.exercises), *map(_quiz, result.quizzes)),
    )


def unusable(problem: str) -> Summary:
    """What is kept of a submission that holds nothing to be graded."""
    return Summary(status="not_started", score=0.0, max_score=0.0, problem=problem)


def failed(failure: str) -> Summary:
    """What is kept of a submission that the grader could not judge, by its own fault."""
    return Summary(status="grader_error", score=0.0, max_score=0.0, problem=failure)


def _exercise(record: Exercise) -> PartSummary:
    return PartSummary(
        label=record.label,
        title=_short(record.title),
        status=record.status,
        score=record.score,
        max_score=record.max_score,
        duration_s=record.duration_s,
        cases=tuple(map(_case, record.cases)),
        fault=record.error.kind if record.error else "",
        flags=tuple(_short(flag.what) for flag in record.flags),
    )


def _case(case: Case) -> CaseSummary:
    cause = case.diagnosis
    return CaseSummary(
        name=case.name,
        title=_short(case.title),
        status=case.status,
        score=case.score,
        max_score=case.max_score,
        mistake=cause.mistake if cause else "",
        cause=_short(cause.title) if cause else "",
        hint=_short(cause.hint) if cause else "",
        message=_short(case.message),
    )


def _quiz(record: Quiz) -> PartSummary:
    return PartSummary(
        label=record.label,
        title=_short(record.title),
        status=record.status,
        score=record.score,
        max_score=record.max_score,
        cases=tuple(map(_question, record.questions)),
        fault=record.error.kind if record.error else "",
    )


def _question(answered: Answered) -> CaseSummary:
    return CaseSummary(
        name=answered.name,
        title=_short(answered.asks),
        status=_AS_CASE[answered.status],
        score=answered.score,
        max_score=answered.max_score,
        message=_short(answered.message),
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
