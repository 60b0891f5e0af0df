"""What quiz and review share: the learner's folder, the screen, what is typed, what is computed."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, cast

import click

from grader.cli.prompt import ask
from grader.cli.screen import progress, screen_of

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course import Course
    from grader.home import Home
    from grader.quiz import Question
    from grader.quiz.computed import Known
    from grader.quiz.replies import Value
    from grader.quiz.sheet import Sheet
    from grader.result import Answered
    from grader.writers.practice import Look

LEAVING: Final = ("q", "quit", "exit")


class Key(Enum):
    """What was typed instead of an answer."""

    SKIP = "skip"
    LEAVE = "leave"


def course_and_home(directory: Path | None) -> tuple[Course, Home]:
    """The course, and the learner's folder for it.

    Raises:
        UsageError: if there is none.
    """
    from grader import home
    from grader.course import find

    course = find(directory)
    return course, home.find(course)


def show(text: str = "") -> None:
    """Prints lines that are set already, colours and all."""
    click.echo(text, color=True)


def look_of() -> Look:
    """What the terminal can show now; it may have been resized."""
    from grader.writers.practice import Look

    screen = screen_of(sys.stdout)
    return Look(screen.width, screen.colour, screen.ascii_only)


@dataclass
class Numbers:
    """Right values that are computed: torch is imported while the learner thinks."""

    thread: threading.Thread | None = None
    known: dict[str, Known] = field(default_factory=dict)

    def prepare(self) -> None:
        """Begins to import torch and returns at once."""
        if self.thread is None:
            self.thread = threading.Thread(target=_import_torch, daemon=True)
            self.thread.start()

    def wait(self) -> None:
        """Waits until torch is there; says so if that takes long enough to be noticed."""
        self.prepare()
        thread = cast(threading.Thread, self.thread)
        thread.join(0.05)
        if thread.is_alive():
            with progress(1, "starting torch"):
                thread.join()

    def of(self, paper: Sheet, question: Question) -> Known:
        """What the snippet of a question computes, under the conditions of grading."""
        from grader.quiz import computed, references

        if not question.compute:
            return {}
        if question.id not in self.known:
            self.wait()
            from grader.trusted import conditions

            with conditions():
                self.known[question.id] = computed(paper.quiz, question, references(paper.entry))
        return self.known[question.id]


def _import_torch() -> None:
    # What is wrong with it is said where it is imported again, by whoever needs it.
    with contextlib.suppress(Exception):
        import torch  # noqa: F401

        import grader.trusted  # noqa: F401


def now() -> datetime:
    """The time, in the learner's own zone."""
    return datetime.now().astimezone()


def typed_answer(asked: Answered, question: Question, look: Look) -> Value | Key:
    """What is typed, asked back until it is an answer or a key."""
    from grader.quiz.replies import Unclear, read

    while True:
        line = ask(look.prompt(asked))
        key = key_of(line, question.options)
        if key is not None:
            return key
        if line == "?":
            show(look.keys())
            continue
        try:
            return read(question, line or "")
        except Unclear as unclear:
            show(look.note(f"{unclear}."))


def key_of(line: str | None, letters: Container[str] = ()) -> Key | None:
    """What a line means apart from an answer; the letter of an option is an answer."""
    word = "q" if line is None else line.lower()
    if line is None or (word in LEAVING and word not in letters):
        return Key.LEAVE
    return None if word else Key.SKIP
