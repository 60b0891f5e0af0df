"""The proof through both sides: stubs, references, alternatives, mistakes as submissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from grader.audience import CIRCLES, circle
from grader.course import Entry, load
from grader.exercise import Exercise
from grader.judge import grade
from grader.pool import Pool
from grader.result import Case
from grader.result import Exercise as ExerciseRecord
from grader.settings import Settings
from grader.submission import Submitted


@dataclass(frozen=True)
class _Trial:
    """A submission and what must come of it."""

    name: str
    submitted: Submitted
    function: str
    caught_by: str
    expects: str


def through_both_sides(entries: Sequence[Entry], pool: Pool, settings: Settings) -> list[str]:
    """Grades what the course knows as if learners had sent it.

    Args:
        entries: the exercises.
        pool: the untrusted side, started.
        settings: pictures are not drawn.

    Returns:
        What is wrong, in words: a stub that earns something or is not "not started", a right answer
        that loses points, a mistake that keeps its points or its anonymity.
    """
    trials = [trial for entry in entries for trial in _trials(entry)]
    result = grade(
        [trial.submitted for trial in trials],
        pool,
        msgspec.structs.replace(settings, pictures=False),
    )
    return [
        problem
        for trial, record in zip(trials, result.exercises, strict=True)
        for problem in _problems(trial, record)
    ]


def _trials(entry: Entry) -> Iterator[_Trial]:
    exercise = load(entry)
    solution = entry.solution.read_bytes()
    yield _Trial("the stub", _as_submission(entry, entry.stub.read_bytes()), "", "", "not_started")
    yield _Trial("the reference", _as_submission(entry, solution), "", "", "passed")
    for name, alternative in exercise.alternatives.items():
        source = _instead(exercise, entry, alternative.function, name)
        yield _Trial(name, _as_submission(entry, source), alternative.function, "", "passed")
    for name, mistake in exercise.mistakes.items():
        source = _instead(exercise, entry, mistake.function, name)
        yield _Trial(
            name, _as_submission(entry, source), mistake.function, mistake.caught_by, "caught"
        )


def _as_submission(entry: Entry, source: bytes) -> Submitted:
    return Submitted(entry=entry, file=f"{entry.label}.py", source=source)


def _instead(exercise: Exercise, entry: Entry, function: str, name: str) -> bytes:
    """A learner's file in which ``function`` is the author's variant ``name``.

    The author's file runs in a module of its own, so that a variant that calls the reference by
    name still finds the reference.
    """
    others = "\n".join(f"{other} = _course.{other}" for other in exercise.functions)
    return (
        "import sys, types\n"
        "_course = types.ModuleType('_course')\n"
        "sys.modules['_course'] = _course\n"
        f"exec(compile({entry.solution.read_text()!r}, __file__, 'exec'), _course.__dict__)\n"
        f"{others}\n"
        f"{function} = _course.{name}.run\n"
    ).encode()


def _problems(trial: _Trial, record: ExerciseRecord) -> Iterable[str]:
    said = f"{record.label}: {trial.name}, through both sides,"
    if trial.expects == "not_started":
        if record.status != "not_started" or record.score:
            yield f"{said} is {record.status} with {record.score:g} points, not 'not started'"
        return
    if trial.expects == "passed":
        if record.status != "passed":
            seen = record.error.message if record.error else _first_failure(record)
            yield f"{said} earns {record.score:g} of {record.max_score:g} points: {seen}"
        return
    for case in record.cases:
        if case.name == trial.caught_by and case.status in ("passed", "waiting"):
            yield f"{said} is not caught by {trial.caught_by}"
        named = case.diagnosis.mistake if case.diagnosis else None
        failed = case.function == trial.function and case.status in ("failed", "error")
        # A cause is sought in what students see; where that is part of the cases, it may not do.
        if failed and named != trial.name and (named or _sees_all(case, record)):
            yield f"{said} is diagnosed as {named} in {case.name}: {case.message}"


def _sees_all(case: Case, record: ExerciseRecord) -> bool:
    """Whether the cause of a case was sought in all cases of its exercise."""
    places = [CIRCLES.index(circle(each.visibility, each.feedback)) for each in record.cases]
    return CIRCLES.index(circle(case.visibility, case.feedback)) == max(places)


def _first_failure(record: ExerciseRecord) -> str:
    failing = next(case for case in record.cases if case.status != "passed")
    return f"{failing.name}: {failing.message}"
