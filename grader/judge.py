"""Grading a submission: requests to the untrusted side, right answers beside it, one record."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy
import torch

from grader import __version__, quiz
from grader.course import load, signatures
from grader.errors import CourseError
from grader.exercise import Exercise
from grader.oracle import Oracle, oracles
from grader.pool import Limits, Pool, Report
from grader.result import Environment, Fault, Result, ResultStatus
from grader.result import Exercise as ExerciseRecord
from grader.result import Quiz as QuizRecord
from grader.submission import Submitted
from grader.trusted import conditions
from grader.verdict import Verdict
from grader.wire.frames import Call, Request, Task
from grader.wire.values import encode_arguments

Progress = Callable[[ExerciseRecord | QuizRecord], None]

SILENT: Final[Progress] = lambda _: None  # noqa: E731


@dataclass(frozen=True)
class Settings:
    """How a submission is graded.

    Attributes:
        seed: the course seed that all inputs are drawn from.
        threads: torch threads in a worker.
        limits: what each exercise file may use.
        pictures: whether failures are drawn.
    """

    seed: int = 0
    threads: int = 1
    limits: Limits = field(default_factory=Limits)
    pictures: bool = True


@dataclass(frozen=True)
class _Prepared:
    submitted: Submitted
    exercise: Exercise
    oracles: Mapping[str, Oracle]
    request: Request


def grade(
    submission: Sequence[Submitted],
    pool: Pool,
    settings: Settings,
    progress: Progress = SILENT,
) -> Result:
    """Grades a submission.

    Args:
        submission: the files, in the course's order.
        pool: the untrusted side, started.
        settings: how to grade.
        progress: called with the record of each exercise and quiz as it is finished.

    Raises:
        EngineError: if the untrusted side cannot be kept alive.
    """
    started = time.monotonic()
    torch.set_num_threads(1)
    # What torch's import left behind stays: to collect over it takes longer than an exercise.
    gc.freeze()
    records: dict[int, ExerciseRecord] = {}
    running: dict[int, _Prepared] = {}
    layers: tuple[str, ...] = ()

    def finish(number: int, record: ExerciseRecord) -> None:
        records[number] = record
        progress(record)

    def collect() -> None:
        nonlocal layers
        report = pool.wait()
        layers = report.layers or layers
        finish(report.id, _judged(running.pop(report.id), report, settings))

    for number, submitted in enumerate(submission):
        if submitted.entry.is_quiz:
            continue
        try:
            prepared = _prepare(submitted, settings)
        except CourseError as error:
            finish(number, _course_error(submitted, error))
            continue
        if submitted.source is None:
            finish(number, _unreadable(prepared))
            continue
        pool.submit(number, prepared.request, settings.limits)
        running[number] = prepared
        _answer_ahead(prepared)
    # While the workers are busy; none of this needs them.
    quizzes = tuple(grade_quiz(one) for one in submission if one.entry.is_quiz)
    for record in quizzes:
        progress(record)
    while running:
        collect()
    exercises = tuple(records[number] for number in sorted(records))
    parts: list[ExerciseRecord | QuizRecord] = [*exercises, *quizzes]
    return Result(
        score=sum(part.score for part in parts),
        max_score=sum(part.max_score for part in parts),
        status=_status(parts),
        environment=_environment(settings, layers),
        exercises=exercises,
        quizzes=quizzes,
        duration_s=round(time.monotonic() - started, 4),
    )


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


def _prepare(submitted: Submitted, settings: Settings) -> _Prepared:
    exercise = load(submitted.entry)
    known = oracles(submitted.entry, exercise, settings.seed)
    return _Prepared(submitted, exercise, known, request_for(submitted, exercise, known, settings))


def request_for(
    submitted: Submitted, exercise: Exercise, known: Mapping[str, Oracle], settings: Settings
) -> Request:
    """What a worker is asked for one exercise file."""
    entry = submitted.entry
    return Request(
        name=entry.name,
        filename=submitted.file,
        source=submitted.source or b"",
        functions={name: tuple(p) for name, p in signatures(exercise).items()},
        forbids=exercise.forbids,
        tasks=tuple(_task(oracle) for oracle in known.values()),
        supplied=entry.supplied.read_bytes() if entry.supplied.is_file() else b"",
        threads=settings.threads,
        output_limit=settings.limits.output_bytes,
    )


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


def _judged(prepared: _Prepared, report: Report, settings: Settings) -> ExerciseRecord:
    return Verdict(
        submitted=prepared.submitted,
        exercise=prepared.exercise,
        oracles=prepared.oracles,
        report=report,
        limits=settings.limits,
        pictures=settings.pictures,
        seed=settings.seed,
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


def _course_error(submitted: Submitted, error: CourseError) -> ExerciseRecord:
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
        error=_not_yours(error),
    )


def _not_yours(error: CourseError) -> Fault:
    return Fault(kind="course", message=f"the course is wrong, not your work: {error}")


def _status(parts: Sequence[ExerciseRecord | QuizRecord]) -> ResultStatus:
    statuses = {part.status for part in parts}
    if "grader_error" in statuses:
        return "grader_error"
    if statuses == {"passed"}:
        return "passed"
    return "not_started" if statuses == {"not_started"} else "failed"


def _environment(settings: Settings, layers: tuple[str, ...]) -> Environment:
    return Environment(
        dlgrade=__version__,
        python=platform.python_version(),
        torch=str(torch.__version__),
        numpy=str(numpy.__version__),
        platform=f"{platform.system()} {platform.machine()}",
        seed=settings.seed,
        threads=settings.threads,
        isolation=layers,
    )
