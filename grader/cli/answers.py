"""The answers of a quiz, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from grader import quiz
from grader.cli.screen import Screen, paragraph
from grader.course import Entry
from grader.quiz import Question, Quiz
from grader.quiz.answers import Answer, shown
from grader.writers.typeset import Line, Span
from grader.writers.visible import ascii_text, visible


def answers(entry: Entry, screen: Screen) -> Iterator[Line]:
    """Each question of a quiz, the right answer and why it is right.

    Raises:
        CourseError: if the quiz is wrong.
    """
    asked = quiz.load(entry)
    right = _computed(entry, asked)
    yield from paragraph("", f"{entry.label}: {asked.title}", screen, "strong")
    for number, question in enumerate(asked.questions, 1):
        yield Line(())
        yield from _asked(f"{number}. ", question.asks, screen)
        for label, text in _answer(question, right.get(question.id)):
            yield from paragraph(label, text, screen)


def _asked(label: str, text: str, screen: Screen) -> Iterator[Line]:
    """A question, its lines of code as they are."""
    for row in visible(text).split("\n"):
        if row.startswith((" ", "\t")):
            code = ascii_text(row) if screen.ascii_only else row
            yield Line((Span(" " * len(label)), Span(code.expandtabs(4))))
        else:
            yield from paragraph(label, row, screen)
        label = " " * len(label)


def _computed(entry: Entry, asked: Quiz) -> dict[str, Answer]:
    """The right numbers and shapes; torch is needed only where some are asked for."""
    questions = [question for question in asked.questions if question.compute]
    if not questions:
        return {}
    from grader.trusted import conditions

    reference = quiz.references(entry)
    with conditions():
        return {one.id: quiz.computed(asked, one, reference)["answer"] for one in questions}


def _answer(question: Question, value: Answer | None) -> Iterator[tuple[str, str]]:
    """The right answer and its reasons, each with its label."""
    if value is not None:
        yield "   answer: ", shown(value)
        yield "   ", question.why["answer"]
        return
    for letter in question.answer:
        yield f"   {letter}: ", question.options[letter]
        yield "      ", question.why[letter]
