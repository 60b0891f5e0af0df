"""``--format`` as a CI meets it: what is written where, and what a learner's text cannot do."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from click.shell_completion import ShellComplete

from grader.cli import dlgrade
from grader.course import find
from grader.result import Environment, from_json, result_of
from grader.submission import collect
from grader.unfinished import UNFINISHED, Unfinished
from grader.writers import terminal
from grader.writers.checks import checks
from grader.writers.formats import FORMATS

ROOT = Path(__file__).parents[1]
FIXTURE = ROOT / "tests" / "fixtures" / "course"
SOLUTION = FIXTURE / "solutions" / "arithmetic" / "double.py"
OURS = ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "CI_PROJECT_DIR", "NO_COLOR", "FORCE_COLOR")


def check(
    *words: str, cwd: Path, course: Path = FIXTURE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Grades exercises/ against a course, without a report."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    command = [sys.executable, "-m", "grader", "check", "--course", str(course), "--no-html"]
    return subprocess.run(
        [*command, *words],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.fixture
def learner(tmp_path: Path) -> Path:
    """A folder with a mirror in which one function is wrong, on line 8."""
    folder = tmp_path / "exercises" / "arithmetic"
    folder.mkdir(parents=True)
    text = SOLUTION.read_text().partition("exercise = Exercise(")[0]
    (folder / "double.py").write_text(text.replace("return x * times", "return x * 1", 1))
    return tmp_path


def line_of(file: Path, text: str) -> int:
    """The number of the line that holds a text."""
    return file.read_text().splitlines().index(text) + 1


def test_several_formats_at_once(learner: Path) -> None:
    """Each goes to its own file or the one that is named; the verdict is printed as ever."""
    done = check(
        "--format", "junit", "--format", "csv=points.csv", "--format", "markdown", cwd=learner
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == check(cwd=learner).stdout
    assert sorted(path.name for path in learner.iterdir()) == [
        "exercises",
        "junit.xml",
        "points.csv",
        "result.md",
    ]
    suite = ET.parse(learner / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert suite.get("name") == "arithmetic/double"
    assert (learner / "points.csv").read_bytes().startswith(b"\xef\xbb\xbftopic,exercise,")
    assert (learner / "result.md").read_text().startswith("# double: partly right, ")


def test_a_format_on_standard_output_is_alone_there(learner: Path) -> None:
    """A programme reads it; people read the verdict on standard error."""
    done = check("--format", "csv=-", cwd=learner)

    rows = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))
    assert {row["exercise"] for row in rows} == {"double"}
    assert "cause: returns x as it is" in done.stderr
    assert done.returncode == 1


def test_json_is_what_the_option_json_writes(learner: Path) -> None:
    """Two names for one thing."""
    check("--format", "json", "--json", "record.json", cwd=learner)

    assert (learner / "result.json").read_bytes() == (learner / "record.json").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "junt"], "'junt' is not a format; there are junit, junit-lines, github"),
        (["--format", "junit="], "name a file after junit=, or - for standard output"),
        (["--format", "junit=exercises"], "exercises is a folder; name a file"),
        (["--format", "junit=a/b.xml"], "there is no folder"),
        (["--format", "junit=/dev/null"], "/dev/null is not an ordinary file"),
        (["--format", "junit", "--json", "junit.xml"], "two outputs would be written to junit.xml"),
        (["--format", "junit", "--format", "junit"], "two outputs would be written to junit.xml"),
        (
            ["--format", "github", "--format", "csv=/dev/stdout"],
            "github and csv cannot share standard output; write --format NAME=FILE",
        ),
    ],
)
def test_wrong_usage(learner: Path, words: list[str], said: str) -> None:
    """Exit code 2, before any work is done; nothing is written."""
    done = check(*words, cwd=learner)

    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert [path.name for path in learner.iterdir()] == ["exercises"]


def test_a_full_disk_is_said(learner: Path) -> None:
    """The grader's own trouble: exit code 3, and the file that was there stays."""
    (learner / "junit.xml").write_text("old")
    # The first thing that is written is the format; from then on the disk is full.
    script = (
        "import resource, sys\n"
        "from grader import files\n"
        "from grader.cli import main\n"
        "make = files.tempfile.mkstemp\n"
        "def full(**where):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "    return make(**where)\n"
        "files.tempfile.mkstemp = full\n"
        f"sys.argv = ['dlgrade', 'check', '--course', {str(FIXTURE)!r}, '--no-html']\n"
        "sys.argv += ['--format', 'junit']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=learner,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert "junit.xml could not be written: File too large; nothing was changed" in done.stderr
    assert done.returncode == 3
    assert (learner / "junit.xml").read_text() == "old"


# GitHub.


def test_the_annotation_is_on_the_line_that_is_wrong(learner: Path) -> None:
    """Named from the top of the repository, also where the step runs in a folder of it."""
    file = learner / "exercises" / "arithmetic" / "double.py"
    done = check("--format", "github", cwd=learner / "exercises", GITHUB_WORKSPACE=str(learner))

    line = line_of(file, "    return x * 1")
    annotation = done.stdout.splitlines()[-2]
    wanted = (
        f"::error file=exercises/arithmetic/double.py,line={line},title=double%3A 4 of 7 points::"
    )
    assert annotation.startswith(wanted), annotation
    assert "%0A  cause: returns x as it is" in annotation
    assert done.stdout.splitlines()[-1].startswith("::notice title=dlgrade::double: partly right")


def test_an_exception_is_annotated_where_it_was_raised(learner: Path) -> None:
    """Not where the function begins."""
    file = learner / "exercises" / "arithmetic" / "double.py"
    text = file.read_text().replace("return x * 1", "y = x\n    z = y[99, 99]\n    return z")
    file.write_text(text)
    done = check("--format", "github", cwd=learner)

    line = line_of(file, "    z = y[99, 99]")
    assert f"::error file=exercises/arithmetic/double.py,line={line},title=" in done.stdout


def test_a_syntax_error_is_annotated_where_it_is(learner: Path) -> None:
    """In a file that cannot be run at all."""
    file = learner / "exercises" / "arithmetic" / "double.py"
    file.write_text("import torch\n\n\ndef double(x, times=2.0):\n    return x * (\n")
    done = check("--format", "github", cwd=learner)

    assert "::error file=exercises/arithmetic/double.py,line=5,title=double" in done.stdout
    assert "::syntax error%0A" in done.stdout


def test_everything_but_annotations_is_guarded(learner: Path) -> None:
    """A learner who prints and raises workflow commands gets them shown, never obeyed."""
    file = learner / "exercises" / "arithmetic" / "double.py"
    hostile = (
        "print('::error::printed')\n    print('\\n::add-mask::x')\n"
        "    raise ValueError('\\n::warning::raised%0A::error::again\\r\\n##[error]old')"
    )
    file.write_text(file.read_text().replace("return x * 1", hostile))
    done = check("--format", "github", "-v", cwd=learner)
    lines = done.stdout.splitlines()

    match = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])
    assert match is not None
    end = lines.index(f"::{match[1]}::")
    assert any(line.strip().startswith("::error::printed") for line in lines[1:end])
    assert [line.partition(" ")[0] for line in lines[end + 1 :]] == ["::error", "::notice"]
    assert "%250A::error::again" in lines[end + 1]
    assert done.stderr == ""
    again = check("--format", "github", cwd=learner).stdout.splitlines()[0]
    assert again != lines[0]


def test_after_an_error_nothing_is_a_command(learner: Path) -> None:
    """What is said of it may name files of the learner's."""
    done = check("::error::x", "--format", "github", cwd=learner)

    assert done.returncode == 2
    assert re.fullmatch(r"::stop-commands::[0-9a-f]{32}\n", done.stdout)


def test_the_summary_of_the_step_is_appended(learner: Path) -> None:
    """What the step wrote before stays; where it cannot be written, the verdict is as good."""
    summary = learner / "summary.md"
    summary.write_text("before")
    check("--format", "github", cwd=learner, GITHUB_STEP_SUMMARY=str(summary))
    lost = check("--format", "github", cwd=learner, GITHUB_STEP_SUMMARY=str(learner / "no" / "x"))

    assert summary.read_text().startswith("before\n# double: partly right, ")
    assert "$GITHUB_STEP_SUMMARY could not be written to: No such file" in lost.stderr
    assert lost.returncode == 1
    assert lost.stdout.splitlines()[-1].startswith("::notice ")


# What grows.


def partial(course: Path, folder: Path, environment: Environment) -> Unfinished:
    """A submission that nobody has judged yet."""
    return Unfinished(collect(find(course), [folder / "exercises"]), environment)


def test_what_is_unfinished_has_the_totals_of_a_grading_that_ended(learner: Path) -> None:
    """Nothing earned of what it is worth; then what is finished counts, and the whole is whole."""
    check("--json", "record.json", cwd=learner)
    done = from_json((learner / "record.json").read_bytes())
    unfinished = partial(FIXTURE, learner, done.environment)
    before = unfinished.result()

    assert (before.score, before.max_score, before.status) == (0, done.max_score, "failed")
    every = checks(before.exercises[0])
    assert [check.name for check in every] == [case.name for case in done.exercises[0].cases]
    assert {check.outcome for check in every} == {"error"}
    assert {check.message for check in every} == {UNFINISHED.message}
    assert "the grading was stopped before it came to this" in terminal.render(before)
    unfinished.finish(done.exercises[0])
    assert unfinished.result() == result_of(done.environment, done.exercises, done.quizzes)


def test_a_quiz_is_unfinished_as_an_exercise_is(tmp_path: Path, sample: ModuleType) -> None:
    """Its questions are open, and it has the points of all of them."""
    submission = collect(find(), [tmp_path], ["normalization/quiz"])
    (quiz,) = Unfinished(submission, sample.environment()).result().quizzes

    assert quiz.error == UNFINISHED
    assert (quiz.score, quiz.max_score) == (0, sum(q.max_score for q in quiz.questions))
    assert {question.status for question in quiz.questions} == {"open"}
    assert not any(question.options or question.reasons for question in quiz.questions)


def test_a_wrong_exercise_is_worth_nothing_while_it_is_open(
    learner: Path, sample: ModuleType
) -> None:
    """As it will be when its turn comes: that is the course's fault."""
    course = learner / "course"
    shutil.copytree(FIXTURE, course)
    solution = course / "solutions" / "arithmetic" / "double.py"
    solution.write_text(solution.read_text().replace("import torch", "import troch"))
    before = partial(course, learner, sample.environment()).result()

    assert (before.max_score, before.exercises[0].cases) == (0, ())


GROWS = """
import sys
from grader.cli import main
from grader.result import to_json
from grader.writers import formats

growing = formats.Format(
    name="growing", file="growing.json", summary="tests", grows=True,
    render=lambda result, _: to_json(result).decode(),
)
formats.FORMATS = {**formats.FORMATS, "growing": growing}
sys.argv = ["dlgrade", "check", *sys.argv[1:]]
main()
"""


@pytest.fixture
def two(learner: Path) -> Path:
    """A course of two exercises, and a learner whose second file does not come to an end."""
    text = SOLUTION.read_text()
    for side in ("exercises", "solutions"):
        folder = learner / "course" / side / "arithmetic"
        folder.mkdir(parents=True)
        stub = (FIXTURE / side / "arithmetic" / "double.py").read_text()
        (folder / "double.py").write_text(stub)
        (folder / "twice.py").write_text(stub)
    wrong = text.partition("exercise = Exercise(")[0]
    (learner / "exercises" / "arithmetic" / "twice.py").write_text(f"while True: pass\n{wrong}")
    return learner


def test_a_kill_leaves_a_valid_file(two: Path) -> None:
    """With what was finished until then, out of the points of all."""
    words = ["--course", "course", "--no-html", "--jobs", "1", "--time-limit", "60"]
    process = subprocess.Popen(
        [sys.executable, "-c", GROWS, *words, "--format", "growing"],
        cwd=two,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    file, seen = two / "growing.json", None
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end and (seen is None or seen.score == 0):
            assert process.poll() is None
            seen = from_json(file.read_bytes()) if file.exists() else None
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    left = from_json(file.read_bytes())

    first, second = left.exercises
    assert first.status == "partial"
    assert second.error == UNFINISHED
    assert left.score == first.score > 0
    assert left.max_score == 2 * first.max_score == 2 * second.max_score


def test_at_the_end_the_file_is_the_record(two: Path) -> None:
    """Nothing of the open ones is left in it."""
    words = ["--course", "course", "--no-html", "--time-limit", "1", "--json", "record.json"]
    done = subprocess.run(
        [sys.executable, "-c", GROWS, *words, "--format", "growing"],
        cwd=two,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == 1, done.stderr
    assert (two / "growing.json").read_bytes() == (two / "record.json").read_bytes()


# What is said about them.


def test_the_help_lists_the_formats(tmp_path: Path) -> None:
    """All of them, by the names that the option takes."""
    text = " ".join(check("--help", cwd=tmp_path).stdout.replace("-\n", "-").split())

    listed = re.search(r"Write the result for others: (.*?)\. A FILE", text)
    assert listed is not None
    assert listed[1].replace("- ", "-").split(", ") == list(FORMATS)


def test_tab_completes_the_formats() -> None:
    """By their names, with who reads them."""
    found = ShellComplete(dlgrade, {}, "dlgrade", "_DLGRADE").get_completions(
        ["check", "--format"], "junit"
    )

    assert [item.value for item in found] == ["junit", "junit-lines"]
    assert all(item.help for item in found)


def test_readme_lists_the_formats() -> None:
    """The table has every format with its readers and its file."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("<!-- formats -->\n")[2].partition("\n\n")[0].splitlines()

    assert table[2:] == [
        f"| `{each.name}` | {each.summary} | "
        + ("standard output" if each.file == "-" else f"`{each.file}`")
        + " |"
        for each in FORMATS.values()
    ]
