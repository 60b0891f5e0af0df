"""What a learner sits at: their files, a warm judge, and what is known so far."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from msgspec import structs

from grader import progress, study
from grader.audience import students_exercise, students_view
from grader.course import Entry
from grader.home import Home
from grader.pool import Stop
from grader.progress import Progress
from grader.result import Environment, Exercise, Quiz, Result, result_of
from grader.service import Service
from grader.settings import Settings
from grader.study import Standing
from grader.submission import collect
from grader.watch.files import files_of

Tell = Callable[[Exercise | Quiz], None]

MOST_UNKEPT: Final = 200
"""What is remembered of a time in which nothing could be written, as on a full disk."""


@dataclass(frozen=True)
class Hints:
    """The hints of an exercise that its learner sees.

    Attributes:
        aimed: for each mistake that was recognised in the text as it is now.
        steps: from a nudge to nearly the answer, as far as they were asked for.
        total: how many steps there are.
    """

    aimed: tuple[str, ...]
    steps: tuple[str, ...]
    total: int


class Desk:
    """A learner's folder with a judge beside it.

    Args:
        home: the learner's folder.
        service: the judge, started.
        settings: how it judges.

    Attributes:
        home: the learner's folder.
        current: the exercise or quiz that the learner is at; only they go to another one.
    """

    def __init__(self, home: Home, service: Service, settings: Settings) -> None:
        self.home: Final = home
        self._service = service
        self._plain = structs.replace(settings, pictures=False)
        self._drawn = structs.replace(settings, pictures=True)
        self._verdicts: dict[str, Exercise | Quiz] = {}
        self._environment: Environment | None = None
        self._unkept: deque[Callable[[Progress], Progress]] = deque(maxlen=MOST_UNKEPT)
        self._progress = progress.read(home.folder)
        self._standings = {s.entry: s for s in study.standings(home, self._progress)}
        self.current: Entry = self._first()

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How far the learner is with each exercise and quiz, in the course's order."""
        return tuple(self._standings.values())

    def verdict(self, entry: Entry) -> Exercise | Quiz | None:
        """The last verdict on an exercise or quiz, if there was one since the start."""
        return self._verdicts.get(entry.label)

    def judge(self, entries: Iterable[Entry], tell: Tell, stop: Stop) -> Result:
        """Judges files as they are now, without pictures.

        Args:
            entries: what they answer.
            tell: hears of each as it is finished.
            stop: asked every now and then whether nobody wants to know any more.

        Raises:
            EngineError: if the judge died.
            IsolationError: if less holds the workers than was asked for.
            Stopped: if ``stop`` said so.
        """
        return self._judged(entries, self._plain, tell, stop)

    def draw(self, entries: Iterable[Entry], tell: Tell, stop: Stop) -> Result:
        """The record of the whole course; some files are judged once more, with pictures.

        Args:
            entries: which; what was never judged comes with them.
            tell: see `judge`.
            stop: see `judge`.

        Raises:
            EngineError: see `judge`.
            IsolationError: see `judge`.
            Stopped: see `judge`.
        """
        whole = self.home.course.whole
        unknown = {entry for entry in whole if entry.label not in self._verdicts}
        self._judged({*entries, *unknown}, self._drawn, tell, stop)
        assert self._environment is not None
        parts = [self._verdicts[entry.label] for entry in whole]
        return result_of(
            self._environment,
            [part for part in parts if isinstance(part, Exercise)],
            [part for part in parts if isinstance(part, Quiz)],
        )

    def following(self) -> Entry | None:
        """The next exercise or quiz that does not pass; None if there is no other."""
        order = list(self._standings)
        place = order.index(self.current)
        for entry in (*order[place + 1 :], *order[:place]):
            if self._standings[entry].state != "passed":
                return entry
        return None

    def next(self) -> bool:
        """Goes to the following exercise or quiz; False if there is none."""
        entry = self.following()
        if entry is not None:
            self.go(entry)
        return entry is not None

    def go(self, entry: Entry) -> None:
        """Goes to an exercise or quiz."""
        self.current = entry

    def standing(self, entry: Entry) -> Standing:
        """How far the learner is with an exercise or quiz."""
        return self._standings[entry]

    @property
    def is_warm(self) -> bool:
        """Whether a verdict could begin at once."""
        return self._service.is_warm

    def is_missing(self, entry: Entry) -> bool:
        """Whether the learner has no file for an exercise or quiz."""
        return not any(os.path.lexists(path) for path in files_of(self.home, entry))

    @property
    def is_new(self) -> bool:
        """Whether the learner has done nothing yet."""
        return all(standing.state == "not_started" for standing in self.standings)

    def due(self) -> int:
        """How many questions are to be reviewed today."""
        return study.due(self._progress, self.home.course, datetime.now().astimezone())[0]

    def hints(self, more: bool) -> Hints | None:
        """The hints of the current exercise that were seen.

        Args:
            more: whether one more is to be seen.

        Returns:
            None while there is no verdict.
        """
        verdict = self.verdict(self.current)
        if not isinstance(verdict, Exercise):
            return None
        aimed = dict.fromkeys(
            study.aimed(case.function, case.diagnosis.title, case.diagnosis.hint)
            for case in verdict.cases
            if case.diagnosis is not None
        )
        total = len(verdict.hints)
        seen = min(self._progress.of(self.current.label).hints, total)
        steps = study.steps(seen, total, more=more, is_aimed=bool(aimed))
        if len(steps) > seen:
            self._learn(partial(_hinted, label=self.current.label, level=len(steps)))
        return Hints(tuple(aimed), tuple(verdict.hints[number - 1] for number in steps), total)

    def keep(self) -> None:
        """Writes down what is not written yet; a learner does not wait for the disk.

        Raises:
            DlgradeError: if it cannot be written; the next call tries again.
        """
        if not progress.is_kept(self.home.folder):
            self._unkept.clear()
            return
        being = partial(_being_at, label=self.current.label)
        news: list[Callable[[Progress], Progress]] = [*self._unkept, being]

        def learn(known: Progress) -> Progress:
            for act in news:
                known = act(known)
            return known

        self._progress = progress.change(self.home.folder, learn)
        self._unkept.clear()

    def _first(self) -> Entry:
        """Where the learner was; else where they would go on."""
        whole = {entry.label: entry for entry in self._standings}
        following = study.next_of(self.standings)
        entry = whole.get(self._progress.current)
        if entry is None or self._standings[entry].state == "passed":
            entry = following.entry if following else entry or next(iter(self._standings))
        return entry

    def _judged(
        self, entries: Iterable[Entry], settings: Settings, tell: Tell, stop: Stop
    ) -> Result:
        labels = [entry.label for entry in entries]
        submission = collect(self.home.course, [self.home.folder], labels)

        def told(part: Exercise | Quiz) -> None:
            if isinstance(part, Exercise):
                part = students_exercise(part)
            self._verdicts[part.label] = part
            tell(part)

        result = students_view(self._service.grade(submission, settings, told, stop))
        self._environment = _fuller(self._environment, result.environment)
        digests = {
            submitted.entry.label: progress.digest(submitted.source)
            for submitted in submission
            if submitted.source is not None
        }
        self._learn(partial(study.remember, result=result, digests=digests))
        for submitted in submission:
            studied = self._progress.of(submitted.entry.label)
            self._standings[submitted.entry] = study.standing(submitted, studied)
        return result

    def _learn(self, act: Callable[[Progress], Progress]) -> None:
        """Changes the progress here; `keep` does the same on the disk."""
        self._progress = act(self._progress)
        self._unkept.append(act)


def _hinted(known: Progress, label: str, level: int) -> Progress:
    studied = known.of(label)
    return known.with_(label, structs.replace(studied, hints=max(studied.hints, level)))


def _being_at(known: Progress, label: str) -> Progress:
    return structs.replace(known, current=label)


def _fuller(one: Environment | None, other: Environment) -> Environment:
    """The one that says what holds the workers: a quiz needs none, and says nothing of them."""
    return one if one is not None and not other.isolation else other
