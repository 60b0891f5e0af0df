"""Tab: what a shell is offered, in real shells where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.completing import SHELLS
from grader.course import find

ROOT = Path(__file__).parents[1]
FIXTURE = ROOT / "tests" / "fixtures" / "course"


def ask(typed: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """What bash's script asks when Tab is pressed at the end of a line."""
    words = typed.split(" ")
    asked = {"_DLGRADE_COMPLETE": "bash_complete", "COMP_WORDS": typed}
    kept = {name: value for name, value in os.environ.items() if name != "DLGRADE_COURSE"}
    return subprocess.run(
        [sys.executable, "-m", "grader"],
        env={**kept, "PYTHONPATH": str(ROOT), **asked, "COMP_CWORD": str(len(words) - 1)}
        | (environment or {}),
        capture_output=True,
        text=True,
    )


def offered(typed: str) -> list[str]:
    """The words that come back."""
    done = ask(typed)
    assert (done.returncode, done.stderr) == (0, "")
    return [line.removeprefix("plain,") for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("dlgrade re", ["review", "reset", "regrade", "report"]),
        ("dlgrade hint layer", ["layer_norm"]),
        ("dlgrade hint normalization/", ["normalization/batch_norm", "normalization/layer_norm"]),
        ("dlgrade list norm", ["normalization"]),
        ("dlgrade list batch_norm batch", []),
        ("dlgrade quiz gen", ["generation"]),
        ("dlgrade reset generation/q", ["generation/quiz"]),
        ("dlgrade solution generation", ["generation/quiz"]),
        ("dlgrade check --only layer", ["layer_norm"]),
        ("dlgrade audit --only layer", ["layer_norm"]),
        ("dlgrade check --isolation s", ["strict"]),
        ("dlgrade hint --mo", ["--more"]),
        ("dlgrade completion ", list(SHELLS)),
        (
            "dlgrade explain layer_norm/gradients",
            ["layer_norm/gradients_flow_through_the_statistics"],
        ),
        (f"dlgrade hint --course {FIXTURE} d", ["double"]),
        (
            f"dlgrade explain --course {FIXTURE} arithmetic/double/tw",
            ["arithmetic/double/twice_as_much"],
        ),
        ("dlgrade hint 'dec", ["decay"]),
        ("dlgrade check ex", ["file,ex"]),
        ("dlgrade init ex", ["dir,ex"]),
    ],
)
def test_what_is_offered(typed: str, words: list[str]) -> None:
    """Names where a name is meant, the shell's own files where a path is."""
    assert offered(typed) == words


def test_a_name_in_full_is_followed_by_its_cases() -> None:
    """Who types on after Tab sees what there is to explain."""
    words = offered("dlgrade explain layer_norm")
    assert words[0] == "layer_norm"
    assert len(words) > 5
    assert all(word.startswith("layer_norm/") for word in words[1:])


@pytest.mark.parametrize(
    "typed",
    [
        "dlgrade hint --course /nowhere d",
        "dlgrade explain no_such/",
        "dlgrade nothing here",
        "dlgrade explain \x1b[31m",
        f"dlgrade hint {'x' * 100_000}",
    ],
)
def test_nothing_is_offered_without_a_word(typed: str) -> None:
    """Whatever is wrong: the line that is being typed stays as it is."""
    done = ask(typed)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_a_broken_course_is_no_reason_to_speak(tmp_path: Path) -> None:
    """An author's file that Python cannot read offers no cases, and its name all the same."""
    course = tmp_path / "course"
    shutil.copytree(FIXTURE, course)
    (course / "solutions" / "arithmetic" / "double.py").write_text("def (")
    done = ask("dlgrade explain double/", {"DLGRADE_COURSE": str(course)})
    assert (done.stdout.strip(), done.stderr) == ("", "")
    done = ask("dlgrade explain dou", {"DLGRADE_COURSE": str(course)})
    assert done.stdout == "plain,double\n"


def test_the_home_folder_is_put_in(tmp_path: Path) -> None:
    """A shell hands over ~ as it was typed."""
    shutil.copytree(FIXTURE, tmp_path / "course")
    done = ask("dlgrade hint --course ~/course d", {"HOME": str(tmp_path)})
    assert done.stdout == "plain,double\n"


@pytest.mark.parametrize("wanted", ["bash_complete", "nonsense", "bash_nonsense", "_"])
def test_a_question_that_makes_no_sense(wanted: str) -> None:
    """No traceback: an old script, or none, asked."""
    done = subprocess.run(
        [sys.executable, "-m", "grader"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "_DLGRADE_COMPLETE": wanted},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (1, "", "")


def test_tab_waits_for_nothing_heavy() -> None:
    """Neither torch nor what reads quizzes and draws pictures is imported."""
    script = (
        "import os, sys\n"
        "from grader.cli import dlgrade\n"
        "from grader.cli.completing import answer\n"
        "os.environ.update(COMP_WORDS='dlgrade explain layer_norm/', COMP_CWORD='2')\n"
        "assert answer(dlgrade, 'bash_complete') == 0\n"
        "heavy = {'torch', 'numpy', 'matplotlib', 'jinja2', 'rich', 'grader.quiz', 'pytest'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "plain,layer_norm/" in done.stdout
    assert done.stdout.endswith("heavy: []\n")


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A shell's environment with `dlgrade` in it, and each shell's script beside it."""
    tools = tmp_path / "tools"
    tools.mkdir()
    command = tools / "dlgrade"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grader "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name != "DLGRADE_COURSE"}
    yield {
        **kept,
        "PATH": f"{tools}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "TERM": "xterm",
        "PS1": "ready> ",
        "LC_ALL": "C.UTF-8",
    }


def script_of(shell: str, environment: dict[str, str]) -> Path:
    """The script as a user would keep it; skips where there is no such shell."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = Path(environment["HOME"]) / f"dlgrade.{shell}"
    done = subprocess.run(
        ["dlgrade", "completion", shell], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    path.write_text(done.stdout)
    return path


def test_tab_in_bash(environment: dict[str, str]) -> None:
    """A key press completes a name, and an installation by its path completes as well."""
    pexpect = pytest.importorskip("pexpect")
    script = script_of("bash", environment)
    path = shutil.which("dlgrade", path=environment["PATH"])
    child = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile"],
        env=environment,
        encoding="utf-8",
        timeout=30,
        dimensions=(24, 250),  # a line that is wrapped is broken by escape sequences
    )
    try:
        child.expect("ready> ")
        child.sendline(f"bind 'set enable-bracketed-paste off'; . {script}; echo sour''ced")
        child.expect("sourced")
        child.send("echo; dlgrade hint layer_n\t")
        child.expect("layer_norm ")
        child.send(f"\x15{path} quiz gener\t")
        child.expect("generation ")
    finally:
        child.close(force=True)


def test_tab_in_zsh(environment: dict[str, str]) -> None:
    """A key press completes a name."""
    pexpect = pytest.importorskip("pexpect")
    script = script_of("zsh", environment)
    child = pexpect.spawn("zsh", ["-f"], env=environment, encoding="utf-8", timeout=30)
    try:
        child.expect("ready> ")
        child.sendline(f"autoload -Uz compinit; compinit -u -D; . {script}; echo sour''ced")
        child.expect("sourced")
        child.expect("ready> ")
        child.send("dlgrade hint layer_n\t")
        child.expect("layer_norm")
    finally:
        child.close(force=True)


def test_tab_in_fish(environment: dict[str, str]) -> None:
    """Fish says what it would offer, with the title beside the name."""
    script = script_of("fish", environment)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source {script}; complete -C 'dlgrade hint layer_n'"],
        env=environment,
        capture_output=True,
        text=True,
    )
    name, _, title = done.stdout.strip().partition("\t")
    assert name == "layer_norm"
    assert title.startswith("Layer normalisation")


def test_sentences_beside_names_are_whole() -> None:
    """Shells that show them cut them to the screen; nothing is cut before."""
    asked = {"_DLGRADE_COMPLETE": "zsh_complete"}
    assert ask("dlgrade rev", asked).stdout.splitlines()[2] == (
        "Answer again what is due today, before you forget it."
    )
    titles = ask("dlgrade hint ", asked).stdout.splitlines()[2::3]
    assert len(titles) == len(find().entries)
    assert not any("…" in title or "..." in title for title in titles)
