"""What an editor asks for first and often: which tests there are, and where."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course import find
from grader.declared import declared

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "course"
BESIDE = "def test_of_the_learners_own():\n    assert True\n"

IDS = [
    f"exercises/arithmetic/double.py::{name}"
    for name in (
        "twice_as_much",
        "gradients_double_too",
        "an_order_from_the_generator",
        "negatives_are_refused",
        "others_come_back",
    )
]

WORST = {
    "empty": b"",
    "a_syntax_error": b"def double(x, times=2.0)\n    return x\n",
    "no_utf8": b"# caf\xe9\ndef double(x): pass\n",
    "null_bytes": b"def double(x):\0 pass\n",
    "another_encoding": b"\xff\xfed\x00e\x00f\x00",
    "right_to_left": "# \u202e\ndef double(x): pass\n".encode(),
    "deeply_nested": b"x = " + b"(" * 100_000 + b"\n",
    "a_million_characters": b"x = 1\n" * 170_000,
    "one_long_line": b"#" * 999_999,
}


def test_every_case_is_a_test(run: Callable[..., Any], folder: Path) -> None:
    """Ids are those of files and cases, in the author's order."""
    done = run(folder, "--collect-only", "-q", "exercises")
    assert done.code == 0
    assert done.ids == IDS


def test_collecting_needs_no_torch(run: Callable[..., Any], folder: Path) -> None:
    """The whole bundled course is collected without torch, numpy and matplotlib."""
    shutil.copytree(find().exercises, folder / "bundled")
    done = run(folder, "--collect-only", "-q", "-p", "spy", "bundled", course=None)
    assert "heavy: []" in done.text
    asked = {
        f"bundled/{entry.topic}/{entry.stub.name}::{each.name}"
        for entry in find().whole
        for each in declared(entry)
    }
    assert len(asked) > 200
    assert asked == set(done.ids)


def test_a_run_leaves_torch_to_the_grader(run: Callable[..., Any], folder: Path) -> None:
    """The process that an editor watches stays light even when it grades."""
    done = run(folder, "-p", "spy", "exercises")
    assert done.code == 0
    assert "heavy: []" in done.text


def test_a_test_leads_to_the_function(run: Callable[..., Any], folder: Path, answer: Path) -> None:
    """The line is that of the function in the learner's file, the last one of that name."""
    source = answer.read_text(encoding="utf-8")
    answer.write_text("def positive(number): ...\n" + source + "double = abs\n", encoding="utf-8")
    done = run(folder, "--collect-only", "-p", "spy", "exercises")
    lines = answer.read_text(encoding="utf-8").splitlines()
    assert lines[12] == "def positive(number):"
    assert lines[16] == "double = abs"
    assert f"<<{IDS[3]} double.py:12 double: a negative number is refused>>" in done.text
    assert f"<<{IDS[0]} double.py:16 double: the answer is twice as much>>" in done.text


def test_a_question_leads_to_its_place(run: Callable[..., Any], folder: Path) -> None:
    """Questions are tests too, wherever the learner moved them."""
    place = folder / "exercises" / "optimization"
    place.mkdir()
    shutil.copy(find().exercises / "optimization" / "quiz.toml", place)
    done = run(folder, "--collect-only", "-p", "spy", "exercises", course=None)
    lines = (place / "quiz.toml").read_text(encoding="utf-8").splitlines()
    line = lines.index('id = "noise_of_the_estimate"')
    assert f"quiz.toml::noise_of_the_estimate quiz.toml:{line} optimization/quiz: " in done.text


def test_ids_stay_whatever_a_file_holds(run: Callable[..., Any], folder: Path) -> None:
    """Tests must not vanish from an editor while somebody types."""
    for place, source in WORST.items():
        (folder / "worst" / place).mkdir(parents=True)
        (folder / "worst" / place / "double.py").write_bytes(source)
    done = run(folder, "--collect-only", "-q", "worst")
    names = [each.partition("::")[2] for each in IDS]
    assert done.ids == [f"worst/{place}/double.py::{n}" for place in sorted(WORST) for n in names]


def test_ids_stay_where_a_file_cannot_be_read(
    run: Callable[..., Any], folder: Path, answer: Path
) -> None:
    """A link is not followed, and its tests are there to say so."""
    answer.rename(folder / "elsewhere.py")
    answer.symlink_to(folder / "elsewhere.py")
    done = run(folder, "exercises")
    assert list(done.outcomes.values()) == ["failure"] * 5
    assert "the file is a link; put the file itself there" in done.text


def test_other_files_are_left_to_pytest(run: Callable[..., Any], folder: Path) -> None:
    """A learner's own tests run beside ours, and other files are nobody's."""
    (folder / "exercises" / "arithmetic" / "test_own.py").write_text(BESIDE, encoding="utf-8")
    (folder / "exercises" / "arithmetic" / "notes.py").write_text("1 / 0", encoding="utf-8")
    done = run(folder, "exercises")
    assert done.code == 0
    assert done.outcomes["test_of_the_learners_own"] == "passed"
    assert len(done.tests) == 6


@pytest.mark.parametrize(
    "arguments",
    [
        ["exercises/arithmetic/double.py"],
        ["-o", "python_files=*.py", "exercises"],
        ["--doctest-modules", "exercises"],
        [IDS[3]],
    ],
    ids=["named", "by pattern", "doctests", "by id"],
)
def test_pytest_imports_nothing_of_the_learners(
    run: Callable[..., Any], folder: Path, answer: Path, arguments: list[str]
) -> None:
    """Neither the file nor the packages it lies in, however it is asked for."""
    mark = folder / "mark"
    trap = f"import sys\nif '_pytest' in sys.modules:\n    open({str(mark)!r}, 'w').close()\n"
    packages = folder / "exercises", answer.parent
    for package in packages:
        (package / "__init__.py").write_text(trap, encoding="utf-8")
    answer.write_text(trap + answer.read_text(encoding="utf-8"), encoding="utf-8")
    done = run(folder, *arguments)
    assert set(done.outcomes.values()) == {"passed"}
    assert done.code == 0
    assert not mark.exists()


def test_without_the_option_nothing_is_graded(run: Callable[..., Any], folder: Path) -> None:
    """A run that does not ask for grading is as if dlgrade were not there."""
    (folder / "test_own.py").write_text(BESIDE, encoding="utf-8")
    done = run(folder, "-p", "spy", ".", course=None, grade=False)
    assert done.outcomes == {"test_of_the_learners_own": "passed"}
    assert "dlgrade" not in done.text


@pytest.mark.parametrize("given", ["--dlgrade-seed=3", "--dlgrade-isolation=strict"])
def test_an_option_that_does_nothing_is_refused(
    run: Callable[..., Any], folder: Path, given: str
) -> None:
    """Whoever says how to grade, but not to grade, is told."""
    done = run(folder, given, course=None, grade=False)
    assert done.code == pytest.ExitCode.USAGE_ERROR
    option = given.partition("=")[0]
    assert f"{option} does nothing without --dlgrade; give both, or neither" in done.text


def test_a_folder_that_is_no_course_is_refused(run: Callable[..., Any], folder: Path) -> None:
    """The message is that of the command."""
    done = run(folder, "exercises", course=folder)
    assert done.code == pytest.ExitCode.USAGE_ERROR
    assert f"{folder} is not a course: it has no folder solutions/" in done.text


def test_the_header_says_what_is_graded(run: Callable[..., Any], folder: Path) -> None:
    """The course and the seed stand at the top."""
    done = run(folder, "--collect-only", "--dlgrade-seed=7", "exercises")
    assert f"the course in {FIXTURE}, seed 7" in done.text


def test_the_plugin_brings_nothing_with_it() -> None:
    """Every run of pytest in the environment imports it, so it is two modules and no more."""
    script = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import grader.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "['grader', 'grader.pytest_plugin']\n"


def test_pytest_finds_the_plugin() -> None:
    """The package names it where pytest looks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"dlgrade": "grader.pytest_plugin"}
