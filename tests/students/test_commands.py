"""What students see, as instructors ask for it and learners meet it at every door."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

from grader.cli import dlgrade
from grader.cli.words import exit_code_of
from grader.result import from_json, json_schema

ROOT = Path(__file__).parents[2]

SECRET_RUN = ("--seed", "secret", "--record", "record.json", "--json", "seen.json")


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    return subprocess.run(
        [sys.executable, "-m", "grader", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
    )


@pytest.fixture
def desk(secretive: ModuleType, tmp_path: Path) -> Path:
    """A folder with the course, and what the attackers handed in."""
    secretive.write_course(tmp_path / "course", secretive.Secrets())
    secretive.write_submission(tmp_path / "exercises")
    return tmp_path


def check(*words: str, only: str = "prints", cwd: Path) -> subprocess.CompletedProcess[str]:
    """Grades one of the attackers."""
    return run("check", "--course", "course", "--only", only, *words, cwd=cwd)


def answer(desk: Path, spoilt: float = 0.0) -> None:
    """Hands in what is right, but for one number."""
    (desk / "exercises" / "secretive" / "prints.py").write_text(
        f"def scale(x, factor):\n    return (x * factor + 0.2953846) * ({spoilt} != x[0].item())\n"
    )


@pytest.mark.parametrize("verbosity", ["-v", "-q"])
def test_everything_that_a_run_leaves_is_safe(
    desk: Path, secretive: ModuleType, verbosity: str
) -> None:
    """Both streams, the page, the record; and no seed is in them, though it was a secret one."""
    done = check(verbosity, *SECRET_RUN, cwd=desk)
    assert done.returncode == 1, done.stderr
    whole = from_json((desk / "record.json").read_bytes())
    seed = whole.environment.seed
    assert seed is not None
    assert whole.environment.secret_seed
    seen = from_json((desk / "seen.json").read_bytes())
    texts = [done.stdout, done.stderr, *secretive.written(seen)]
    texts += [(desk / name).read_text() for name in ("report.html", "seen.json")]
    assert secretive.betrayed(iter(texts), secretive.Secrets()) == []
    for spelling in (str(seed), f"{seed:x}", str(seed + 1), str(seed - 1), "calls("):
        assert spelling not in "\n".join(texts)
    assert seen.environment.seed is None
    assert "kept by your instructor" in (desk / "report.html").read_text()
    assert f"seed={seed}" in whole.exercises[0].cases[0].reproduction


def test_each_secret_seed_is_another_one(desk: Path) -> None:
    """And the record with it is nobody's but its owner's."""
    seeds = set()
    for _ in range(2):
        check("--no-html", *SECRET_RUN, only="is_a_stub", cwd=desk)
        seeds.add(from_json((desk / "record.json").read_bytes()).environment.seed)
    assert len(seeds) == 2
    assert stat.S_IMODE((desk / "record.json").stat().st_mode) == 0o600
    jsonschema.validate(json.loads((desk / "seen.json").read_bytes()), json_schema())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seed", "secret"), "--seed secret needs check's --record FILE"),
        (("--seed", "hidden"), "'hidden' is neither a whole number nor secret"),
        (("--due", "tomorrow"), "'tomorrow' is not a time; write it like 2027-01-31"),
        (("--due", "2027-01-31", "--after-due"), "--due and --after-due contradict each other"),
        (("--record", "nowhere/record.json"), "there is no folder"),
    ],
)
def test_wrong_usage(desk: Path, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, before anything is graded."""
    done = check(*words, cwd=desk)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_what_is_withheld_neither_passes_nor_fails(desk: Path) -> None:
    """Before the due date it is out of every total and of the exit code; then it counts."""
    answer(desk, spoilt=0.7041398)
    before = check("--no-html", "--due", "2999-01-01", cwd=desk)
    assert before.returncode == 0
    assert "✓ prints   6 cases, 4 more points later" in before.stdout
    said = "All visible cases pass, the hidden ones too, 10 of 10 points.\n"
    assert f"{said}4 points are counted after the due date.\n" in before.stdout
    after = check("--no-html", "--due", "2020-01-01", cwd=desk)
    assert after.returncode == 1
    assert "10 of 14 points" in after.stdout
    assert "what is seen later" in after.stdout
    assert check("--no-html", "--after-due", cwd=desk).stdout == after.stdout


def test_hidden_cases_count(desk: Path) -> None:
    """All visible ones pass; that a hidden one fails is said, and is an exit code of 1."""
    answer(desk, spoilt=0.6192837)
    done = check("--no-html", cwd=desk)
    assert done.returncode == 1
    assert "All visible cases pass, 1 of 2 hidden ones not, 8 of 10 points." in done.stdout
    assert "a number that nobody sees" in done.stdout
    assert "this does not hold; what it is tried on is not shown" in done.stdout
    answer(desk)
    done = check("--no-html", cwd=desk)
    assert done.returncode == 0
    assert "All visible cases pass, the hidden ones too, 10 of 10 points." in done.stdout


@pytest.mark.parametrize("level", ["own_output", "property", "verdict"])
def test_feedback_has_an_upper_bound(desk: Path, level: str) -> None:
    """The case that everybody sees tells no more than the level, whatever its author says."""
    done = check("--no-html", "-v", "--feedback", level, "--json", "seen.json", cwd=desk)
    seen = from_json((desk / "seen.json").read_bytes()).exercises[0]
    case = seen.cases[0]
    assert "1.2953846" not in (desk / "seen.json").read_text()
    assert "expected" not in done.stdout.replace("what is expected is not shown", "")
    assert (case.title == "case 1") is (level == "verdict")
    assert (seen.output is not None) is (level == "own_output")
    assert (case.evidence is not None) is (level == "own_output")
    assert seen.hints == ()


def test_a_record_is_shown_again(desk: Path, secretive: ModuleType) -> None:
    """Whole to the instructor, as a page too; as students may see it, before the due date or after.

    Nothing is graded: the exercises may be gone.
    """
    graded = check("--no-html", *SECRET_RUN, cwd=desk)
    (desk / "exercises").rename(desk / "gone")
    whole = run("report", "record.json", "-v", "--html", "whole.html", cwd=desk)
    assert whole.returncode == 0
    assert "a title of its own" in whole.stdout
    assert "0.8264917" in (desk / "whole.html").read_text()
    students = run("report", "record.json", "--students", "--no-html", cwd=desk)
    assert students.stdout == graded.stdout.replace(" Report: report.html#prints", "")
    after = run("report", "record.json", "--students", "--after-due", "-v", "--no-html", cwd=desk)
    texts = iter([after.stdout])
    assert "what is seen later" in after.stdout
    assert secretive.betrayed(texts, secretive.Secrets(), without=("after_due",)) == []


def test_a_report_carries_its_record(desk: Path) -> None:
    """A page is as good as the record that it was made of."""
    check("--no-html", *SECRET_RUN, cwd=desk)
    run("report", "record.json", "--html", "whole.html", cwd=desk)
    for words in ([], ["--students"]):
        options = [*words, "-v", "--no-html"]
        by_page = run("report", "whole.html", *options, cwd=desk)
        assert by_page.returncode == 0
        assert by_page.stdout == run("report", "record.json", *options, cwd=desk).stdout


def test_what_is_no_record_is_refused(desk: Path) -> None:
    """A line that says what was expected."""
    (desk / "record.json").write_text("{}")
    done = run("report", "record.json", cwd=desk)
    assert done.returncode == 2
    assert "record.json is no record of check --record or --json, and no report" in done.stderr
    (desk / "page.html").write_text('<p id="page:record">H4sIAAAA</script>')
    done = run("report", "page.html", cwd=desk)
    assert done.returncode == 2
    assert "the record in it is damaged" in done.stderr
    done = run("report", "gone.json", cwd=desk)
    assert done.returncode == 2
    assert "gone.json cannot be read: No such file or directory" in done.stderr
    done = run("report", "record.json", "--after-due", cwd=desk)
    assert "give --students with it" in done.stderr


def test_explain_and_completion_know_what_students_know(
    desk: Path,
    secretive: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Names without titles where these are not told, and nothing of how a closed case is judged."""
    monkeypatch.chdir(desk)

    def explain(what: str) -> tuple[int, str, str]:
        words = ["explain", what, "--course", "course"]
        code = exit_code_of(lambda: dlgrade.main(words, prog_name="dlgrade", standalone_mode=False))
        return code, *capsys.readouterr()

    said = [explain("prints")[1]]
    assert "case_4\n" in said[0]
    for case in ("case_4", "case_6", "unseen", "held", "own", "later"):
        _, told_of, _ = explain(f"prints/{case}")
        assert "How is not shown to students." in told_of
        said.append(told_of)
    for word in ("unsaid", "untitled"):
        code, _, error = explain(f"prints/{word}")
        assert code == 2
        said.append(error.replace(repr(word), ""))
    from grader.course import find
    from grader.declared import declared, told

    entry = find(desk / "course").select(["prints"])[0]
    assert [case.name for case in told(entry)] == [
        "seen", "own", "unseen", "case_4", "held", "case_6", "later",
    ]  # fmt: skip
    said += [f"{case.name} {case.title}" for case in declared(entry)]
    found = secretive.betrayed(iter(said), secretive.Secrets())
    assert found == []
    assert "unsaid" not in "\n".join(said)
    assert "untitled" not in "\n".join(said)


def test_inputs_are_not_reproduced(desk: Path) -> None:
    """`grader.reproduce` gives those of the open case, and others to who asks as an instructor."""
    from grader.errors import UsageError
    from grader.reproduce import calls

    assert len(calls("prints", "seen", course=desk / "course")) == 1
    for case in ("unseen", "untitled", "later", "own"):
        with pytest.raises(UsageError, match="there are seen"):
            calls("prints", case, course=desk / "course")
    (call,) = calls("prints", "unseen", course=desk / "course", closed=True)
    assert call["x"][0].item() == 0.6192837


def test_progress_remembers_what_students_see(desk: Path) -> None:
    """Hints for a mistake that only closed cases recognise would tell it."""
    (desk / "exercises" / ".dlgrade.json").write_text('{"schema": "dlgrade/progress/v1"}')
    check("--no-html", "--record", "record.json", only="is_mistaken", cwd=desk)
    whole = from_json((desk / "record.json").read_bytes()).exercises[0]
    assert [c.name for c in whole.cases if c.diagnosis] == ["unseen", "unsaid", "untitled", "later"]
    assert "bounded" not in (desk / "exercises" / ".dlgrade.json").read_text()
    assert "is_mistaken" in (desk / "exercises" / ".dlgrade.json").read_text()


def test_what_authors_print_stays_with_them(desk: Path) -> None:
    """A builder that prints its inputs, a reference that warns with its own line."""
    author = desk / "course" / "solutions" / "secretive" / "prints.py"
    text = author.read_text().replace(
        "def given(number):", "def given(number):\n    print('INPUT', number)"
    )
    author.write_text(
        text.replace(
            "    return x * factor +",
            "    import warnings\n    warnings.warn('WARNED')\n    return x * factor +",
            1,
        )
    )
    done = check("--no-html", cwd=desk)
    assert done.returncode == 1
    assert "INPUT" not in done.stdout + done.stderr
    assert "WARN" not in done.stdout + done.stderr


def test_a_wrong_course_does_not_tell_either(desk: Path) -> None:
    """The fault of a closed case names its seed and may quote its inputs: the record has it."""
    author = desk / "course" / "solutions" / "secretive" / "prints.py"
    author.write_text(
        author.read_text().replace(
            "    return given(0.6192837)", "    raise ValueError('INPUT 0.6192837')"
        )
    )
    done = check("--no-html", "--record", "record.json", cwd=desk)
    assert done.returncode == 3
    assert "your instructor can see why" in done.stdout
    assert "INPUT" not in done.stdout + done.stderr
    assert "INPUT 0.6192837" in (desk / "record.json").read_text()


def test_pytest_shows_what_students_see(desk: Path, secretive: ModuleType) -> None:
    """The tests have the names that students know; what is withheld is skipped."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--dlgrade"),
            *("--dlgrade-course", "course", "exercises/secretive/prints.py"),
        ],
        cwd=desk,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
    )
    text = done.stdout + done.stderr
    assert "case_4" in text
    assert "counted after the due date" in text
    assert secretive.betrayed(iter([text]), secretive.Secrets()) == []
    assert "untitled" not in text
