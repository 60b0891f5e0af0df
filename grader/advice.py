"""Advice on vectorising, from counts of operations at two sizes. No clock, no marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from grader.exercise import Arguments, Exercise, Growth
from grader.inputs import Inputs
from grader.pool import Report
from grader.trusted import Live, conditions, realise
from grader.wire.frames import Call, OperationCount, Task
from grader.wire.values import encode_arguments
from grader.worker.forbidden import Words
from grader.worker.surroundings import Surroundings
from grader.worker.watch import Watch

# A loop runs at least one operation more for each further row; where the reference has to loop too,
# twice as many are worth a word.
LEAST: Final = 1.0
TIMES: Final = 2.0

_VIEWS: Final = frozenset(
    {
        "alias", "as_strided", "detach", "expand", "permute", "select", "slice", "split",
        "split_with_sizes", "squeeze", "t", "transpose", "unbind", "unsqueeze", "view",
        "_unsafe_view", "_local_scalar_dense",
    }
)  # fmt: skip


def tasks(exercise: Exercise, label: str, seed: int) -> tuple[Task, ...]:
    """What a worker is asked, on top of the cases: each function at its two sizes."""
    return tuple(
        Task(
            case=_name(growth, size),
            calls=(Call(function=growth.function, arguments=encode_arguments(arguments)),),
        )
        for growth in exercise.growths.values()
        for size, arguments in _sizes(growth, label, seed).items()
    )


def advice(
    exercise: Exercise, label: str, seed: int, report: Report, passed: set[str]
) -> list[str]:
    """What to say about functions that run more operations as their inputs grow.

    Args:
        exercise: the author's side.
        label: topic and name of the exercise.
        seed: the course seed.
        report: has the counts of the learner's operations.
        passed: functions all of whose cases pass; others have more urgent things to mend.
    """
    answers = {answer.case: answer for answer in report.answers}
    said = []
    for growth in exercise.growths.values():
        if growth.function not in passed:
            continue
        reference = _references(exercise, growth, label, seed)
        found = {n: answers.get(_name(growth, n)) for n in reference}
        counts = {n: _total(a.operations) for n, a in found.items() if a and a.raised is None}
        if len(counts) < len(reference):
            continue
        small, large = sorted(reference)
        mine = (counts[large] - counts[small]) / (large - small)
        theirs = (reference[large] - reference[small]) / (large - small)
        if mine >= max(LEAST, TIMES * theirs):
            again = f"{theirs:.3g} per {growth.per}" if theirs else f"{reference[large]} in all"
            said.append(
                f"your {growth.function} runs {mine:.3g} operations per {growth.per} "
                f"({counts[large]} for {large}); the reference runs {again}"
            )
    return said


def _sizes(growth: Growth, label: str, seed: int) -> Mapping[int, Arguments]:
    with conditions():
        return growth.build(Inputs(seed, label, growth.function))


def _name(growth: Growth, size: int) -> str:
    # A space keeps it apart from the names of cases, which are identifiers.
    return f"{growth.function} at {size}"


@lru_cache(maxsize=256)
def _references(exercise: Exercise, growth: Growth, label: str, seed: int) -> Mapping[int, int]:
    """Size → operations of the reference: the same for every answer, so counted once."""
    sizes = _sizes(growth, label, seed)
    return {size: _reference(exercise, growth, given) for size, given in sizes.items()}


def _reference(exercise: Exercise, growth: Growth, arguments: Arguments) -> int:
    with conditions():
        live = Live(exercise.supplied)
        given = {name: realise(value, live) for name, value in arguments.items()}
        watch = Watch("", Words(()))
        watch.before = Surroundings.seeded()
        with watch.looking():
            exercise.functions[growth.function](**given)
    return _total(watch.operations)


def _total(operations: Iterable[OperationCount]) -> int:
    """How many operations reached the kernels; what only changes how memory is seen is free."""
    return sum(
        used.count
        for used in operations
        if used.name.startswith("aten::") and used.name.partition("::")[2] not in _VIEWS
    )
