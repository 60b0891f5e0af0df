"""A result as a flat list of checks, which is all that platforms know: name, points, a text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from grader.result import Answered, Case, Exercise, Quiz, Result, Visibility
from grader.writers import terminal, words
from grader.writers.visible import one_line

_WIDTH: Final = 88
_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Check:
    """A case, a question of a quiz, or a file that could not be run at all.

    Attributes:
        part: the exercise or quiz that it belongs to.
        seen: the case or the question; None if it stands for the file as a whole.
        number: place of the part and in it, such as ``1.2``; of a whole file, ``1``.
        name: exercise and title, unique in a result only together with the number.
        score: points earned.
        max_score: points to be had.
        passed: whether everything is right.
        visibility: whether students see it.
    """

    part: Exercise | Quiz
    seen: Case | Answered | None
    number: str
    name: str
    score: float
    max_score: float
    passed: bool
    visibility: Visibility

    @property
    def text(self) -> str:
        """What was found, as plain lines; empty if it passed and there is nothing to say."""
        if self.passed and not _says(self.seen):
            return ""
        found = terminal.render_found(self.part, self.seen, width=_WIDTH, advises=False)
        return textwrap.dedent(found) or self.state.word

    @property
    def state(self) -> words.State:
        """Its state in a word."""
        if isinstance(self.seen, Case):
            return words.CASE_STATES[self.seen.status]
        if isinstance(self.seen, Answered):
            return words.ANSWER_STATES[self.seen.status]
        return words.EXERCISE_STATES[self.part.status]


def checks(result: Result) -> Iterator[Check]:
    """The checks of a result, exercises first, each in the author's order."""
    for place, part in enumerate(words.parts(result), start=1):
        seen: tuple[Case | Answered, ...] = (
            part.cases if isinstance(part, Exercise) else part.questions
        )
        if not seen or part.error is not None:
            yield _whole(part, str(place))
            continue
        for inner, each in enumerate(seen, start=1):
            yield _single(part, each, f"{place}.{inner}")


def _single(part: Exercise | Quiz, seen: Case | Answered, number: str) -> Check:
    title = seen.title if isinstance(seen, Case) else seen.asks
    passed = seen.status in ("passed", "right")
    return Check(
        part=part,
        seen=seen,
        number=number,
        name=one_line(f"{part.name}: {title}", _LONGEST_NAME),
        score=seen.score,
        max_score=seen.max_score,
        passed=passed,
        visibility=seen.visibility if isinstance(seen, Case) else "visible",
    )


def _whole(part: Exercise | Quiz, number: str) -> Check:
    """One check for all of a file: each case would say the same."""
    return Check(
        part=part,
        seen=None,
        number=number,
        name=one_line(part.name, _LONGEST_NAME) or number,
        score=part.score,
        max_score=part.max_score,
        passed=part.status == "passed",
        visibility="visible",
    )


def _says(seen: Case | Answered | None) -> bool:
    """Whether a right answer comes with a remark."""
    return isinstance(seen, Case) and seen.evidence is not None and bool(seen.evidence.notes)
