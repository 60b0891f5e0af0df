"""The command on what people really hand in: archives, notebooks, and what lies beside the code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIXTURE = ROOT / "tests" / "fixtures" / "course"
RIGHT = FIXTURE / "solutions" / "arithmetic" / "double.py"


def check(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Grades against the small course."""
    command = [sys.executable, "-m", "grader", "check", "--course", str(FIXTURE), "--no-html"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*command, *words], cwd=cwd, capture_output=True, text=True, env=environment
    )


def test_nothing_beside_the_exercise_runs(tmp_path: Path) -> None:
    """Files that other tools import, run or obey, beside the exercise and above it."""
    canary = tmp_path / "canary"
    evil = f"open({str(canary)!r}, 'a').write(__file__)\n"
    names = ("torch", "numpy", "json", "click", "msgspec", "sitecustomize", "usercustomize")
    topic = tmp_path / "work" / "arithmetic"
    topic.mkdir(parents=True)
    for folder in (topic, topic.parent):
        for name in (*names, "conftest", "__init__", "setup", "runner", "_supplied"):
            (folder / f"{name}.py").write_text(evil)
        (folder / "evil.pth").write_text(f"import os; {evil}")
        (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p evil'\n")
        (folder / "torch").mkdir()
        (folder / "torch" / "__init__.py").write_text(evil)
    (topic / "double.py").write_bytes(RIGHT.read_bytes())
    for cwd, path in ((topic, "double.py"), (topic.parent, "."), (tmp_path, "work")):
        for pool in ("fork", "fresh"):
            done = check(path, "--pool", pool, cwd=cwd)
            assert (done.returncode, done.stderr) == (0, "")
            assert "✓ double" in done.stdout
    assert not canary.exists()


def test_an_archive_is_graded_like_a_folder(tmp_path: Path) -> None:
    """A right file passes; what a report calls a file can be typed again."""
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hw/arithmetic/double.py", RIGHT.read_bytes())
    done = check("work.zip", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["work.zip"]
    wrong = RIGHT.read_text().replace("return x * times", "return x * 1", 1)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hw/arithmetic/double.py", wrong)
    done = check("work.zip", cwd=tmp_path)
    assert done.returncode == 1
    assert "cause: returns x as it is" in done.stdout
    assert "work.zip/hw/arithmetic/double.py:" in done.stdout
    assert check("work.zip/hw/arithmetic/double.py", cwd=tmp_path).stdout == done.stdout


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("work.zip", b"hello", "work.zip cannot be graded: it is no zip and no tar archive"),
        ("work.rar", b"Rar!", "work.rar is packed in a way that is not read"),
        ("work.ipynb", b"{}", "work.ipynb: this is not a notebook that Jupyter wrote"),
        ("missing.zip", None, "missing.zip does not exist"),
    ],
)
def test_what_cannot_be_graded_at_all(
    tmp_path: Path, name: str, data: bytes | None, said: str
) -> None:
    """Exit code 2, one line."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    done = check(name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"dlgrade: {said}")
    assert done.stderr.count("\n") == 1


def test_a_refused_file_is_an_error_of_its_exercise(tmp_path: Path) -> None:
    """Exit code 1, and the reason on the screen."""
    os.symlink(RIGHT, tmp_path / "double.py")
    done = check("double.py", "--json", "r.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "the file is a link; put the file itself there" in done.stdout
    record = json.loads((tmp_path / "r.json").read_bytes())
    assert record["exercises"][0]["error"]["kind"] == "file_unreadable"
