"""Right and known wrong values, computed by the author's snippet and never typed in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from grader import course
from grader.errors import CourseError
from grader.quiz.questions import RIGHT, Question, Quiz

Value = float | tuple[int, ...]
Known = Mapping[str, Value]
Reference = Callable[[str, str], SimpleNamespace]

NOTHING: Final[Known] = {}


def references(quiz: course.Entry) -> Reference:
    """What a snippet calls ``reference``: the reference functions of an exercise of its course.

    ``reference("initialization", "kaiming").gain("relu")``.
    """

    def reference(topic: str, name: str) -> SimpleNamespace:
        place = Path(topic) / f"{name}.py"
        stub, solution = quiz.stub.parents[1] / place, quiz.solution.parents[1] / place
        if not solution.is_file():
            raise CourseError(f"a snippet asks for {place}, which is no exercise", quiz.solution)
        entry = course.Entry(topic=topic, name=name, stub=stub, solution=solution)
        return SimpleNamespace(**course.load(entry).functions)

    return reference


def computed(quiz: Quiz, question: Question, reference: Reference) -> Known:
    """Runs the snippet of a question.

    Returns:
        The right value under ``answer``, and every known wrong value under its own name.

    Raises:
        CourseError: if the snippet fails or leaves one of the names out.
    """
    if not question.compute:
        return NOTHING
    names: dict[str, Any] = {"reference": reference, "__name__": f"quiz_{question.id}"}
    said = f"question {question.id}: the snippet"
    try:
        exec(compile(question.compute, f"{quiz.key}:{question.id}", "exec"), names)
    except CourseError:
        raise
    except Exception as error:
        raise CourseError(f"{said} fails with {type(error).__name__}: {error}", quiz.key) from error
    values: dict[str, Value] = {}
    for name in (RIGHT, *(about for about in question.why if about != RIGHT)):
        if name not in names:
            raise CourseError(f"{said} does not set {name}, which has a reason", quiz.key)
        value = _shape(names[name]) if question.kind == "shape" else _number(names[name])
        if value is None:
            raise CourseError(
                f"{said} sets {name} to {names[name]!r}, no {question.kind}", quiz.key
            )
        values[name] = value
    return values


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _shape(value: Any) -> tuple[int, ...] | None:
    try:
        return tuple(int(size) for size in value)
    except (TypeError, ValueError):
        return None
