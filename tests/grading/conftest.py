"""Grading against the small course in tests/fixtures."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from grader.course import Course, find
from grader.judge import grade
from grader.pool import Limits, Pool
from grader.result import Exercise
from grader.settings import Settings
from grader.submission import Submitted

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"

RIGHT = """
import torch

def double(x, times=2.0):
    return x * times

def shuffled(x, generator):
    return x[torch.randperm(len(x), generator=generator)]

def positive(number):
    if number < 0:
        raise ValueError("negative")
    return number
"""


@pytest.fixture(scope="session")
def course() -> Course:
    """The course of the tests: one exercise of three functions."""
    return find(FIXTURE)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Short limits, no pictures."""
    return Settings(limits=Limits(wall_s=3, cpu_s=3, memory_bytes=2**30), pictures=False)


@pytest.fixture(scope="session")
def graded(course: Course, fork_pool: Pool, settings: Settings) -> Callable[..., Exercise]:
    """Grades the right answer with some of its functions replaced by ``changes``."""

    def graded(changes: str = "", *, whole: str | bytes | None = None, **limits: float) -> Exercise:
        source = RIGHT + textwrap.dedent(changes) if whole is None else whole
        data = source.encode() if isinstance(source, str) else source
        submitted = Submitted(course.entries[0], "arithmetic/double.py", data)
        given = Limits(**{"wall_s": 3, "cpu_s": 3, "memory_bytes": 2**30, **limits})
        result = grade([submitted], fork_pool, msgspec.structs.replace(settings, limits=given))
        return result.exercises[0]

    return graded
