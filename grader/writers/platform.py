"""What teaching platforms show of a result: tests, each with a number, a name and a text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from grader.result import Result
from grader.writers import words
from grader.writers.checks import Check, checks
from grader.writers.visible import one_line

_WIDTH: Final = 88
_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Test:
    """A check as platforms show it.

    Attributes:
        check: what was judged.
        number: the place of its exercise or quiz and its own place there, such as ``1.2``.
    """

    check: Check
    number: str

    @property
    def name(self) -> str:
        """Exercise and title; several may be called the same."""
        return one_line(f"{self.check.part.name}: {self.check.title}", _LONGEST_NAME)

    @property
    def text(self) -> str:
        """What was found, as plain lines; empty if it passed."""
        if self.check.outcome == "passed":
            return ""
        found = textwrap.dedent(self.check.found(_WIDTH, advises=False))
        return found or one_line(self.check.message)


def tests(result: Result) -> Iterator[Test]:
    """The tests of a result, exercises first, each in the author's order."""
    for place, part in enumerate(words.parts(result), start=1):
        for inner, check in enumerate(checks(part), start=1):
            yield Test(check, f"{place}.{inner}")


def summary(result: Result) -> str:
    """The result in a line, and in a second one what the grader itself failed to judge."""
    said = f"{words.headline(result)}, {words.points(result.score, result.max_score)}."
    return "\n".join(filter(None, (one_line(said), words.not_judged(result))))


def to_text(record: object) -> str:
    """A record as indented JSON, newline at the end."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"
