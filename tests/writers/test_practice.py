"""A question on a terminal: its width, its signs, and what it does not tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.result import Answered, Option, Reason
from grader.writers.practice import Look, standing, when

NOW = datetime(2026, 3, 10, 12, tzinfo=timezone(timedelta(hours=1)))
ANSWERED = Answered(
    name="leaves",
    kind="several choices",
    asks="Which are leaves of × ?\n\n    w = f(x)\n    y = w * 2\n\nThink of [bold]this[/bold].",
    options=(Option(letter="a", text="w"), Option(letter="b", text="the other one, y")),
    tolerance=0.0,
    status="wrong",
    score=0.0,
    max_score=1.0,
    yours="b",
    message="some of what you chose is wrong",
    reasons=(Reason(about="b", text="It was computed."), Reason(about="", text="Look again.")),
)


def test_a_question_shows_what_is_asked_and_nothing_else() -> None:
    """Prose is wrapped, code stands as it is, markup is text; no answer, no reason."""
    assert Look(34).question(ANSWERED, "question 1 of 2") == (
        "question 1 of 2\n\n"
        "Which are leaves of × ?\n\n"
        "    w = f(x)\n    y = w * 2\n\n"
        "Think of [bold]this[/bold].\n\n"
        "  a  w\n"
        "  b  the other one, y\n"
    )


def test_a_verdict_says_what_the_grader_says() -> None:
    """Mark, word, message, reasons."""
    said = "wrong: some of what you chose is wrong\n  b: It was computed.\n  Look again."
    assert Look(80).verdict(ANSWERED) == f"\n✗ {said}"
    assert Look(80, ascii_only=True).verdict(ANSWERED) == f"\nx {said}"
    assert "\x1b[1;31m✗\x1b[0m" in Look(80, colour=True).verdict(ANSWERED)


def test_the_prompt_names_the_shape_of_the_answer() -> None:
    """Whatever the kind; a number with the tolerance that it is allowed."""
    assert Look(80).prompt(ANSWERED) == "several letters > "
    number = Answered(
        name="n",
        kind="number",
        asks="?",
        options=(),
        tolerance=0.005,
        status="open",
        score=0.0,
        max_score=1.0,
    )
    assert Look(80).prompt(number) == "a number, within 0.005 > "


@given(st.text(max_size=200), st.integers(40, 110), st.booleans())
def test_whatever_a_course_asks_is_text(text: str, width: int, ascii_only: bool) -> None:
    """No escape reaches the terminal; prose keeps to the width."""
    look = Look(width, ascii_only=ascii_only)
    shown = [
        look.title(text, "topic"),
        look.recall(text, text, [1, 2], "1 of 2"),
        look.mistakes([(text, text, 2)]),
        look.table([("today", text), ("tomorrow", text)]),
        look.note(text),
    ]
    for line in "\n".join(shown).split("\n"):
        assert line.isprintable()
        assert cell_len(line) <= width
        assert line.isascii() or not ascii_only


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(), "now"),
        (timedelta(days=-3), "now"),
        (timedelta(seconds=1), "in 1 minute"),
        (timedelta(minutes=10), "in 10 minutes"),
        (timedelta(hours=3), "later today"),
        (timedelta(hours=12), "tomorrow"),
        (timedelta(days=1), "tomorrow"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=59), "in 59 days"),
        (timedelta(days=60), "on 2026-05-09"),
    ],
)
def test_times_to_come(later: timedelta, said: str) -> None:
    """In the learner's own days, whatever zone the card is in."""
    assert said == when((NOW + later).astimezone(UTC), NOW)


def test_ten_minutes_are_ten_minutes_past_midnight() -> None:
    """Who learns late is not sent away for a day."""
    late = NOW.replace(hour=23, minute=55)

    assert when((late + timedelta(minutes=10)).astimezone(UTC), late) == "in 10 minutes"


@pytest.mark.parametrize(
    ("right", "total", "said"),
    [
        (0, 7, "None of 7 right, 0 of 9 points."),
        (5, 7, "5 of 7 right, 5 of 9 points."),
        (7, 7, "All 7 right, 7 of 9 points."),
        (1, 1, "1 of 1 right, 1 of 9 points."),
    ],
)
def test_how_a_quiz_stands(right: int, total: int, said: str) -> None:
    """A count and the points, in a line."""
    assert said == standing(right, total, right, 9)
