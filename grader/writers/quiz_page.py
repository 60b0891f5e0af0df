"""A quiz arranged for the page."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from grader.result import Answered, Fault, Quiz
from grader.writers import words
from grader.writers.code_box import Code, code_of


@dataclass(frozen=True)
class QuestionView:
    """A question in the page.

    Attributes:
        question: the record.
        state: its shape and word.
        anchor: its place in the page.
        kind: what is asked for, in words.
        asks: the paragraphs of the question, and whether each is code.
        options: letter, text and whether it was chosen.
        failing: whether the answer is wrong or cannot be read.
    """

    question: Answered
    state: words.State
    anchor: str
    kind: str
    asks: tuple[tuple[str, bool], ...]
    options: tuple[tuple[str, str, bool], ...]
    failing: bool


@dataclass(frozen=True)
class QuizView:
    """A quiz in the page; what is called as in an `ExerciseView` means the same."""

    quiz: Quiz
    state: words.State
    word: str
    group: str
    anchor: str
    place: str
    first: str
    questions: tuple[QuestionView, ...]
    fault: Fault | None
    fault_code: Code | None

    @property
    def name(self) -> str:
        """What the quiz is called."""
        return self.quiz.name


def quiz_view(quiz: Quiz, anchor: str) -> QuizView:
    """A quiz arranged for the page."""
    state, fault = words.quiz_state(quiz), quiz.error
    failing = words.failing_answers(quiz)
    left = words.open_questions(quiz)
    still = f"{words.count(left, 'question')} open" if 0 < left < len(quiz.questions) else ""
    return QuizView(
        quiz=quiz,
        state=state,
        word=state.word,
        group="underway" if state is words.UNDER_WAY else words.GROUPS[quiz.status],
        anchor=anchor,
        place=words.location(quiz),
        first=gist(failing[0].asks)
        if failing
        else fault.message
        if fault
        else still
        if left
        else "",
        questions=tuple(
            QuestionView(
                question=each,
                state=words.ANSWER_STATES[each.status],
                anchor=f"{anchor}:{place}",
                kind=words.kind_of(each),
                asks=paragraphs(each.asks),
                options=tuple(
                    (o.letter, o.text, each.kind != "order" and o.letter in each.yours.split(", "))
                    for o in each.options
                ),
                failing=each.status in words.FAILING_ANSWERS,
            )
            for place, each in enumerate(quiz.questions)
        ),
        fault=fault,
        fault_code=None if fault is None else code_of(fault.excerpt),
    )


def paragraphs(asks: str) -> tuple[tuple[str, bool], ...]:
    """The paragraphs of a question; one whose lines are all indented is code."""
    return tuple(
        (textwrap.dedent(part), all(line.startswith("    ") for line in part.splitlines()))
        for part in re.split(r"\n\n+", asks)
    )


def gist(asks: str) -> str:
    """A question in one line, without its code."""
    return " … ".join(" ".join(text.split()) for text, is_code in paragraphs(asks) if not is_code)
