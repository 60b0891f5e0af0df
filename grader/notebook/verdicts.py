"""What `check` answers: a verdict that shows itself, in a notebook or as text."""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from msgspec import structs

from grader.result import Exercise, Result, result_of, status_of
from grader.writers.html import render_cell
from grader.writers.terminal import render as render_terminal

_COLUMNS: Final = 80


@dataclass(frozen=True, repr=False)
class Checked:
    """What came of a check.

    Attributes:
        result: the whole record, with the cases of functions that were not asked about.
        functions: the functions that were.
    """

    result: Result
    functions: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every case of these functions passes."""
        return self.shown.status == "passed"

    @cached_property
    def shown(self) -> Result:
        """The record of these functions alone."""
        return _only(self.result, self.functions)

    @property
    def details(self) -> str:
        """Every case, as text."""
        return render_terminal(self.shown, width=_COLUMNS, verbosity=1)

    def __repr__(self) -> str:
        whole = f"print(check({', '.join(self.functions)}).details)"
        return render_terminal(self.shown, width=_COLUMNS, whole=whole)

    def _repr_html_(self) -> str:
        # Nothing that two outputs of a notebook share, even if they were made by two kernels.
        return render_cell(self.shown, f"dlgrade-{secrets.token_hex(4)}")

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, Any]:
        made = {"text/plain": self.__repr__, "text/html": self._repr_html_}
        return {
            kind: make()
            for kind, make in made.items()
            if (not include or kind in include) and not (exclude and kind in exclude)
        }


def _only(result: Result, functions: tuple[str, ...]) -> Result:
    """The record with the cases of these functions, and those that they wait for."""
    exercises = [_narrowed(exercise, functions) for exercise in result.exercises]
    return result_of(result.environment, exercises, result.quizzes, result.duration_s)


def _narrowed(exercise: Exercise, functions: tuple[str, ...]) -> Exercise:
    kept = set(_concerned(exercise, functions))
    cases = tuple(case for case in exercise.cases if case.name in kept)
    if exercise.error is not None or len(cases) == len(exercise.cases):
        return exercise
    others = dict.fromkeys(
        case.function for case in exercise.cases if case.function not in functions
    )
    note = f"check({exercise.name!r}) shows {' and '.join(others)} too"
    return structs.replace(
        exercise,
        cases=cases,
        score=sum(case.score for case in cases),
        max_score=sum(case.max_score for case in cases),
        status=status_of(cases, None),
        notes=(*exercise.notes, note),
    )


def _concerned(exercise: Exercise, functions: tuple[str, ...]) -> Iterator[str]:
    """Names of the cases that call the functions, and of those that must pass first."""
    by_name = {case.name: case for case in exercise.cases}
    waiting = [case.name for case in exercise.cases if case.function in functions]
    seen = set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in by_name:
            seen.add(name)
            yield name
            waiting += by_name[name].waits_for
