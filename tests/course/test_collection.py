"""The graders' own collection of right and wrong answers is told apart without an error."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from grader.course import find
from grader.judge import grade
from grader.result import Exercise
from grader.settings import Settings
from grader.submission import Submitted

LEAST = 10

# Every answer of the collection is graded once; on two busy cores that takes minutes.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def collection():
    """Every variant of the collection."""
    path = Path(__file__).with_name("collection.py")
    spec = importlib.util.spec_from_file_location("collection", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["collection"] = module
    spec.loader.exec_module(module)
    return list(module.variants())


@pytest.fixture(scope="module")
def graded(collection, fork_pool) -> list[tuple[object, Exercise]]:
    """Each variant with the record that the default seed gives it."""
    entries = {entry.label: entry for entry in find().entries}
    submission = [
        Submitted(entries[v.exercise], f"{v.exercise}.py", v.source.encode()) for v in collection
    ]
    result = grade(submission, fork_pool, Settings(pictures=False))
    return list(zip(collection, result.exercises, strict=True))


def test_the_collection_is_large_enough(collection) -> None:
    """Every function has at least ten right answers and ten wrong ones."""
    right = Counter((v.exercise, name) for v in collection if v.is_right for name in v.functions)
    wrong = Counter((v.exercise, v.function) for v in collection if not v.is_right)
    assert {key: count for key, count in right.items() if count < LEAST and key in wrong} == {}
    assert {key: count for key, count in wrong.items() if count < LEAST} == {}
    assert {exercise for exercise, _ in wrong} == {entry.label for entry in find().entries}


def test_right_answers_earn_everything(graded) -> None:
    """No right answer loses a point."""
    rejected = {
        f"{v.exercise} {v.name}": next(
            (f"{c.name}: {c.message}" for c in record.cases if c.status != "passed"), record.error
        )
        for v, record in graded
        if v.is_right and record.status != "passed"
    }
    assert rejected == {}


def test_wrong_answers_lose_points_where_they_are_wrong(graded) -> None:
    """Every wrong answer fails a case of the function that is wrong."""
    accepted = [
        f"{v.exercise} {v.name}: {v.title}"
        for v, record in graded
        if not v.is_right
        and not record.error
        and all(c.status == "passed" for c in record.cases if c.function == v.function)
    ]
    assert accepted == []


def test_mistakes_are_recognised_by_name(graded) -> None:
    """An answer that is a named mistake is told so, and no other is named for it."""
    misnamed = {}
    for v, record in graded:
        names = {c.diagnosis.mistake for c in record.cases if c.diagnosis}
        if v.mistake and v.mistake not in names:
            misnamed[f"{v.exercise} {v.name}"] = (v.mistake, names)
    assert misnamed == {}
