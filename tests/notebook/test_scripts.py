"""`check` outside of notebooks: in a script, at a prompt, in a file that is being graded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"
ROOT = Path(__file__).parents[2]

DOUBLE = "def double(x, times=2.0):\n    return x {} times\n"
CHECK = f"from grader import check\nprint(check(double, course={str(FIXTURE)!r}))\n"


def python(*arguments: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Runs this Python in a folder, with this checkout's package."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    run = "import runpy; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, *arguments]
    if not stdin:
        command = [sys.executable, "-c", start + run, *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, input=stdin, timeout=100
    )


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Where a learner writes."""
    return tmp_path / "mine.py"


def test_a_script_grades_itself(script: Path) -> None:
    """Without running again what it does, and with its own lines; no process is left to wait on."""
    acts = "import torch\nwith open('trace', 'a') as trace:\n    trace.write('x')\n\n"
    script.write_text(acts + DOUBLE.format("+") + CHECK)
    done = python("mine.py", cwd=script.parent)
    assert done.stderr == ""
    assert done.stdout.startswith("✗ double")
    assert "mine.py:5" in done.stdout
    assert (script.parent / "trace").read_text() == "x"


def test_decorators_and_helpers_of_a_script_come_along(script: Path) -> None:
    """They stand where they stood."""
    deco = "def deco(f):\n    return f\n\nK = 2.0; print('noise')\n\n@deco\n"
    script.write_text(deco + DOUBLE.format("*").replace("2.0", "K") + CHECK)
    done = python("mine.py", cwd=script.parent)
    assert done.stderr == ""
    assert "✓ double" in done.stdout


def test_a_prompt_keeps_no_source(tmp_path: Path) -> None:
    """That is said, with what can be done about it."""
    told = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    done = python("-", cwd=tmp_path, stdin=told + DOUBLE.format("*") + CHECK)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "Python keeps no source of double; write it into a file, or work in Jupyter or IPython"
    )


def test_a_graded_file_cannot_check_itself(script: Path) -> None:
    """`dlgrade check` runs the file as a whole, and the call is at fault."""
    from grader.course import find
    from grader.judge import grade
    from grader.pool import create
    from grader.submission import collect

    work = script.with_name("double.py")
    work.write_text(DOUBLE.format("*") + CHECK)
    with create("auto", 1) as pool:
        from grader.settings import Settings

        (record,) = grade(collect(find(FIXTURE), [work]), pool, Settings()).exercises
    assert record.error is not None
    assert "put the call below if __name__ == '__main__':" in record.error.message


def test_importing_check_is_light() -> None:
    """Neither torch nor IPython is imported by the door."""
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from grader import check\n"
        "print(sorted({'torch', 'numpy', 'matplotlib', 'IPython'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
