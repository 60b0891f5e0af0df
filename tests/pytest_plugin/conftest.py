"""Runs of pytest in a process of their own: what an editor starts, with the plugin and no other."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import grader

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"

RIGHT = """\
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

SPY = """\
import os, sys

def pytest_collection_finish(session):
    for item in session.items:
        path, line, title = item.location
        print(f"\\n<<{item.nodeid} {os.path.basename(path)}:{line} {title}>>")

def pytest_unconfigure():
    print(f"\\nheavy: {sorted({'torch', 'numpy', 'matplotlib'} & set(sys.modules))}")
"""


@dataclass(frozen=True)
class Test:
    """What the JUnit file says of one test."""

    outcome: str
    message: str = ""
    text: str = ""
    properties: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Done:
    """A run that has ended."""

    code: int
    text: str
    tests: Mapping[str, Test]

    @property
    def outcomes(self) -> dict[str, str]:
        """Name of a test → passed, failure, error or skipped."""
        return {name: test.outcome for name, test in self.tests.items()}

    @property
    def ids(self) -> list[str]:
        """What ``--collect-only -q`` printed."""
        lines = self.text.splitlines()
        return [line for line in lines if "::" in line and not line.startswith("<<")]


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs ``python -m pytest --dlgrade`` in a folder."""

    def run(
        folder: Path,
        *arguments: str,
        course: Path | None = FIXTURE,
        grade: bool = True,
        encoding: str = "utf-8",
    ) -> Done:
        kept = {key: value for key, value in os.environ.items() if key not in ("CI", "FORCE_COLOR")}
        report = tmp_path_factory.mktemp("junit") / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-p", "grader.pytest_plugin"]
        command += [f"--junitxml={report}", f"--rootdir={folder}", "-W", "error"]
        if grade:
            command += ["--dlgrade"]
        if course is not None:
            command += [f"--dlgrade-course={course}"]
        done = subprocess.run(
            [*command, *arguments],
            cwd=folder,
            env={
                **kept,
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTEST_ADDOPTS": "",
                "PYTHONPATH": os.pathsep.join([str(Path(grader.__file__).parents[1]), str(folder)]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "COLUMNS": "100",
                "NO_COLOR": "1",
                "PYTHONIOENCODING": encoding,
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=110,
        )
        return Done(done.returncode, done.stdout + done.stderr, _tests(report))

    return run


def _tests(report: Path) -> dict[str, Test]:
    if not report.is_file():
        return {}
    return {case.attrib["name"]: _test(case) for case in ET.parse(report).iter("testcase")}


def _test(case: ET.Element) -> Test:
    properties = {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
    for outcome in ("failure", "error", "skipped"):
        found = case.find(outcome)
        if found is not None:
            return Test(outcome, found.attrib["message"], found.text or "", properties)
    return Test("passed", properties=properties)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A learner's folder with the right answer to the course of the tests, and a spy."""
    home = tmp_path / "home"
    (home / "exercises" / "arithmetic").mkdir(parents=True)
    (home / "exercises" / "arithmetic" / "double.py").write_text(RIGHT, encoding="utf-8")
    (home / "spy.py").write_text(SPY, encoding="utf-8")
    return home


@pytest.fixture
def answer(folder: Path) -> Path:
    """The learner's file."""
    return folder / "exercises" / "arithmetic" / "double.py"
