"""How far a learner is with a course, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from grader.cli.asking import now
from grader.cli.options import again
from grader.cli.screen import Screen
from grader.course import Entry
from grader.home import Home
from grader.plan import Topic
from grader.progress import FILE, Progress, is_broken, is_kept, read
from grader.quiz import Quiz, load, written
from grader.study import Standing, State, due, next_of, standings
from grader.writers.practice import when
from grader.writers.typeset import Line, Role, Span, clipped, hanging
from grader.writers.visible import ascii_text, one_line

_MARKS: Final[Mapping[State, tuple[str, str, Role]]] = {
    "passed": ("✓", "+", "good"),
    "partial": ("◐", "o", "bad"),
    "failed": ("✗", "x", "bad"),
    "error": ("✗", "x", "bad"),
    "changed": ("◐", "o", "yours"),
    "begun": ("◐", "o", "yours"),
    "not_started": ("\N{EN DASH}", "-", "dim"),
}
"""Shape, shape in ASCII and role of each state; words stand beside them."""

_STANDING: Final = 26
"""Columns that a title leaves to the words before it, so that most titles stand in one column."""

_LEAST_TITLE: Final = 24
_SOON: Final = timedelta(days=14)


@dataclass(frozen=True)
class Table:
    """The list for a learner.

    Attributes:
        home: their folder.
        progress: what is known about them.
        whole: how far they are with each exercise and quiz of the course.
        chosen: the part of it that is shown.
        screen: what it is set for.
        detailed: whether the functions are named too.
    """

    home: Home
    progress: Progress
    whole: tuple[Standing, ...]
    chosen: tuple[Standing, ...]
    screen: Screen
    detailed: bool

    @classmethod
    def of(cls, home: Home, chosen: Sequence[Entry], screen: Screen, detailed: bool) -> Table:
        """Reads what is known."""
        progress = read(home.folder)
        whole = standings(home, progress)
        part = tuple(one for one in whole if one.entry in chosen)
        return cls(home, progress, whole, part, screen, detailed)

    def topics(self) -> Iterator[Line]:
        """Each topic, and below it what it holds."""
        for number, topic in enumerate(self.home.course.plan, 1):
            part = [one for one in self.chosen if one.entry.topic == topic.name]
            if part:
                yield from self._head(number, topic)
                for standing in part:
                    yield from self._entry(standing)

    def end(self) -> Iterator[Line]:
        """The total, what is due, and what to do next."""
        yield Line(())
        yield from self._said(self._total())
        if not is_kept(self.home.folder):
            yield from self._said(
                f"No progress is kept here: {again('init', str(self.home.folder))} begins with it, "
                "and leaves your files alone."
            )
        elif is_broken(self.home.folder):
            yield from self._said(f"{FILE} cannot be read, so what you did is not known.", "odd")
        due = self._due()
        if due:
            yield from self._said(due)
        yield from self._next()

    def _head(self, number: int, topic: Topic) -> list[Line]:
        name = (Span(f"{number} "), Span(topic.name, "strong"))
        if not topic.after:
            return [Line(name)]
        return hanging(
            (*name, Span("   ")), f"after {', '.join(topic.after)}", self.screen.width, role="dim"
        )

    def _entry(self, standing: Standing) -> Iterator[Line]:
        entry = standing.entry
        shape, plain, role = _MARKS[standing.state]
        column = max(len(one.entry.name) for one in self.whole) + 2
        prefix = (
            Span("  "),
            Span(plain if self.screen.ascii_only else shape, role),
            Span(f" {entry.name:<{column}}"),
        )
        quiz = _quiz_of(standing)
        words = self._lettered(_standing_words(standing, quiz))
        tone: Role = "dim" if standing.state == "not_started" else "plain"
        lines = hanging(prefix, words, self.screen.width, role=tone)
        title = self._lettered(one_line(quiz.title if quiz else entry.title))
        room = self.screen.width - lines[0].width - 2
        pad = max(2, _STANDING - len(words))
        if len(lines) == 1 and room - pad >= _LEAST_TITLE:
            beside = clipped(title, room - pad, "..." if self.screen.ascii_only else "…")
            lines = [Line((*lines[0].spans, Span(" " * pad), Span(beside, "dim")))]
        elif self.detailed:
            lines += self._below(column, title)
        if self.detailed and not quiz and entry.functions != (entry.name,):
            lines += self._below(column, ", ".join(entry.functions))
        yield from lines

    def _below(self, column: int, text: str) -> list[Line]:
        return hanging((Span(" " * (column + 4)),), text, self.screen.width, role="dim")

    def _total(self) -> str:
        parts = []
        for is_quiz, one, more in ((False, "exercise", "exercises"), (True, "quiz", "quizzes")):
            those = [s for s in self.whole if s.entry.is_quiz == is_quiz]
            passed = sum(standing.state == "passed" for standing in those)
            if those:
                parts.append(f"{passed} of {len(those)} {one if len(those) == 1 else more}")
        judged = [one.studied for one in self.whole if _is_judged(one)]
        total = f"{' and '.join(parts)} pass{'es' if len(self.whole) == 1 else ''}"
        if not judged:
            return f"{total}."
        score = _points(sum(s.score for s in judged), sum(s.max_score for s in judged))
        return f"{total}; {score} of what was graded."

    def _due(self) -> str:
        moment = now()
        number, later = due(self.progress, self.home.course, moment)
        if number:
            return f"{number} to review today: {again('review')}"
        if later is not None and later - moment <= _SOON:
            return f"The next review is {when(later, moment)}."
        return ""

    def _next(self) -> Iterator[Line]:
        """What to go on with, and its commands, each on one line that can be copied."""
        standing = next_of(self.whole)
        if standing is None:
            yield from self._said("Nothing is left: every exercise and every quiz passes.", "good")
            return
        entry, state = standing.entry, standing.state
        label = entry.label if entry.is_quiz else entry.name
        about = f"{label} (open {standing.file})" if state == "not_started" else label
        words = self._lettered(label if entry.is_quiz else about)
        yield from hanging((Span("Next: ", "strong"),), words, self.screen.width)
        for command in _commands(standing):
            yield Line((Span("  "), Span(self._lettered(command))))

    def _said(self, text: str, role: Role = "plain") -> list[Line]:
        return hanging((), self._lettered(text), self.screen.width, role=role)

    def _lettered(self, text: str) -> str:
        # Here, not when it is painted: the width is counted in what is shown.
        return ascii_text(text) if self.screen.ascii_only else text


def _commands(standing: Standing) -> tuple[str, ...]:
    """What to run for what is next."""
    entry, state = standing.entry, standing.state
    grade = again("check", standing.file)
    if entry.is_quiz and state in ("partial", "failed", "not_started"):
        return (again("quiz", entry.topic),)
    if state in ("partial", "failed"):
        return (again("hint", entry.name), grade)
    return (grade,)


def _quiz_of(standing: Standing) -> Quiz | None:
    return load(standing.entry) if standing.entry.is_quiz else None


def _is_judged(standing: Standing) -> bool:
    return standing.state in ("passed", "partial", "failed", "error") and bool(
        standing.studied.digest
    )


def _standing_words(standing: Standing, quiz: Quiz | None) -> str:
    """How far an exercise or quiz is, in words; the points only of a text that was judged."""
    studied, state = standing.studied, standing.state
    before = "passed before" if studied.passed else ""
    said = {
        "passed": f"passed, {_points(studied.score)}",
        "partial": _points(studied.score, studied.max_score),
        "failed": f"wrong, {_points(studied.score, studied.max_score)}",
        "error": "cannot be read" if standing.source is None or quiz else "cannot be run",
        "changed": f"changed since it was {'last ' if before else ''}graded",
        "begun": "begun, not graded yet",
        "not_started": "not started",
    }[state]
    notes = [before] if before and state != "passed" else []
    if quiz is not None and state != "passed":
        notes.append(_answered(standing, quiz))
    if studied.hints:
        notes.append("1 hint seen" if studied.hints == 1 else f"{studied.hints} hints seen")
    if studied.solution == "before":
        notes.append("solution seen before it passed")
    return ", ".join([said, *(note for note in notes if note)])


def _answered(standing: Standing, quiz: Quiz) -> str:
    """How many questions have an answer, right or wrong."""
    total = len(quiz.questions)
    if standing.state == "not_started":
        return f"{total} questions"
    number = written(quiz, standing.source or b"")
    return "" if number is None else f"{number} of {total} answered"


def _points(score: float, of: float | None = None) -> str:
    """Points without needless digits: ``2 points``, ``2.5 of 8 points``."""
    text, whole = (f"{number:.4g}" for number in (score, score if of is None else of))
    unit = "point" if whole == "1" else "points"
    return f"{text} {unit}" if of is None else f"{text} of {whole} {unit}"
