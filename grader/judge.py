"""Grading a submission: requests to the untrusted side, right answers beside it, one record."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import msgspec
import numpy
import torch

from grader import __version__, advice, quiz
from grader.audience import (
    CIRCLES,
    CLOSED_COURSE_FAULT,
    COURSE_FAULT,
    Circle,
    circle,
    is_plain,
    lower,
)
from grader.course import Entry, load, signatures
from grader.errors import CourseError, Stopped
from grader.exercise import Exercise
from grader.oracle import Oracle, oracles
from grader.pool import Held, Limits, Pool, Report, Stop, never
from grader.result import Environment, Fault, Result, result_of
from grader.result import Exercise as ExerciseRecord
from grader.result import Quiz as QuizRecord
from grader.settings import Settings
from grader.submission import Submitted
from grader.trusted import conditions
from grader.verdict import Verdict
from grader.wire.frames import Call, Request, Task
from grader.wire.values import encode_arguments

Progress = Callable[[ExerciseRecord | QuizRecord], None]

MOST_WAITING: Final = 32
"""How many requests wait for a worker at the most; each holds its inputs."""

SILENT: Final[Progress] = lambda _: None  # noqa: E731


@dataclass(frozen=True)
class _Prepared:
    """An exercise file on its way through the workers: one for each circle of its cases."""

    submitted: Submitted
    exercise: Exercise
    oracles: Mapping[str, Oracle]
    requests: Mapping[Circle, Request]
    limits: Limits
    reports: dict[Circle, Report] = field(default_factory=dict)


def grade(
    submission: Sequence[Submitted],
    pool: Pool,
    settings: Settings,
    progress: Progress = SILENT,
) -> Result:
    """Grades a submission; see `Judge.grade`."""
    return Judge(pool).grade(submission, settings, progress)


class Judge:
    """Grades submissions, and keeps what it knows about exercises from one to the next.

    Args:
        pool: the untrusted side, started.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[tuple[Entry, int], _Known] = {}

    def grade(
        self,
        submission: Sequence[Submitted],
        settings: Settings,
        progress: Progress = SILENT,
        stop: Stop = never,
    ) -> Result:
        """Grades a submission.

        Args:
            submission: the files, in the course's order.
            settings: how to grade.
            progress: called with the record of each exercise and quiz as it is finished.
            stop: asked every now and then whether nobody wants the verdict any more.

        Raises:
            EngineError: if the untrusted side cannot be kept alive.
            Stopped: if ``stop`` said so.
        """
        _settle()
        session = _Session(self._pool, settings, self.known, progress, stop)
        try:
            for number, submitted in enumerate(submission):
                session.take(number, submitted)
            return session.result()
        except Stopped:
            self._pool.drop()
            raise

    def known(self, entry: Entry, seed: int) -> _Known:
        """The author's side of an exercise, loaded, and computed, once for all its answers.

        Raises:
            CourseError: if it is wrong.
        """
        if (entry, seed) not in self._known:
            exercise = load(entry)
            known = oracles(entry, exercise, seed)
            self._known[entry, seed] = _Known(exercise, known, tasks(entry, exercise, known, seed))
        return self._known[entry, seed]


@cache
def _settle() -> None:
    """Prepares this process for judging, once."""
    torch.set_num_threads(1)
    # What torch's import left behind stays: to collect over it takes longer than an exercise.
    gc.freeze()


@dataclass(frozen=True)
class _Known:
    """An exercise, what is right in each of its cases, and what its workers are asked."""

    exercise: Exercise
    oracles: Mapping[str, Oracle]
    tasks: tuple[Task, ...]


@dataclass
class _Session:
    """One grading: what is running, what is finished."""

    pool: Pool
    settings: Settings
    known: Callable[[Entry, int], _Known]
    progress: Progress
    stop: Stop
    started: float = field(default_factory=time.monotonic)
    records: dict[int, ExerciseRecord] = field(default_factory=dict)
    running: dict[int, _Prepared] = field(default_factory=dict)
    used: bool = False
    waiting: list[Submitted] = field(default_factory=list)

    def take(self, number: int, submitted: Submitted) -> None:
        """Hands a file to the pool, or finishes it at once if it cannot be run."""
        if self.stop():
            raise Stopped("nobody waits for the verdict any more")
        if submitted.entry.is_quiz:
            self.waiting.append(submitted)
            return
        try:
            prepared = self._prepare(submitted)
        except CourseError as error:
            self._finish(number, _course_error(submitted, error, self.settings))
            return
        if submitted.source is None:
            self._finish(number, _unreadable(prepared))
            return
        while len(self.running) >= MOST_WAITING:
            self._collect()
        for shown, request in prepared.requests.items():
            number_of_worker = number * len(CIRCLES) + CIRCLES.index(shown)
            self.pool.submit(number_of_worker, request, prepared.limits)
        self.used = True
        self.running[number] = prepared
        _answer_ahead(prepared)

    def result(self) -> Result:
        """Waits for what is running; the record of everything."""
        # While the workers are busy: quizzes need none.
        quizzes = tuple(grade_quiz(one) for one in self.waiting)
        for record in quizzes:
            self.progress(record)
        while self.running:
            self._collect()
        environment = environment_of(self.settings, self.pool.held() if self.used else Held(()))
        exercises = tuple(self.records[number] for number in sorted(self.records))
        return result_of(environment, exercises, quizzes, time.monotonic() - self.started)

    def _prepare(self, submitted: Submitted) -> _Prepared:
        known = self.known(submitted.entry, self.settings.seed)
        requests = {
            shown: request_for(submitted, known.exercise, asked, self.settings)
            for shown, asked in apart(known.exercise, known.tasks, self.settings).items()
        }
        limits = msgspec.structs.replace(
            self.settings.limits, scratch_bytes=known.exercise.scratch_bytes
        )
        return _Prepared(submitted, known.exercise, known.oracles, requests, limits)

    def _collect(self) -> None:
        report = self.pool.wait(self.stop)
        number, place = divmod(report.id, len(CIRCLES))
        prepared = self.running[number]
        prepared.reports[CIRCLES[place]] = report
        if len(prepared.reports) == len(prepared.requests):
            del self.running[number]
            self._finish(number, _judged(prepared, self.settings))

    def _finish(self, number: int, record: ExerciseRecord) -> None:
        self.records[number] = record
        self.progress(record)


def grade_quiz(submitted: Submitted) -> QuizRecord:
    """Grades one quiz; the numbers that are asked for are computed now, under fixed conditions."""
    entry = submitted.entry
    try:
        asked = quiz.load(entry)
        reference = quiz.references(entry)
        with conditions():
            return quiz.grade(
                asked, submitted, lambda question: quiz.computed(asked, question, reference)
            )
    except CourseError as error:
        return QuizRecord(
            name=entry.label,
            topic=entry.topic,
            title=entry.topic,
            file=submitted.file,
            line=None,
            status="grader_error",
            score=0.0,
            max_score=0.0,
            questions=(),
            error=_not_yours(error),
        )


def request_for(
    submitted: Submitted, exercise: Exercise, asked: Sequence[Task], settings: Settings
) -> Request:
    """What a worker is asked for one exercise file; ``asked`` is what `tasks` says."""
    entry = submitted.entry
    return Request(
        name=entry.name,
        filename=submitted.file,
        source=submitted.source or b"",
        functions={name: tuple(p) for name, p in signatures(exercise).items()},
        forbids=exercise.forbids,
        tasks=tuple(asked),
        supplied=entry.supplied.read_bytes() if entry.supplied.is_file() else b"",
        cells=submitted.cells,
        threads=settings.threads,
        output_limit=settings.limits.output_bytes,
    )


def tasks(
    entry: Entry, exercise: Exercise, known: Mapping[str, Oracle], seed: int
) -> tuple[Task, ...]:
    """The calls that are made of any answer to an exercise: its cases, and those for advice.

    Raises:
        CourseError: if the inputs cannot be made.
    """
    return (
        *(_task(oracle) for oracle in known.values()),
        *advice.tasks(exercise, entry.label, seed),
    )


def apart(
    exercise: Exercise, asked: Sequence[Task], settings: Settings
) -> Mapping[Circle, Sequence[Task]]:
    """What is asked of each worker: none gets an input that others may see less of.

    The worker of the open cases runs even if there are none: it says whether the file loads, and
    knows nothing that it could betray with that.

    Args:
        exercise: the author's side.
        asked: what `tasks` says.
        settings: may lower what students see.
    """
    found: dict[Circle, list[Task]] = {"open": []}
    for task in asked:
        case = exercise.cases.get(task.case)
        shown: Circle = "open"  # also of what is asked for advice, which is no case
        if case is not None:
            shown = circle(case.visibility, lower(case.feedback, settings.feedback))
        found.setdefault(shown, []).append(task)
    return found


def _task(oracle: Oracle) -> Task:
    return Task(
        case=oracle.case.name,
        calls=tuple(
            Call(
                function=oracle.case.function,
                arguments=encode_arguments(call),
            )
            for call in oracle.calls
        ),
        gradients=oracle.case.gradients,
        upstream_seed=oracle.upstream_seed,
        allows_global_rng=oracle.case.allows_global_rng,
        shows=oracle.case.shows,
    )


def _answer_ahead(prepared: _Prepared) -> None:
    """Computes the right answers while the worker computes the learner's."""
    for oracle in prepared.oracles.values():
        try:
            if oracle.case.raises is None:
                _ = oracle.expected
        except CourseError:
            # It is said again, as the grader's own fault, when the case is judged.
            return


def _judged(prepared: _Prepared, settings: Settings) -> ExerciseRecord:
    return Verdict(
        submitted=prepared.submitted,
        exercise=prepared.exercise,
        oracles=prepared.oracles,
        report=prepared.reports["open"],
        limits=prepared.limits,
        pictures=settings.pictures,
        seed=settings.seed,
        apart={name: one for name, one in prepared.reports.items() if name != "open"},
        most=settings.feedback,
    ).record()


def _unreadable(prepared: _Prepared) -> ExerciseRecord:
    submitted, exercise = prepared.submitted, prepared.exercise
    kind = "file_missing" if submitted.missing else "file_unreadable"
    return ExerciseRecord(
        name=submitted.entry.name,
        topic=submitted.entry.topic,
        title=exercise.title,
        asks=submitted.entry.asks,
        file=submitted.file,
        line=None,
        status="not_started" if submitted.missing else "error",
        score=0.0,
        max_score=sum(case.points for case in exercise.cases.values()),
        duration_s=0.0,
        cases=(),
        hints=exercise.hints,
        error=Fault(kind=kind, message=submitted.fault),
    )


def _course_error(submitted: Submitted, error: CourseError, settings: Settings) -> ExerciseRecord:
    return ExerciseRecord(
        name=submitted.entry.name,
        topic=submitted.entry.topic,
        title=submitted.entry.name,
        asks="",
        file=submitted.file,
        line=None,
        status="grader_error",
        score=0.0,
        max_score=0.0,
        duration_s=0.0,
        cases=(),
        error=_not_yours(error, error.closed or not is_plain("visible", settings.feedback)),
    )


def _not_yours(error: CourseError, closed: bool = False) -> Fault:
    kind = CLOSED_COURSE_FAULT if closed else COURSE_FAULT
    return Fault(kind=kind, message=f"the course is wrong, not your work: {error}")


def environment_of(settings: Settings, held: Held) -> Environment:
    """What the verdicts of this process depend on."""
    return Environment(
        dlgrade=__version__,
        python=platform.python_version(),
        torch=str(torch.__version__),
        numpy=str(numpy.__version__),
        platform=f"{platform.system()} {platform.machine()}",
        seed=settings.seed,
        threads=settings.threads,
        isolation=held.layers,
        isolation_mode=settings.isolation,
        isolation_lacks=held.missing,
        secret_seed=settings.secret_seed,
    )
