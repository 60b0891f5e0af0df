"""What is due for review: questions of quizzes, and exercises whose mistakes the learner has made.

Every one has a card in the learner's progress; `fsrs` says when it is asked again, from how well it
was remembered each time. Nothing here reads a clock: the time is given, in the learner's own zone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from grader.course import Course, Entry, load
from grader.errors import CourseError, UsageError
from grader.exercise import Mistake
from grader.progress import REVIEW, Card, Progress, moment
from grader.quiz.questions import Question
from grader.quiz.sheet import Sheet, sheet

if TYPE_CHECKING:
    import fsrs

Rating = Literal[1, 2, 3, 4]
"""How well something was remembered: again, hard, good, easy, as `fsrs` counts them."""

AGAIN: Final[Rating] = 1
GOOD: Final[Rating] = 3

FIRST: Final = timedelta(days=1)
"""When a question is asked again for the first time, counted from its first answer."""

_STATES: Final = (1, 2, 3)
_LONGEST: Final = 1e9
"""Days; no memory is as stable, and powers of more would overflow."""


@dataclass(frozen=True)
class Item:
    """Something to be reviewed.

    Attributes:
        label: what its card is called.
        entry: the exercise or the quiz.
        sheet: of a question, the quiz that it is in; None for an exercise.
        question: None for an exercise.
    """

    label: str
    entry: Entry
    sheet: Sheet | None = None
    question: Question | None = None


def label_of(entry: Entry, question: Question) -> str:
    """What the card of a question is called."""
    return f"{entry.label}#{question.id}"


def items(course: Course, folder: Path) -> dict[str, Item]:
    """All that a course has to review, by label, in the course's order.

    Raises:
        CourseError: if a quiz is wrong.
    """
    found: dict[str, Item] = {}
    for entry in course.whole:
        if not entry.is_quiz:
            found[entry.label] = Item(entry.label, entry)
            continue
        paper = sheet(entry, folder)
        for question in paper.quiz.questions:
            label = label_of(entry, question)
            found[label] = Item(label, entry, paper, question)
    return found


def begun(progress: Progress, labels: Iterable[str], due: datetime) -> Progress:
    """The progress with a card for each label that has none yet, or one whose time is none."""
    new = {
        label: Card(due=written(due))
        for label in labels
        if label not in progress.cards or progress.cards[label].time is None
    }
    if not new:
        return progress
    return msgspec.structs.replace(progress, cards={**progress.cards, **new})


def with_card(progress: Progress, label: str, card: Card) -> Progress:
    """The same progress with this card."""
    return msgspec.structs.replace(progress, cards={**progress.cards, label: card})


def answered(found: Mapping[str, Item]) -> tuple[list[str], list[str]]:
    """The labels of questions that are answered in the learner's files, and what is wrong there.

    Returns:
        The labels, and a sentence for each file that cannot be read.
    """
    labels: list[str] = []
    faults: list[str] = []
    papers = {item.entry: item.sheet for item in found.values() if item.sheet is not None}
    for entry, paper in papers.items():
        try:
            open_ = paper.open()
        except UsageError as error:
            faults.append(str(error))
            continue
        labels += [label_of(entry, each) for each in paper.quiz.questions if each not in open_]
    return labels, faults


def overcome(progress: Progress, found: Mapping[str, Item]) -> list[str]:
    """The labels of exercises that pass, and in which mistakes were recognised before."""
    return [
        label
        for label, item in found.items()
        if item.question is None and progress.of(label).status == "passed" and made(item, progress)
    ]


def made(item: Item, progress: Progress) -> dict[str, int]:
    """The mistakes that the learner made in an exercise, the most frequent first → how often.

    Those that the course has given up since are left out; its text is read, nothing is run.
    """
    counted = {name: times for name, times in progress.of(item.label).mistakes.items() if times > 0}
    if not counted:
        return {}
    defined = _functions(item.entry.solution)
    order = sorted(counted, key=lambda name: -counted[name])
    return {name: counted[name] for name in order if name in defined}


def mistakes(item: Item, progress: Progress) -> list[tuple[Mistake, int]]:
    """The same, each with what the course says about it, which takes torch.

    Raises:
        CourseError: if the exercise is wrong.
    """
    known = load(item.entry).mistakes
    return [(known[name], times) for name, times in made(item, progress).items() if name in known]


@cache
def _functions(solution: Path) -> frozenset[str]:
    """The names of the functions that an author's file defines."""
    try:
        tree = ast.parse(solution.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"is not Python: {error}", solution) from error
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _live(progress: Progress, found: Mapping[str, Item]) -> list[Item]:
    """What has a card and can be asked, in the course's order."""
    return [
        item
        for label, item in found.items()
        if label in progress.cards and (item.question is not None or made(item, progress))
    ]


def due(progress: Progress, found: Mapping[str, Item], now: datetime) -> list[Item]:
    """What is due today, what has waited longest first.

    What is being learnt has steps of minutes and is due when they are over; all else is due on a
    day, whatever the hour.
    """
    listed = coming(progress, found)
    return [item for _, item in listed if progress.cards[item.label].is_due(now)]


def coming(progress: Progress, found: Mapping[str, Item]) -> list[tuple[datetime, Item]]:
    """Everything that is to be reviewed, with the time that it is due, soonest first."""
    listed = [
        (time, item)
        for item in _live(progress, found)
        if (time := progress.cards[item.label].time) is not None
    ]
    return sorted(listed, key=lambda one: one[0])


def rated(card: Card, rating: Rating, now: datetime) -> Card:
    """The card after it was remembered so well; the same every time, nothing is drawn.

    Args:
        card: as it was.
        rating: 1 again, 2 hard, 3 good, 4 easy.
        now: when.

    Raises:
        UsageError: if fsrs is not installed.
    """
    require()
    import fsrs

    time = now.astimezone(UTC)
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    after, _ = scheduler.review_card(_as_fsrs(card, time), fsrs.Rating(rating), time)
    return Card(
        due=written(after.due),
        last=written(time),
        state=int(after.state),
        step=after.step,
        stability=after.stability,
        difficulty=after.difficulty,
    )


def require() -> None:
    """Makes sure that cards can be scheduled.

    Raises:
        UsageError: says what to install.
    """
    try:
        import fsrs  # noqa: F401
    except ImportError:
        raise UsageError("review needs fsrs; run: pip install 'dlgrade[review]'") from None


def written(time: datetime) -> str:
    """A time as a card holds it."""
    return time.astimezone(UTC).isoformat(timespec="seconds")


def _as_fsrs(card: Card, now: datetime) -> fsrs.Card:
    import fsrs

    last = moment(card.last)
    if last is None or not _is_sound(card):
        return fsrs.Card(card_id=0, due=now)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        due=now,
        # A clock that was set back must not make the time between two reviews negative.
        last_review=min(last, now),
    )


def _is_sound(card: Card) -> bool:
    """Whether a card is one that `fsrs` writes: the file may have been changed by hand."""
    if card.state not in _STATES or card.stability is None or card.difficulty is None:
        return False
    # Reviews are counted in days and have no step; what is being learnt is at one.
    placed = (card.step is None) == (card.state == REVIEW) and (card.step or 0) >= 0
    return placed and 0 < card.stability < _LONGEST and 1 <= card.difficulty <= 10
