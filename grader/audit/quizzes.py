"""What a quiz must prove: it gives nothing away, explains everything, and judges its own key."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import torch

from grader import quiz
from grader.course import Entry
from grader.errors import CourseError
from grader.judge import grade_quiz
from grader.quiz import Known, Question, Quiz
from grader.quiz.grading import judge
from grader.quiz.questions import RIGHT
from grader.submission import Submitted
from grader.trusted import conditions

LEAST: Final = 5
"""Questions in a quiz."""

APART: Final = 3.0
"""Two known values are at least this many tolerances apart, so that one answer fits one only."""

FEW: Final = 4
MOST: Final = 0.5
"""From this many one-choice questions on, no letter is right in more than this share of them."""

_SWEEPING: Final = re.compile(r"\b(all|none|both|neither|any) of (the|these|those)\b", re.I)
_NEGATED: Final = re.compile(
    r"\b(which|what)\b[^.?!]{0,60}?\b(not|never|except|false|wrong|incorrect|cannot)\b|"
    r"\b(which|what)\b[^.?!]{0,60}?\w+n't\b|\bexcept\b",
    re.I,
)


def prove_quizzes(entries: Sequence[Entry]) -> list[str]:
    """What is wrong with the quizzes of a course, in words.

    Args:
        entries: all its quizzes: names and the places of right options are judged together.
    """
    problems: list[str] = []
    quizzes: list[Quiz] = []
    for entry in entries:
        try:
            one = quiz.load(entry)
            problems += [f"{entry.label}: {problem}" for problem in _problems(one, entry)]
        except CourseError as error:
            problems.append(str(error))
            continue
        quizzes.append(one)
    owners = [(question.id, one.topic) for one in quizzes for question in one.questions]
    for name, times in Counter(name for name, _ in owners).items():
        if times > 1:
            topics = ", ".join(topic for other, topic in owners if other == name)
            problems.append(f"{times} questions are called {name} ({topics}); rename all but one")
    return [*problems, *_imbalance(quizzes)]


def _problems(one: Quiz, entry: Entry) -> Iterator[str]:
    if len(one.questions) < LEAST:
        yield f"asks {len(one.questions)} questions; ask at least {LEAST}"
    source = entry.stub.read_text(encoding="utf-8")
    unanswered = grade_quiz(Submitted(entry=entry, file=str(entry.stub), source=source.encode()))
    if unanswered.status != "not_started" or unanswered.score:
        yield f"is {unanswered.status} before anyone has answered"
    said = " ".join(source.split())
    for question in one.questions:
        known = _computed(one, question, entry)
        yield from (f"{question.id} {problem}" for problem in _wording(question))
        yield from (f"{question.id} {problem}" for problem in _judging(question, known))
        yield from (
            f"{question.id}: why.{about} stands in the learner's file"
            for about, text in question.why.items()
            if text in said
        )


def _computed(one: Quiz, question: Question, entry: Entry) -> Known:
    """The values of a snippet, computed twice: another global seed must not change them.

    Raises:
        CourseError: if it does, or the snippet fails.
    """
    reference = quiz.references(entry)
    with conditions():
        first = quiz.computed(one, question, reference)
        torch.manual_seed(1)
        again = quiz.computed(one, question, reference)
    for name, value in first.items():
        if not _agree(value, again[name], question.tolerance):
            raise CourseError(
                f"question {question.id}: {name} is {value} once and {again[name]} then; give it "
                "a generator with a seed",
                one.key,
            )
    return first


def _agree(left: object, right: object, tolerance: float) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= tolerance / 10
    return left == right


def _wording(question: Question) -> Iterator[str]:
    for letter, text in question.options.items():
        if _SWEEPING.search(text):
            yield f"option {letter} speaks of the other options; ask for several choices instead"
    if _NEGATED.search(question.asks):
        yield "asks which is not; ask which is"


def _judging(question: Question, known: Known) -> Iterator[str]:
    """The key, given as an answer, is right; every foreseen wrong answer is wrong and explained."""
    if question.kind in ("number", "shape"):
        yield from _judging_values(question, known)
        return
    if not judge(question, question.answer, known).right:
        yield "does not accept its own answer"
    if question.kind == "order":
        if question.answer == tuple(question.options):
            yield "shows its steps in the right order; shuffle them"
        return
    for letter in question.options.keys() - set(question.answer):
        judged = judge(question, (letter,), known)
        if judged.right or not judged.reasons:
            yield f"does not explain why {letter} is wrong"


def _judging_values(question: Question, known: Known) -> Iterator[str]:
    for name, value in known.items():
        judged = judge(question, value, known)
        if judged.right != (name == RIGHT) or not judged.reasons:
            yield f"judges {name} = {value} to be {'right' if judged.right else 'wrong'}"
    for (name, value), (other, beside) in combinations(known.items(), 2):
        if not _apart(value, beside, question.tolerance):
            yield f"cannot tell {name} = {value} from {other} = {beside}; take other numbers"


def _apart(left: object, right: object, tolerance: float) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) >= APART * tolerance and not math.isclose(left, right)
    return left != right


def _imbalance(quizzes: Sequence[Quiz]) -> Iterator[str]:
    """The right option must not be told by where it stands or by its length."""
    single = [q for one in quizzes for q in one.questions if q.kind == "one choice"]
    if len(single) < FEW:
        return
    letter, times = Counter(question.answer[0] for question in single).most_common(1)[0]
    if times > MOST * len(single):
        yield f"{letter} is right in {times} of {len(single)} questions; move the right options"
    longest = [q.id for q in single if _longest(q.options) == q.answer[0]]
    if len(longest) > MOST * len(single):
        yield (
            f"the longest option is right in {len(longest)} of {len(single)} questions "
            f"({', '.join(longest)}); even them out"
        )


def _longest(options: Mapping[str, str]) -> str:
    return max(options, key=lambda letter: len(options[letter]))
