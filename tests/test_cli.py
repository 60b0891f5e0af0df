"""The command as a user meets it: what it prints, writes and returns."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from grader.cli import dlgrade
from grader.result import from_json, json_schema, to_json

ROOT = Path(__file__).parents[1]
FIXTURE = ROOT / "tests" / "fixtures" / "course"
SOLUTION = FIXTURE / "solutions"


def run(
    *words: str, cwd: Path, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, "-m", "grader", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**kept, "PYTHONPATH": str(ROOT), **(env or {})},
        **options,  # type: ignore[call-overload]
    )


def check(*words: str, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Grades against the small course."""
    return run("check", "--course", str(FIXTURE), *words, cwd=cwd, **options)  # type: ignore[arg-type]


@pytest.fixture
def learner(tmp_path: Path) -> Path:
    """A folder with a mirror in which one function is wrong."""
    folder = tmp_path / "exercises" / "arithmetic"
    folder.mkdir(parents=True)
    text = (SOLUTION / "arithmetic" / "double.py").read_text()
    (folder / "double.py").write_text(text.replace("return x * times", "return x * 1", 1))
    return tmp_path


def test_a_right_submission_passes(tmp_path: Path) -> None:
    """Exit code 0, a line, a report."""
    done = check(str(SOLUTION), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ double" in done.stdout
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html"]


def test_a_wrong_submission_fails_with_a_cause(learner: Path) -> None:
    """Exit code 1, and why; without a path, exercises/ is graded."""
    done = check("--no-html", cwd=learner)
    assert done.returncode == 1
    assert "cause: returns x as it is" in done.stdout
    assert "next:  dlgrade hint double" in done.stdout
    assert not (learner / "report.html").exists()
    assert "\x1b[" not in done.stdout


def test_the_record_follows_its_schema_and_repeats(learner: Path) -> None:
    """Two runs write the same bytes, durations aside; writers are functions of the record."""
    texts = []
    for name in ("one.json", "two.json"):
        check("--json", name, "--no-html", cwd=learner)
        data = (learner / name).read_bytes()
        jsonschema.validate(json.loads(data), json_schema())
        assert to_json(from_json(data)) == data
        texts.append(re.sub(rb'"duration_s": [\d.e-]+', b"", data))
    assert texts[0] == texts[1]


def test_seeds_change_the_inputs(learner: Path) -> None:
    """Another seed, other numbers, the same verdict."""
    seen = set()
    for seed in ("0", "1"):
        check("--json", "r.json", "--no-html", "--seed", seed, cwd=learner)
        record = from_json((learner / "r.json").read_bytes())
        evidence = record.exercises[0].cases[0].evidence
        assert evidence is not None
        assert evidence.worst is not None
        seen.add(evidence.worst.expected)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "nothing does not exist"),
        (["--only", "dobule"], "did you mean 'double'"),
        (["--seed", "x"], "neither a whole number nor secret"),
        (["-v", "-q"], "contradict each other"),
        (["--open", "--no-html"], "--open needs the report"),
        (["--seed", str(2**64)], "is too large; a seed has at most 64 bits"),
        (["--memory-limit", "much"], "is not a size"),
        (["--memory-limit", "99999999999G"], "is not a size"),
        (["--memory-limit", "0.001"], "is not a size"),
        (["--time-limit", "0"], "not in the range"),
        (["--time-limit", "nan"], "is not a time limit; 86400 seconds are a day"),
        (["--time-limit", "1e300"], "is not a time limit; 86400 seconds are a day"),
        (["--html", "nowhere/report.html"], "there is no folder"),
        (["--json", "exercises"], "is a folder"),
    ],
)
def test_wrong_usage(learner: Path, words: list[str], said: str) -> None:
    """Exit code 2 and a line that says what to do; nothing is written."""
    done = check(*words, cwd=learner)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert not (learner / "report.html").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [["--help"], ["check", "--course", str(FIXTURE), "--no-html"]])
def test_a_full_disk_is_no_fault_of_the_grader(learner: Path, words: list[str]) -> None:
    """What takes our output has no room: one line, and what to do."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "grader", *words],
            cwd=learner,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == (
        "dlgrade: No space left on device, so not all could be written; make room, or write "
        "elsewhere, and run the command again"
    )
    assert "Traceback" not in done.stderr


def test_no_exercises_here(tmp_path: Path) -> None:
    """Without a path there must be exercises."""
    done = check(cwd=tmp_path)
    assert done.returncode == 2
    assert "run: dlgrade init" in done.stderr


def test_a_wrong_course_is_the_graders_fault(learner: Path) -> None:
    """Exit code 3, and no points are lost for it."""
    broken = learner / "course"
    shutil.copytree(FIXTURE, broken)
    solution = broken / "solutions" / "arithmetic" / "double.py"
    solution.write_text(solution.read_text().replace("import torch", "import troch"))
    done = run("check", "--course", str(broken), "--json", "r.json", cwd=learner)
    assert done.returncode == 3
    record = from_json((learner / "r.json").read_bytes())
    assert (record.status, record.max_score) == ("grader_error", 0.0)
    assert "the course is wrong, not your work" in record.exercises[0].error.message  # type: ignore[union-attr]


def test_a_full_disk_leaves_the_old_report(tmp_path: Path) -> None:
    """A report that cannot be written whole is not written at all."""
    report = tmp_path / "report.html"
    report.write_text("old")
    script = (
        "import resource, pathlib, grader.files as files\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        f"files.write(pathlib.Path({str(report)!r}), b'x' * 5000)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "could not be written: File too large; nothing was changed" in done.stderr
    assert report.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_two_runs_at_once(learner: Path) -> None:
    """Two commands in one folder do not disturb each other."""
    command = [sys.executable, "-m", "grader", "check", "--course", str(FIXTURE)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen(command, cwd=learner, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    outputs = [process.communicate()[0] for process in both]
    assert outputs[0] == outputs[1]
    assert [process.returncode for process in both] == [1, 1]
    assert (learner / "report.html").read_text().rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour(learner: Path, environment: dict[str, str], coloured: bool) -> None:
    """NO_COLOR wins over FORCE_COLOR."""
    done = check("--no-html", cwd=learner, env=environment)
    assert ("\x1b[" in done.stdout) is coloured


def test_ascii_marks(learner: Path) -> None:
    """Where the encoding has no room for them, marks are plain."""
    done = check("--no-html", cwd=learner, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert done.stdout.isascii()


def test_the_fresh_pool_gives_the_same_verdict(learner: Path) -> None:
    """Platforms without fork grade alike."""
    outputs = [check("--no-html", "--pool", pool, cwd=learner).stdout for pool in ("fork", "fresh")]
    assert outputs[0] == outputs[1]


def test_init_never_overwrites(tmp_path: Path) -> None:
    """What is there stays; what is missing is copied."""
    assert run("init", cwd=tmp_path).returncode == 0
    mine = tmp_path / "exercises" / "normalization" / "layer_norm.py"
    mine.write_text("mine")
    done = run("init", cwd=tmp_path)
    assert "1 files copied" not in done.stdout
    assert "stay as they are" in done.stdout
    assert mine.read_text() == "mine"


def test_the_list_shows_order_and_prerequisites(tmp_path: Path) -> None:
    """Topics in their order, what they build on, functions where the file is named otherwise."""
    lines = run("list", cwd=tmp_path).stdout.splitlines()
    topics = [line for line in lines if not line.startswith(" ")][:-1]
    assert len(topics) == 8
    assert topics[0] == "1 optimization"
    assert topics[3] == "4 initialization   after optimization, backpropagation"
    assert lines[1].startswith("    gradient_descent  Gradient descent: ")
    assert any(line.strip() == "fans, xavier_uniform, xavier_normal" for line in lines)


def test_a_part_of_the_list(tmp_path: Path) -> None:
    """A topic or an exercise alone, at its place; a wrong name is said to be one."""
    lines = run("list", "layer_norm", cwd=tmp_path).stdout.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [
        ["2", "normalization"],
        ["layer_norm", "Layer"],
    ]
    assert len(lines) == 3
    done = run("list", "layer_nrom", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'layer_norm'" in done.stderr


def test_hints_come_in_steps(tmp_path: Path) -> None:
    """One at a time, and how to get the next where no progress is kept."""
    done = run("hint", "double", "--course", str(FIXTURE), cwd=tmp_path)
    assert done.stdout.splitlines() == [
        "How much is twice?",
        f"More: dlgrade hint double --step 2 --course {FIXTURE}",
    ]


def test_the_demo_recognises_mistakes(tmp_path: Path) -> None:
    """It ends well, names causes, and leaves files to mend."""
    done = run("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("cause:") >= 3
    assert "dlgrade check dlgrade-demo" in done.stdout
    again = run("check", "dlgrade-demo", "--no-html", cwd=tmp_path)
    assert again.returncode == 1
    assert again.stdout.count("cause:") == done.stdout.count("cause:")


def test_the_audit_refuses_a_weak_course(tmp_path: Path) -> None:
    """A mistake that its case does not catch, and a case that catches nothing, are named."""
    weak = tmp_path / "course"
    shutil.copytree(FIXTURE, weak)
    solution = weak / "solutions" / "arithmetic" / "double.py"
    text = solution.read_text()
    solution.write_text(
        text.replace("return x * 1\n", "return x * 2.0\n").replace(
            "return min(number, 2.0)", "return number"
        )
    )
    done = run("audit", "--course", str(weak), "--seeds", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "mistake once passes twice_as_much" in done.stderr
    assert "case others_come_back catches no mistake" in done.stderr
    assert "The course is not proved" in done.stderr


def test_the_audit_refuses_a_solved_stub(tmp_path: Path) -> None:
    """A stub that earns points would give the answer away."""
    weak = tmp_path / "course"
    shutil.copytree(FIXTURE, weak)
    stub = weak / "exercises" / "arithmetic" / "double.py"
    stub.write_text(stub.read_text().replace("raise NotImplementedError", "return x * times", 1))
    done = run("audit", "--course", str(weak), "--seeds", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "the stub, through both sides, is partial with 3 points" in done.stderr


def test_the_readme_shows_the_real_help() -> None:
    """README's text of `dlgrade check --help` is what the command prints."""
    readme = (ROOT / "README.md").read_text()
    shown = re.search(r"<!-- help check -->\n```\n(.*?)```", readme, re.S)
    assert shown is not None
    done = run("check", "--help", cwd=ROOT, env={"COLUMNS": "100"})
    assert shown[1] == done.stdout
    assert set(dlgrade.commands) <= set(re.findall(r"`dlgrade (\w+)", readme))


def test_a_quiz_is_graded_beside_the_code(tmp_path: Path) -> None:
    """A topic includes its quiz; a wrong file names line and cure."""
    assert run("init", cwd=tmp_path).returncode == 0
    quiz = tmp_path / "exercises" / "initialization" / "quiz.toml"
    untouched = run("check", "exercises", "--only", "initialization", "--no-html", cwd=tmp_path)
    assert (
        re.findall(r"^. (\S+) +not started$", untouched.stdout, re.M)[-1] == "initialization/quiz"
    )
    text = quiz.read_text()
    quiz.write_text(text.replace('answer = ""', 'answer = "d"', 1))
    done = run("check", str(quiz), "--json", "r.json", "--no-html", cwd=tmp_path)
    record = from_json((tmp_path / "r.json").read_bytes())
    assert (done.returncode, record.exercises, record.score) == (1, (), 1.0)
    jsonschema.validate(json.loads((tmp_path / "r.json").read_bytes()), json_schema())
    quiz.write_text(text.replace('answer = ""', "answer = d", 1))
    done = run("check", str(quiz), "--no-html", cwd=tmp_path)
    assert done.returncode == 1
    assert 'put the letter into quotation marks: "b"' in done.stdout
