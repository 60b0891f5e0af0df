"""Chromium, and the pages of real and invented learners opened in it from disk."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.course import find
from grader.judge import grade
from grader.pool import Pool
from grader.result import Result
from grader.settings import Settings
from grader.writers.html import render as render_html

TESTS = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def load(name: str) -> ModuleType:
    """A module of the tests, which lie in no package."""
    path = TESTS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"browser_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def results(sample: ModuleType, fork_pool: Pool) -> Mapping[str, Result]:
    """What is shown, by name; all but sample and records were graded for it."""
    learners, collection, course = load("browser/learners"), load("course/collection"), find()
    submissions = {
        "bad": learners.wrong(course, collection),
        "mixed": learners.mixed(course, collection),
        "perfect": learners.right(course),
        "demo": learners.demo(course),
        "hostile": learners.hostile(course),
    }
    graded = {
        name: grade(list(submission), fork_pool, Settings())
        for name, submission in submissions.items()
    }
    mixed = sample.mixed()
    records = sample.result(*mixed.exercises, sample.hostile(), quizzes=mixed.quizzes)
    return graded | {"sample": mixed, "records": records}


@pytest.fixture(scope="session")
def reports(
    results: Mapping[str, Result], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Path]:
    """The pages, by the same names."""
    folder = tmp_path_factory.mktemp("reports")
    for name, result in results.items():
        (folder / f"{name}.html").write_text(render_html(result), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in results}


@dataclass(frozen=True)
class Window:
    """A page in its window, and what tests ask it again and again."""

    page: Any

    @property
    def address(self) -> str:
        """The address as the page knows it; the driver hears of a change only later."""
        text: str = self.page.evaluate("location.href")
        return text

    @property
    def focus(self) -> str:
        """The id of what has the focus."""
        text: str = self.page.evaluate("document.activeElement.id")
        return text

    def shown(self) -> list[str]:
        """Ids of the exercises that can be seen."""
        ids: list[str] = self.page.locator(".exercise").evaluate_all(
            "all => all.filter((each) => each.checkVisibility()).map((each) => each.id)"
        )
        return ids

    def unfold(self) -> None:
        """Opens every fold."""
        self.page.evaluate("document.querySelectorAll('details').forEach((f) => { f.open = true })")

    def press(self, *keys: str) -> None:
        """Presses keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def opened(
    browser: Any, reports: Mapping[str, Path], tmp_path: Path
) -> Iterator[Callable[..., Window]]:
    """Opens a page from disk; at the end, none must have said or asked for anything."""
    contexts = []
    said: list[str] = []

    def open_page(name: str = "sample", hash_: str = "", text: str = "", **options: Any) -> Window:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        path = reports[name]
        if text:
            path = tmp_path / "page.html"
            path.write_text(text, encoding="utf-8")
        address = path.as_uri()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url.partition("#")[0] == address else said.append(request.url)
            ),
        )
        page.goto(address + hash_)
        return Window(page)

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
