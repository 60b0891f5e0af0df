"""What pytest shows of a test that does not pass: our words in the place of a traceback."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final, Protocol

from grader.result import Answered, Case, Exercise, Quiz
from grader.writers import terminal, words
from grader.writers.visible import ascii_text, one_line

_LONGEST_MESSAGE: Final = 300


class Writer(Protocol):
    """As much of pytest's terminal writer, which has no public name, as is used here."""

    fullwidth: int
    hasmarkup: bool

    def line(self, text: str) -> None:
        """Writes a line."""


@dataclass(frozen=True)
class Place:
    """Where to look and why, on one line; pytest calls it a crash.

    Attributes:
        path: the learner's file.
        lineno: from 1.
        message: what happened, in a sentence.
    """

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}"


@dataclass(frozen=True)
class Finding:
    """Why a test did not pass; it stands where pytest has a traceback.

    Attributes:
        reprcrash: the place, and the message in short (pytest's name for it).
        part: the exercise or quiz; None if it was not graded.
        seen: the case or the answer; None if the file as a whole is at fault.
        judged: False if the fault is the grader's.
        quiet: whether the terminal shall have no more than the place and the message (--tb=line).
    """

    reprcrash: Place
    part: Exercise | Quiz | None = None
    seen: Case | Answered | None = None
    judged: bool = True
    quiet: bool = False

    def toterminal(self, tw: Writer) -> None:
        """Writes it, as wide and as colourful as pytest writes everything else."""
        if self.quiet:
            return
        for line in self.text(tw.fullwidth, tw.hasmarkup, ascii_only()).splitlines():
            tw.line(line)

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = 100, colour: bool = False, plain: bool = False) -> str:
        """The place, then what was found.

        Args:
            width: columns to fill.
            colour: whether to write colour escapes.
            plain: whether to write ASCII only.
        """
        if self.part is None or not self.judged:
            found = f"{words.GRADER_FAULT}\n{self.reprcrash.message}"
        else:
            found = terminal.render_found(
                self.part, self.seen, width=width, colour=colour, ascii_only=plain
            )
        text = f"{self.reprcrash.path}:{self.reprcrash.lineno}\n{found}"
        return ascii_text(text) if plain else text


def brief(text: str) -> str:
    """A message on one line, safe to show."""
    return one_line(text, _LONGEST_MESSAGE)


def ascii_only() -> bool:
    """Whether what pytest writes to lacks anything but ASCII."""
    encoding = getattr(sys.__stdout__, "encoding", None) or ""
    return encoding.lower().replace("-", "") not in ("utf8", "utf8sig")
