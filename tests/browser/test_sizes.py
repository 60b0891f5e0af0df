"""How large the pages of real learners are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from grader.result import Picture, Result
from grader.writers.html import LARGEST
from grader.writers.html import render as render_html

Open = Callable[..., Any]

CASE = 25_000
COURSE = 400_000


def failing_cases(window: Any) -> list[int]:
    """Bytes of each failing case."""
    sizes: list[int] = window.page.locator(".case.failing:not(.question)").evaluate_all(
        "all => all.map((each) => new TextEncoder().encode(each.outerHTML).length)"
    )
    return sizes


@pytest.mark.parametrize("name", ["mixed", "perfect", "demo"])
def test_the_bundled_course_is_small(reports: Mapping[str, Path], name: str) -> None:
    """400 KB, whatever part of it was solved."""
    assert reports[name].stat().st_size <= COURSE


def test_with_everything_wrong_only_the_failures_are_large(
    opened: Open, reports: Mapping[str, Path], results: Mapping[str, Result]
) -> None:
    """Every function and every answer is wrong: all but the failing cases stays within 400 KB."""
    bad = results["bad"]
    cases = failing_cases(opened("bad", java_script_enabled=False))

    assert all(exercise.status in ("failed", "partial") for exercise in bad.exercises)
    assert all(quiz.score == 0 for quiz in bad.quizzes)
    assert len(cases) > 50
    assert reports["bad"].stat().st_size - sum(cases) <= COURSE


@pytest.mark.parametrize("name", ["bad", "mixed", "demo", "sample"])
def test_a_failing_case_is_small(opened: Open, name: str) -> None:
    """25 KB with its picture."""
    window = opened(name, java_script_enabled=False)
    sizes = failing_cases(window)

    assert sizes
    assert window.page.locator(".case.failing svg").count() > 0
    assert max(sizes) <= CASE


@pytest.mark.parametrize("name", ["hostile", "records"])
def test_a_million_characters_do_not_make_a_large_page(
    reports: Mapping[str, Path], name: str
) -> None:
    """A field is shortened, and the record is packed."""
    assert reports[name].stat().st_size <= COURSE


def test_above_two_megabytes_pictures_go_and_the_page_says_so(
    opened: Open, sample: ModuleType
) -> None:
    """The largest go first; what they show stands in words, in sight."""
    exercise, shape = sample.layer_norm(), '<path d="M0 0"/>'
    shown = []
    for place, size in enumerate((40_000, 55_000, 50_000)):
        svg = f'<svg viewBox="0 0 {place + 1} 1">{shape * size}</svg>'
        case = msgspec.structs.replace(
            exercise.cases[2], picture=Picture(title="A title", description="Words.", svg=svg)
        )
        cases = (*exercise.cases[:2], case, *exercise.cases[3:])
        shown.append(msgspec.structs.replace(exercise, cases=cases))
    page = render_html(sample.result(*shown))
    window = opened(text=page, java_script_enabled=False)

    assert len(page.encode()) <= LARGEST
    assert window.page.get_by_text("1 of the pictures is left out").is_visible()
    assert [each.get_attribute("viewBox") for each in window.page.locator("figure svg").all()] == [
        "0 0 1 1",
        "0 0 3 1",
    ]
    assert window.page.get_by_text("would be larger than 2 MB with it").is_visible()
