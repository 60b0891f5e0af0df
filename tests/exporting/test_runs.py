"""What is exported does its work, as far as that can be seen without the places it is for.

`python`, `pip` and `dlgrade` are stood in for: an environment is a folder, what pip is told is
written down, and dlgrade is this checkout. All else runs as it does there.
"""

from __future__ import annotations

import http.server
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from grader.course import find
from grader.exporting import TARGETS, deliver, pack, required

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "course"
SOLUTION = (FIXTURE / "solutions" / "arithmetic" / "double.py").read_text()
RIGHT = SOLUTION.partition("exercise = Exercise(")[0].replace(
    "from grader import Exercise, Inputs", ""
)
WRONG = RIGHT.replace("return x * times", "return x * 1", 1)
SECRET = "ghs_0123456789"
POINTS = 7.0

# Tells of each file whether it could be read, in the one way a learner always has: it raises.
READS = '''"""Looks for what it should not see."""
import os

def look(path):
    try:
        seen = os.listdir(path) if os.path.isdir(path) else open(path).read()
        return f"REACHED {seen}"
    except OSError as error:
        return "held"

def double(x, times=2.0):
    raise RuntimeError("; ".join(look(path) for path in PATHS) + f"; TOKEN {dict(os.environ)}")

def shuffled(x, generator):
    return x

def positive(number):
    return number
'''

DLGRADE = f"""#!/usr/bin/env bash
PYTHONPATH={ROOT} exec {sys.executable} -m grader "$@"
"""
PYTHON = f"""#!/usr/bin/env bash
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin" && cp "$(dirname "$0")"/* "$3/bin/" ;;
  "-m pip") shift 2; echo "$PWD: $*" >> "$PIP_LOG" ;;
  *) exec {sys.executable} "$@" ;;
esac
"""


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    """A folder for PATH."""
    folder = tmp_path / "stand-ins"
    folder.mkdir()
    names = ("python", "python3", "python3.11", "python3.12", "python3.13")
    for name, text in [("dlgrade", DLGRADE), *((name, PYTHON) for name in names)]:
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def environment(tmp_path: Path, stand_ins: Path) -> dict[str, str]:
    """What a job has: the stand-ins, and secrets that no student's code may see."""
    return {
        "PATH": f"{stand_ins}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PIP_LOG": str(tmp_path / "pip.log"),
        "GITHUB_TOKEN": SECRET,
        "DLGRADE_NOTE_TOKEN": SECRET,
        "DLGRADE_ISOLATION": "auto",
    }


def exported(name: str, out: Path, course: Path = FIXTURE) -> Path:
    """An export of the small course, unpacked."""
    target = TARGETS[name]
    files = pack(target, find(course), required(), own=True)
    if target.is_archive:
        deliver(target, files, out.with_suffix(".zip"))
        subprocess.run(
            [sys.executable, "-m", "zipfile", "-e", out.with_suffix(".zip"), out], check=True
        )
    else:
        deliver(target, files, out)
    return out


def hand_in(folder: Path, text: str, *paths: Path) -> Path:
    """A submission, told where to look."""
    folder.mkdir(parents=True, exist_ok=True)
    text = text.replace("PATHS", repr([str(path) for path in paths]))
    (folder / "double.py").write_text(text)
    return folder


def shell(text: str, cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A step as runners run it."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
    )


# GitHub


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A learner's repository with the workflow in it."""
    folder = exported("github", tmp_path / "repository")
    hand_in(folder / "exercises" / "arithmetic", WRONG)
    return folder


@pytest.fixture
def action(
    repository: Path, tmp_path: Path, environment: dict[str, str]
) -> Callable[[], dict[str, subprocess.CompletedProcess[str]]]:
    """Runs the action's own steps: name → what came of it."""

    def run() -> dict[str, subprocess.CompletedProcess[str]]:
        place = repository / ".github" / "actions" / "dlgrade"
        given = {
            **environment,
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "GITHUB_ACTION_PATH": str(place),
            "GITHUB_WORKSPACE": str(repository),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        }
        described = YAML(typ="safe").load(place / "action.yml")
        defaults = {
            f"${{{{ inputs.{name} }}}}": each["default"]
            for name, each in described["inputs"].items()
        }
        steps = [step for step in described["runs"]["steps"] if "run" in step]
        return {
            step["name"]: shell(
                step["run"],
                repository,
                given | {name: defaults[text] for name, text in step.get("env", {}).items()},
            )
            for step in steps
        }

    return run


def test_the_action_annotates_and_keeps_the_report(
    action: Callable[[], Any], repository: Path, tmp_path: Path
) -> None:
    """The line is right, pip sees the pins from the kit's folder, and both files are there."""
    steps = action()
    assert steps["Install dlgrade"].returncode == 0
    kit = repository / ".github" / "actions" / "dlgrade"
    log = (tmp_path / "pip.log").read_text()
    assert log.startswith(f"{kit}: install --quiet")
    assert log.endswith("--constraint constraints.txt --requirement requirements.txt\n")
    grade = steps["Grade"]
    assert grade.returncode == 1
    line = WRONG.splitlines().index("    return x * 1") + 1
    assert f"::error file=exercises/arithmetic/double.py,line={line}," in grade.stdout
    assert "double" in (tmp_path / "summary.md").read_text()
    names = sorted(path.name for path in (tmp_path / "temp" / "dlgrade-report").iterdir())
    assert names == ["junit.xml", "report.html"]


def test_a_students_code_sees_no_token_and_gives_no_command(
    action: Callable[[], Any], repository: Path, tmp_path: Path
) -> None:
    """Neither in its environment nor in files that its job has; what it prints is only shown."""
    solutions = repository / ".github" / "actions" / "dlgrade" / "course" / "solutions"
    hostile = READS.replace("def look", 'print("::error::forged")\n\ndef look', 1)
    hand_in(
        repository / "exercises" / "arithmetic",
        hostile,
        solutions / "arithmetic" / "double.py",
        tmp_path / "summary.md",
        Path(f"/proc/{os.getpid()}/environ"),
    )
    (tmp_path / "summary.md").write_text("")
    said = action()["Grade"].stdout
    assert "TOKEN" in said
    written = [path.read_text() for path in (tmp_path / "temp" / "dlgrade-report").iterdir()]
    for text in (said, (tmp_path / "summary.md").read_text(), *written):
        assert SECRET not in text
        assert "REACHED" not in text.replace('"REACHED', "")  # its own source is shown
    commands = said.partition("::stop-commands::")[2]
    token, _, rest = commands.partition("\n")
    outside = rest.partition(f"::{token}::")[2]
    assert outside.count("::error") == 1
    assert "::error::forged" not in outside


# GitLab


def test_the_job_of_gitlab_leaves_what_it_says(tmp_path: Path, environment: dict[str, str]) -> None:
    """Each artifact that the job names is there after its script."""
    folder = exported("gitlab", tmp_path / "repository")
    hand_in(folder / "exercises" / "arithmetic", WRONG)
    job = YAML(typ="safe").load(folder / ".gitlab-ci.yml")["dlgrade"]
    given = environment | {"CI_PROJECT_DIR": str(folder), "GRADED": job["variables"]["GRADED"]}
    done = [shell(text, folder, given) for text in (*job["before_script"], *job["script"])]
    assert [each.returncode for each in done] == [0, 1]
    assert (tmp_path / "pip.log").read_text().startswith(f"{folder}/.gitlab/dlgrade: install")
    artifacts = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    assert [name for name in artifacts if not (folder / name).is_file()] == []


class GitLab(http.server.BaseHTTPRequestHandler):
    """As much of GitLab's API as a note needs."""

    notes: list[dict[str, Any]]
    asked: list[tuple[str, str, str | None]]

    def do_GET(self) -> None:
        """Says who asks, or which notes there are."""
        self._answer(200, {"id": 7} if self.path.endswith("/user") else self.notes)

    def do_POST(self) -> None:
        """Takes a note."""
        self._answer(201, {})

    do_PUT = do_POST

    def _answer(self, code: int, record: object) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        text = json.loads(body)["body"] if body else None
        assert self.headers["PRIVATE-TOKEN"] == SECRET
        self.asked.append((self.command, self.path.partition("?")[0], text))
        data = json.dumps(record).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def gitlab() -> Iterator[http.server.HTTPServer]:
    """A server of our own."""
    GitLab.notes, GitLab.asked = [], []
    with http.server.HTTPServer(("127.0.0.1", 0), GitLab) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_note_is_written_once_and_then_renewed(
    gitlab: http.server.HTTPServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Our own note, found by its first line; one that somebody else began so is left alone."""
    folder = exported("gitlab", tmp_path / "repository")
    (folder / "dlgrade-note.md").write_text("<!-- dlgrade -->\n\nwell done\n")
    job = YAML(typ="safe").load(folder / ".gitlab-ci.yml")["dlgrade-note"]
    given = environment | {
        "CI_API_V4_URL": f"http://127.0.0.1:{gitlab.server_port}/api/v4",
        "CI_MERGE_REQUEST_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "3",
        "NO_PROXY": "*",
    }
    forged = {"id": 1, "author": {"id": 6}, "body": "<!-- dlgrade -->\nforged"}
    notes = "/api/v4/projects/5/merge_requests/3/notes"
    for there, method, path in [
        ([forged], "POST", notes),
        ([forged, forged | {"id": 9, "author": {"id": 7}}], "PUT", f"{notes}/9"),
    ]:
        GitLab.notes = there
        done = shell(job["script"][0], folder, given)
        assert (done.returncode, done.stderr) == (0, "")
        assert GitLab.asked[-1] == (method, path, "<!-- dlgrade -->\n\nwell done\n")


# Gradescope


@pytest.fixture
def autograder(tmp_path: Path, stand_ins: Path) -> Path:
    """What Gradescope calls /autograder, with an environment in place."""
    root = tmp_path / "autograder"
    root.mkdir()
    exported("gradescope", root / "source")
    (root / "results").mkdir()
    (root / "submission_metadata.json").write_text("{}")
    shutil.copytree(stand_ins, tmp_path / "venv" / "bin")
    return root


def at_gradescope(root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Where its scripts look."""
    venv_ = str(root.parent / "venv")
    return {**environment, "AUTOGRADER_ROOT": str(root), "DLGRADE_VENV": venv_}


def graded(root: Path, environment: Mapping[str, str]) -> tuple[int, dict[str, Any] | None]:
    """Runs run_autograder: exit code, results.json."""
    done = subprocess.run(
        ["bash", str(root / "source" / "run_autograder")],
        cwd=root,
        env=at_gradescope(root, environment),
        capture_output=True,
        text=True,
    )
    path = root / "results" / "results.json"
    return done.returncode, json.loads(path.read_bytes()) if path.exists() else None


def points(record: Mapping[str, Any] | None) -> tuple[float, float]:
    """What a student has there, and could have."""
    assert record is not None
    scored = [test for test in record["tests"] if "score" in test]
    return sum(t["score"] for t in scored), sum(t["max_score"] for t in scored)


def test_gradescope_installs_and_proves_itself(
    autograder: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """setup.sh makes an environment, and ends well only if the course can be graded with."""
    given = at_gradescope(autograder, environment) | {"DLGRADE_VENV": str(tmp_path / "made")}
    setup = ["bash", str(autograder / "source" / "setup.sh")]
    done = subprocess.run(setup, env=given, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    log = (tmp_path / "pip.log").read_text()
    assert log.startswith(f"{autograder}/source: install --no-cache-dir")
    assert (autograder / "source" / "course").stat().st_mode & 0o077 == 0
    (autograder / "source" / "course" / "solutions" / "arithmetic" / "double.py").write_text("(")
    done = subprocess.run(setup, env=given, capture_output=True, text=True)
    assert done.returncode != 0


@pytest.mark.parametrize(("text", "score"), [(RIGHT, POINTS), (WRONG, None), ("(", 0.0)])
def test_gradescope_has_points(
    text: str, score: float | None, autograder: Path, environment: dict[str, str]
) -> None:
    """All of them, some, none; out of the same number."""
    hand_in(autograder / "submission", text)
    code, record = graded(autograder, environment)
    found, most = points(record)
    assert (code, most) == (0, POINTS)
    assert found == score if score is not None else 0 < found < POINTS


def test_gradescope_counts_what_is_not_handed_in(
    autograder: Path, environment: dict[str, str]
) -> None:
    """A file with another name costs its points; it is not a failed autograder."""
    (autograder / "submission").mkdir()
    (autograder / "submission" / "essay.txt").write_text("hello")
    code, record = graded(autograder, environment)
    assert (code, points(record)) == (0, (0.0, POINTS))


def test_gradescope_withholds_what_is_not_due_by_itself(
    autograder: Path, environment: dict[str, str]
) -> None:
    """The points are in its file from the start, so that nobody has to be graded again."""
    rules = '[cases."*/twice_as_much"]\nvisibility = "after_due"\n'
    (autograder / "source" / "course" / "solutions" / "course.toml").write_text(rules)
    hand_in(autograder / "submission", RIGHT)
    _, record = graded(autograder, environment)
    assert record is not None
    assert points(record) == (POINTS, POINTS)
    assert [test["visibility"] for test in record["tests"]].count("after_due_date") == 1
    assert f"{POINTS:g} of {POINTS:g}" not in record["output"]


@pytest.mark.skipif(os.geteuid() != 0, reason="Gradescope runs as root; this is not root")
def test_gradescope_keeps_the_solutions_from_a_submission(
    autograder: Path, environment: dict[str, str]
) -> None:
    """Nor can it read its results or its metadata, by their names or through a link."""
    solution = autograder / "source" / "course" / "solutions" / "arithmetic" / "double.py"
    metadata = autograder / "submission_metadata.json"
    folder = autograder / "submission"
    looked = (solution, solution.parent, autograder / "results" / "results.json", metadata, folder)
    hand_in(folder, READS, *looked, Path("/proc/self/../1/environ"))
    (folder / "twice.py").symlink_to(solution)
    code, record = graded(autograder, environment)
    assert code == 0
    text = json.dumps(record)
    assert "held; held; held; held; held; held; TOKEN" in text
    assert "REACHED" not in text
    assert SECRET not in text
    # A link in the place of the file is no way in either.
    (folder / "double.py").unlink()
    (folder / "double.py").symlink_to(solution)
    assert points(graded(autograder, environment)[1]) == (0.0, POINTS)


def test_a_killed_autograder_leaves_a_valid_file(
    autograder: Path, environment: dict[str, str]
) -> None:
    """As soon as there is one."""
    hand_in(autograder / "submission", "while True:\n    pass\n")
    path = autograder / "results" / "results.json"
    process = subprocess.Popen(
        ["bash", str(autograder / "source" / "run_autograder")],
        env=at_gradescope(autograder, environment),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not path.exists() and process.poll() is None:
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert points(json.loads(path.read_bytes())) == (0.0, POINTS)


def test_a_fault_of_the_grader_leaves_no_zero(
    autograder: Path, environment: dict[str, str]
) -> None:
    """Gradescope reports a failed autograder then; a file of an earlier run does not stay."""
    hand_in(autograder / "submission", RIGHT)
    (autograder / "results" / "results.json").write_text('{"score": 0}')
    (autograder / "source" / "course" / "solutions" / "arithmetic" / "double.py").write_text("(")
    assert graded(autograder, environment) == (3, None)


# PrairieLearn


def test_prairielearn_grades(tmp_path: Path, environment: dict[str, str]) -> None:
    """A score, a text that cannot be read, and a fault of the grader, which uses up no attempt."""
    question = exported("prairielearn", tmp_path / "question")
    root = tmp_path / "grade"
    given = environment | {"GRADE_ROOT": str(root)}

    def result(text: str, *paths: Path) -> dict[str, Any]:
        shutil.rmtree(root, ignore_errors=True)
        hand_in(root / "student", text, *paths)
        shutil.copytree(question / "tests", root / "tests")
        if text == RIGHT + "\n":
            (root / "tests" / "course" / "solutions" / "arithmetic" / "double.py").write_text("(")
        done = subprocess.run(["bash", str(question / "image" / "grade")], env=given)
        assert done.returncode in (0, 1)
        record: dict[str, Any] = json.loads((root / "results" / "results.json").read_bytes())
        return record

    assert result(RIGHT)["score"] == 1.0
    assert 0 < result(WRONG)["score"] < 1
    assert result("(")["gradable"] is False
    failed = result(RIGHT + "\n")
    assert failed["gradable"] is False
    assert "no fault of yours" in failed["format_errors"]
    solutions = root / "tests" / "course" / "solutions" / "arithmetic"
    text = json.dumps(result(READS, solutions / "double.py", solutions, root / "results"))
    assert "held; held; held" in text
    assert "REACHED" not in text


# Classroom 50


@pytest.fixture
def classroom(tmp_path: Path, stand_ins: Path, environment: dict[str, str]) -> dict[str, str]:
    """A runner's environment in which dlgrade is installed already."""
    shutil.copytree(stand_ins, tmp_path / "temp" / "dlgrade" / "bin")
    names = ("CLASSROOM", "ASSIGNMENT", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL")
    return environment | {
        **{name: name.lower() for name in names},
        "SUBMISSION_TAG": "submit/2027-01-01T00-00-00Z-abc",
        "RUNNER_TEMP": str(tmp_path / "temp"),
    }


@pytest.mark.parametrize(("text", "score"), [(RIGHT, POINTS), ("(", 0)])
def test_classroom50_ends_well_whatever_the_score(
    text: str, score: int, tmp_path: Path, classroom: dict[str, str]
) -> None:
    """With the two files that it reads, and the report."""
    bundle = exported("classroom50", tmp_path / "bundle")
    checkout = tmp_path / "checkout"
    hand_in(checkout / "exercises" / "arithmetic", text)
    command = [sys.executable, str(bundle / "autograder.py")]
    done = subprocess.run(command, cwd=checkout, env=classroom, capture_output=True, text=True)
    assert done.returncode == 0
    record = json.loads((checkout / "result.json").read_bytes())
    assert (record["score"], record["max-score"]) == (score, POINTS)
    assert (checkout / "release-body.md").read_text()
    assert (checkout / "dlgrade-report.html").is_file()


def test_classroom50_says_when_the_grading_failed(
    tmp_path: Path, classroom: dict[str, str]
) -> None:
    """Its runner then leaves the release as it was, whatever has been written."""
    bundle = exported("classroom50", tmp_path / "bundle")
    (bundle / "course" / "solutions" / "arithmetic" / "double.py").write_text("(")
    hand_in(tmp_path / "checkout" / "exercises" / "arithmetic", RIGHT)
    command = [sys.executable, str(bundle / "autograder.py")]
    done = subprocess.run(command, cwd=tmp_path / "checkout", env=classroom, capture_output=True)
    assert done.returncode == 3


def test_classroom50_installs_with_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, into an environment of its own, seen from the bundle's folder."""
    bundle = exported("classroom50", tmp_path / "bundle")
    spec = importlib.util.spec_from_file_location("autograder", bundle / "autograder.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    calls: list[tuple[list[str], Path]] = []
    monkeypatch.setattr(venv, "create", lambda folder, with_pip: folder.mkdir())
    monkeypatch.setattr(
        subprocess, "run", lambda words, cwd, check: calls.append((words, cwd)) if check else None
    )
    programs = module.install(tmp_path / "new")
    ((words, cwd),) = calls
    assert cwd == bundle
    assert words[0] == str(programs / "python")
    assert words[-4:] == ["--constraint", "constraints.txt", "--requirement", "requirements.txt"]
