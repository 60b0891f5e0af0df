"""The command as a learner runs it beside their folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.home import Home

ROOT = Path(__file__).parents[2]
Command = Callable[..., subprocess.CompletedProcess[str]]


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
