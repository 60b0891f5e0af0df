"""A learner's folder for a small course with two topics, a quiz and several exercises."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.course import Course, find
from grader.home import Home, make
from grader.progress import change

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "course"

ASKED = """# My notes stay.
title = "Small things"

[[question]]
id = "one"
kind = "one choice"
asks = "One?"
options.a = "first"
options.b = "second"
options.c = "third"
answer = ""

[[question]]
id = "number"
kind = "number"
asks = '''
How much is twice 0.5?

    double(0.5)'''
tolerance = 0.01
answer = ""
"""
KEY = '''[[question]]
id = "one"
answer = "b"
why.a = "no: the first"
why.b = "yes: the second"
why.c = "no: the third"

[[question]]
id = "number"
compute = """
answer = reference("arithmetic", "double").double(0.5)
"""
why.answer = "twice a half is one"
hint = "count"
'''

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The small course with a quiz, a second topic, and what an author's editor leaves behind."""
    root = tmp_path / "course"
    shutil.copytree(FIXTURE, root)
    for side, text in (("exercises", ASKED), ("solutions", KEY)):
        (root / side / "arithmetic" / "quiz.toml").write_text(text)
        other = root / side / "second"
        other.mkdir()
        shutil.copyfile(root / side / "arithmetic" / "double.py", other / "twice.py")
    (root / "exercises" / "arithmetic" / "README.md").write_text("# A lesson\n")
    (root / "exercises" / "arithmetic" / ".hidden").write_text("not for learners")
    (root / "exercises" / "__pycache__").mkdir()
    (root / "exercises" / "__pycache__" / "x.pyc").write_bytes(b"")
    return find(root)


@pytest.fixture
def home(course: Course, tmp_path: Path) -> Home:
    """A learner's folder in which progress is kept."""
    folder = tmp_path / "work" / "exercises"
    made = make(course, folder).home
    change(folder, lambda progress: progress)
    return made


@pytest.fixture
def dlgrade(home: Home) -> Command:
    """Runs the command beside the learner's folder, as a user would who named the course once."""

    def run(
        *words: str,
        cwd: Path = home.folder.parent,
        env: Mapping[str, str] | None = None,
        given: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        lost = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "CI")
        kept = {name: value for name, value in os.environ.items() if name not in lost}
        course = {"DLGRADE_COURSE": str(home.course.exercises.parent), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-m", "grader", *words],
            cwd=cwd,
            env={**kept, **course, "PYTHONIOENCODING": "utf-8", **(env or {})},
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    return run
