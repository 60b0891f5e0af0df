"""What the answers of a quiz are worth. Pure functions of the course's files and the learner's.

An answer that is right is explained option by option. Of a wrong one only what was chosen is
explained, so that the question can still be thought about; an open one tells nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.quiz.answers import Answer, Given, Unreadable, answer, given, shown
from grader.quiz.computed import Known
from grader.quiz.questions import RIGHT, Question, Quiz
from grader.quiz.toml import Malformed
from grader.result import (
    Answered,
    AnswerStatus,
    Excerpt,
    ExerciseStatus,
    Fault,
    Option,
    Reason,
)
from grader.result import Quiz as QuizRecord
from grader.submission import Submitted

Compute = Callable[[Question], Known]


@dataclass(frozen=True)
class Judgement:
    """What one answer is.

    Attributes:
        right: whether it earns the points.
        message: what was seen; empty if right.
        reasons: what is explained.
    """

    right: bool
    message: str = ""
    reasons: tuple[Reason, ...] = ()


def grade(quiz: Quiz, submitted: Submitted, compute: Compute) -> QuizRecord:
    """Grades a quiz.

    Args:
        quiz: questions and key.
        submitted: the learner's file; without one the quiz is not started.
        compute: gives the values of a question's snippet; called for answered questions only.

    Raises:
        CourseError: if a snippet is wrong.
    """
    questions = {question.id: question for question in quiz.questions}
    try:
        answers = given(submitted.source or b"", questions)
    except Malformed as error:
        excerpt = _around(submitted.source or b"", error.line)
        fault = Fault(kind="toml", message=str(error), excerpt=excerpt)
        return _record(quiz, submitted, {}, compute, fault, error.line)
    missing = None
    if submitted.source is None:
        kind = "file_missing" if submitted.missing else "file_unreadable"
        missing = Fault(kind=kind, message=submitted.fault)
    return _record(quiz, submitted, answers, compute, missing)


def _around(source: bytes, line: int | None) -> Excerpt | None:
    """The line at fault with two lines on either side."""
    if line is None:
        return None
    lines = source.decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
    first = max(line - 2, 1)
    kept = tuple(text[:200] for text in lines[first - 1 : line + 2])
    return Excerpt(first_line=first, lines=kept, marked=line)


def _record(
    quiz: Quiz,
    submitted: Submitted,
    answers: dict[str, Given],
    compute: Compute,
    fault: Fault | None,
    line: int | None = None,
) -> QuizRecord:
    questions = tuple(answered(each, answers.get(each.id), compute) for each in quiz.questions)
    return QuizRecord(
        name=submitted.entry.label,
        topic=quiz.topic,
        title=quiz.title,
        file=submitted.file,
        line=line or _first_line(questions),
        status=_status(questions, fault),
        score=sum(question.score for question in questions),
        max_score=sum(question.max_score for question in questions),
        questions=questions,
        error=fault,
    )


def _status(questions: tuple[Answered, ...], fault: Fault | None) -> ExerciseStatus:
    if fault is not None:
        return "not_started" if fault.kind == "file_missing" else "error"
    statuses = {question.status for question in questions}
    if statuses == {"right"}:
        return "passed"
    if statuses == {"open"}:
        return "not_started"
    return "partial" if "right" in statuses else "failed"


def _first_line(questions: tuple[Answered, ...]) -> int | None:
    for wanted in (("wrong", "unreadable"), ("open",)):
        for question in questions:
            if question.status in wanted and question.line is not None:
                return question.line
    return None


def answered(question: Question, written: Given | None, compute: Compute) -> Answered:
    """The record of one question and of what was written; it is open if that is nothing.

    Raises:
        CourseError: if its snippet is wrong.
    """
    if written is None or written.is_open(question):
        return _as_record(question, written, "open")
    raw = written.raw
    yours = raw if isinstance(raw, str) else str(raw)
    if written.altered:
        message = "the options beside it are not the course's; copy the question again"
        return _as_record(question, written, "unreadable", yours, Judgement(False, message))
    try:
        value = answer(question, raw)
    except Unreadable as problem:
        return _as_record(question, written, "unreadable", yours, Judgement(False, str(problem)))
    judged = judge(question, value, compute(question))
    return _as_record(question, written, "right" if judged.right else "wrong", shown(value), judged)


def _as_record(
    question: Question,
    written: Given | None,
    status: AnswerStatus,
    yours: str = "",
    judged: Judgement = Judgement(False),
) -> Answered:
    return Answered(
        name=question.id,
        kind=question.kind,
        asks=question.asks,
        options=tuple(Option(letter=k, text=text) for k, text in question.options.items()),
        tolerance=question.tolerance,
        status=status,
        score=question.points if judged.right else 0.0,
        max_score=question.points,
        yours=yours[:200],
        message=judged.message,
        reasons=judged.reasons,
        line=None if written is None else written.line,
    )


def judge(question: Question, value: Answer, known: Known) -> Judgement:
    """Whether an answer is right, and what is said about it.

    Args:
        question: with its key.
        value: an answer of its kind.
        known: what its snippet computed.
    """
    if question.kind in ("number", "shape"):
        return _judge_value(question, value, known)
    if value == question.answer or (
        question.kind == "several choices" and set(value) == set(question.answer)  # type: ignore[arg-type]
    ):
        letters = question.answer if question.kind == "order" else tuple(question.options)
        return Judgement(True, reasons=tuple(_reasons(question, letters)))
    letters = tuple(str(letter) for letter in value)  # type: ignore[union-attr]
    if question.kind == "order":
        return _judge_order(question, letters)
    wrong = [letter for letter in letters if letter not in question.answer]
    message = "" if question.kind == "one choice" else _of_several(wrong, letters, question)
    return Judgement(False, message, (*_reasons(question, wrong), *_hint(question, bool(wrong))))


def _judge_value(question: Question, value: Answer, known: Known) -> Judgement:
    for name, right in known.items():
        if _same(value, right, question.tolerance):
            return Judgement(name == RIGHT, reasons=(Reason(about="", text=question.why[name]),))
    message = (
        f"not within {question.tolerance:g} of the right number"
        if question.kind == "number"
        else "not the shape that comes out"
    )
    return Judgement(False, message, tuple(_hint(question, False)))


def _same(value: Answer, right: Answer, tolerance: float) -> bool:
    if isinstance(value, float) and isinstance(right, float):
        # The last digit that a learner writes may be rounded: 0.1 + 0.2 is within 0.3 of 0.
        return abs(value - right) <= tolerance * (1 + 1e-9) or math.isclose(value, right)
    return value == right


def _judge_order(question: Question, letters: tuple[str, ...]) -> Judgement:
    place = next(i for i, letter in enumerate(letters) if letter != question.answer[i])
    start = f"the first {place} are right; " if place > 1 else "the first is right; " * place
    message = f"{start}{letters[place]} is not {'next' if place else 'the first'}"
    return Judgement(
        False, message, (*_reasons(question, letters[place : place + 1]), *_hint(question, False))
    )


def _of_several(wrong: list[str], letters: tuple[str, ...], question: Question) -> str:
    missing = set(question.answer) - set(letters)
    if wrong and missing:
        return "some of what you chose is wrong, and something right is missing"
    return (
        "some of what you chose is wrong" if wrong else "all that you chose is right; there is more"
    )


def _reasons(question: Question, letters: tuple[str, ...] | list[str]) -> Iterator[Reason]:
    return (Reason(about=letter, text=question.why[letter]) for letter in letters)


def _hint(question: Question, explained: bool) -> Iterator[Reason]:
    if question.hint and not explained:
        yield Reason(about="", text=question.hint)
