"""One case or one answer, for a place that has named it already."""

from __future__ import annotations

from types import ModuleType

import pytest

from grader.result import Exercise, Quiz, Result
from grader.writers import words
from grader.writers.terminal import render, render_found


def parts(sample: ModuleType) -> list[Exercise | Quiz]:
    """Exercises and quizzes, one of everything."""
    result: Result = sample.mixed()
    return words.parts(result)


@pytest.mark.parametrize("width", [1, 40, 100])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_whatever_is_found_can_be_shown(sample: ModuleType, width: int, ascii_only: bool) -> None:
    """Each case, answer and fault, hostile ones among them, in any width and alphabet."""
    for part in parts(sample):
        every = part.questions if isinstance(part, Quiz) else part.cases
        for seen in (None, *every):
            text = render_found(part, seen, width=width, ascii_only=ascii_only)
            assert all(line.isprintable() for line in text.splitlines())
            assert text.isascii() or not ascii_only


def test_it_is_what_the_whole_report_says(sample: ModuleType) -> None:
    """The lines below a failing case are the same ones, four columns further to the left."""
    result = sample.mixed()
    whole = render(result, width=104)
    exercise = next(each for each in result.exercises if each.name == "layer_norm")
    case = words.failing_cases(exercise)[0]
    lines = render_found(exercise, case, width=100).splitlines()
    assert any("cause:" in line for line in lines)
    for line in lines:
        assert f"    {line}\n" in whole
