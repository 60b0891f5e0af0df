"""Studying a course: what a grading teaches the progress, how far each exercise is, what is next.

Everything here is a pure function of the record, the progress and the files, without torch.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import structs

from grader.course import Course, Entry
from grader.home import Home
from grader.progress import Progress, Studied, digest, is_kept
from grader.result import Exercise, Quiz, Result
from grader.submission import Submitted, collect

State = Literal["passed", "partial", "failed", "error", "changed", "begun", "not_started"]
"""How far an exercise or quiz is. A verdict holds for the text that was judged: a text that is
another one by now is ``changed``, one that was never judged ``begun``."""

JUDGED_WRONG: frozenset[State] = frozenset({"partial", "failed", "error"})
"""The text as it is now was judged, and does not pass."""

BEGUN: frozenset[State] = frozenset({"partial", "failed", "error", "changed", "begun"})


@dataclass(frozen=True)
class Standing:
    """How far a learner is with one exercise or quiz.

    Attributes:
        entry: the exercise or quiz.
        state: see `State`.
        studied: what the progress knows.
        file: the learner's file, as they would name it.
        source: its text, None if there is none that can be read.
    """

    entry: Entry
    state: State
    studied: Studied
    file: str
    source: bytes | None = None


def remember(progress: Progress, result: Result, digests: Mapping[str, str]) -> Progress:
    """What a grading teaches the progress.

    A fault of the grader teaches nothing. A mistake that was recognised counts once for a text,
    however often that is judged again.

    Args:
        progress: what is known.
        result: what was graded.
        digests: label of an exercise or quiz → `progress.digest` of the text that was judged;
            others are left out.
    """
    parts: list[Exercise | Quiz] = [*result.exercises, *result.quizzes]
    for part in parts:
        label = part.label
        if label in digests and part.status != "grader_error":
            progress = progress.with_(label, learnt(progress.of(label), part, digests[label]))
    return progress


def digests(submission: Iterable[Submitted]) -> dict[Path, dict[str, str]]:
    """The digests of the texts that lie where progress is kept: folder → label → digest.

    An archive, a file that lies elsewhere and one that could not be read are left out.
    """
    found: dict[Path, dict[str, str]] = {}
    for submitted in submission:
        file = Path(submitted.file).absolute()
        folder = file.parent.parent
        if (
            submitted.source is not None
            and (file.parent.name, file.stem) == (submitted.entry.topic, submitted.entry.name)
            and os.path.isfile(file)
            and is_kept(folder)
        ):
            found.setdefault(folder, {})[submitted.entry.label] = digest(submitted.source)
    return found


def standings(home: Home, progress: Progress) -> tuple[Standing, ...]:
    """How far a learner is with each exercise and quiz, in the course's order."""
    return tuple(
        standing(submitted, progress.of(submitted.entry.label))
        for submitted in collect(home.course, [home.folder])
    )


def next_of(known: Sequence[Standing]) -> Standing | None:
    """What to go on with: what was begun comes before what was not; None if everything passes."""
    for states in (BEGUN, {"not_started"}):
        for standing in known:
            if standing.state in states:
                return standing
    return None


def mistakes_of(standing: Standing) -> tuple[str, ...]:
    """The mistakes that were recognised in the text as it is now."""
    return standing.studied.recognised if standing.state in JUDGED_WRONG else ()


def aimed(function: str, title: str, hint: str) -> str:
    """The hint for a mistake that was recognised, which comes before the steps."""
    return f"Your {function} {title}. {hint}"


def steps(seen: int, total: int, *, more: bool, is_aimed: bool) -> range:
    """The steps of an exercise's hints that are shown, from 1.

    A recognised mistake has a better hint than a first step, which is then not used up.

    Args:
        seen: how many were seen before.
        total: how many there are.
        more: whether one more is asked for.
        is_aimed: whether the hint for a recognised mistake is shown too.
    """
    least = 0 if is_aimed else 1
    return range(1, min(max(seen + more, least), total) + 1)


def due(progress: Progress, course: Course, now: datetime) -> tuple[int, datetime | None]:
    """How many cards of this course are due for review, and when the next of the others is.

    Args:
        progress: has the cards.
        course: cards of what is no longer in it do not count.
        now: in the learner's own zone.
    """
    labels = {entry.label for entry in course.whole}
    cards = [card for name, card in progress.cards.items() if name.partition("#")[0] in labels]
    later = [card.time for card in cards if card.time is not None and not card.is_due(now)]
    return sum(card.is_due(now) for card in cards), min(later, default=None)


def learnt(known: Studied, part: Exercise | Quiz, text: str) -> Studied:
    """What a verdict teaches about its exercise or quiz.

    Args:
        known: what is known.
        part: the verdict.
        text: `progress.digest` of the text that was judged.
    """
    recognised = _recognised(part)
    again = known.recognised if known.digest == text else ()
    mistakes = dict(known.mistakes)
    for name in recognised:
        mistakes[name] = mistakes.get(name, 0) + (name not in again)
    return structs.replace(
        known,
        digest=text,
        status=part.status,
        score=part.score,
        max_score=part.max_score,
        passed=known.passed or part.status == "passed",
        mistakes=mistakes,
        recognised=recognised,
    )


def _recognised(part: Exercise | Quiz) -> tuple[str, ...]:
    """The mistakes of an exercise's failing cases, each once, in the order of the cases."""
    if isinstance(part, Quiz):
        return ()
    return tuple(dict.fromkeys(c.diagnosis.mistake for c in part.cases if c.diagnosis is not None))


def standing(submitted: Submitted, studied: Studied) -> Standing:
    """How far a learner is with an exercise or quiz."""
    return Standing(
        entry=submitted.entry,
        state=_state(submitted, studied),
        studied=studied,
        file=submitted.file,
        source=submitted.source,
    )


def _state(submitted: Submitted, studied: Studied) -> State:
    if submitted.untouched:
        return "not_started"
    if submitted.source is None:
        # There is a file, but not one that can be read: check says why.
        return "error"
    if not studied.digest:
        return "begun"
    if studied.digest != digest(submitted.source):
        return "changed"
    if studied.status == "grader_error":
        return "begun"
    return studied.status
