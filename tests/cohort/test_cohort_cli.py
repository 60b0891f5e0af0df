"""A class as an instructor meets it: what is graded, kept, written, said and returned."""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.cli import dlgrade
from grader.cli.classroom import Asked, opened
from grader.cli.counting import Counter
from grader.cli.options import Drawn
from grader.cli.words import exit_code_of
from grader.cohort.local import LocalEngine
from grader.cohort.store import FILE, Store, unpacked
from grader.writers.html import record_of

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "course"
RIGHT = (FIXTURE / "solutions" / "arithmetic" / "double.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("return x * times", "return x * 1", 1)
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def hand_in(folder: Path, who: str, text: str) -> None:
    """Somebody hands in a file."""
    file = folder / who / "arithmetic" / "double.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small course."""
    return shutil.copytree(FIXTURE, tmp_path_factory.mktemp("courses") / "small")


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """What five students handed in: two the same, one nothing that can be graded."""
    folder = tmp_path / "handed-in"
    hand_in(folder, "ann", RIGHT)
    hand_in(folder, "ben", WRONG)
    hand_in(folder, "cleo", RIGHT)
    hand_in(folder, "dan", f"# my own\n{WRONG}")
    (folder / "eve").mkdir()
    (folder / "eve" / "poem.txt").write_text("O learning rate", encoding="utf-8")
    return folder


def run(*words: str | Path) -> int:
    """The exit code of a command, in this process."""
    arguments = [str(word) for word in words]
    return exit_code_of(lambda: dlgrade.main(arguments, "dlgrade", standalone_mode=False))


def cohort(handed_in: Path, out: Path, course: Path, *words: str | Path) -> int:
    """Grades a class with two judges."""
    return run("cohort", handed_in, "--out", out, "--course", course, "--jobs", "2", *words)


def rows(out: Path) -> dict[str, dict[str, str]]:
    """The gradebook by the ids of students."""
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def number_of_verdicts(out: Path) -> int:
    """How many the store holds, under all conditions."""
    connection = sqlite3.connect(out / FILE)
    (number,) = connection.execute("SELECT count(*) FROM verdict").fetchone()
    connection.close()
    return int(number)


def test_a_class_is_graded(
    handed_in: Path, tmp_path: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gradebook, class page, a report each, and what is worth knowing on the terminal."""
    out = tmp_path / "new" / "graded"
    assert cohort(handed_in, out, course) == 0
    graded = rows(out)
    assert {who: graded[who]["score"] for who in ("ann", "ben", "cleo", "dan")} == {
        "ann": "7",
        "ben": "4",
        "cleo": "7",
        "dan": "4",
    }
    assert "eve" in graded
    assert number_of_verdicts(out) == 3  # ann and cleo handed in the same
    assert sorted(page.name for page in (out / "reports").iterdir()) == [
        "ann.html",
        "ben.html",
        "cleo.html",
        "dan.html",
    ]
    assert (out / "class.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    said = capsys.readouterr()
    assert "Grading: 3 of 3" in said.err
    assert "Writing reports: 4 of 4" in said.err
    words = " ".join(said.out.split())
    assert "median 5.5 of 7 points" in words
    assert "hardest arithmetic/double: the answer is twice as much (2 of 4 pass)" in words
    assert "usual mistake arithmetic/double: returns x as it is (2 students)" in words
    assert str(out / "gradebook.csv") in said.out
    assert "eve" in said.out


def test_a_report_names_nobody_else(handed_in: Path, tmp_path: Path, course: Path) -> None:
    """Those who hand in the same get the same page, and it names neither."""
    assert cohort(handed_in, tmp_path / "out", course) == 0
    page = (tmp_path / "out" / "reports" / "cleo.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "out" / "reports" / "ann.html").read_text(encoding="utf-8")
    result = record_of(page)
    assert result.exercises[0].file == "submission/arithmetic/double.py"
    assert not re.search(r"\b(ann|cleo)\b", page)


def test_a_class_is_not_graded_over_another(
    handed_in: Path, tmp_path: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --resume nothing is touched; with it, only what is new is graded."""
    out = tmp_path / "out"
    assert cohort(handed_in, out, course) == 0
    before = (out / "gradebook.csv").read_bytes()
    capsys.readouterr()
    assert cohort(handed_in, out, course) == 2
    assert "holds a class already; go on with it by adding --resume" in capsys.readouterr().err
    hand_in(handed_in, "fay", f"# new\n{RIGHT}")
    shutil.rmtree(handed_in / "ben")
    (out / "reports" / "ann.html").unlink()
    assert run("cohort", handed_in, "--out", out, "--resume", "--jobs", "1") == 0
    said = capsys.readouterr().err
    assert "Grading: 1 of 1" in said
    assert "Writing reports: 2 of 2" in said  # fay's, and ann's, which was gone
    assert "1 that was here is not in" in said
    graded = rows(out)
    assert graded["fay"]["score"] == "7"
    assert "ben" not in graded
    hand_in(handed_in, "ben", WRONG)
    shutil.rmtree(handed_in / "fay")
    assert run("cohort", handed_in, "--out", out, "--resume") == 0
    assert "Grading" not in capsys.readouterr().err
    assert (out / "gradebook.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--seed", "7"), "--seed was 0"),
        (("--seed", "secret"), "--seed was 0"),
        (("--time-limit", "3"), "--time-limit was 10"),
        (("--memory-limit", "1G"), "--memory-limit was 2048M"),
        (("--isolation", "off"), "--isolation was auto"),
        (("--only", "double"), "--only was everything"),
    ],
)
def test_what_changes_verdicts_is_refused(
    tmp_path: Path,
    course: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    why: str,
) -> None:
    """Half of a class is never graded otherwise than the other; it says how to see what changes."""
    handed_in, out = tmp_path / "nobody", tmp_path / "out"
    (handed_in / "ann").mkdir(parents=True)
    assert cohort(handed_in, out, course) == 0
    capsys.readouterr()
    assert cohort(handed_in, out, course, "--resume", *words) == 2
    said = capsys.readouterr().err
    assert f"was graded otherwise: {why}" in said
    asked = " ".join(words).replace("1G", "1024M")
    assert f"dlgrade regrade {out} --diff {asked} --course {course}; or" in said


def test_the_command_that_does_it_asks_for_the_same(
    handed_in: Path, tmp_path: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `--diff` has shown is what the command that it names does."""
    out = tmp_path / "out"
    assert cohort(handed_in, out, course) == 0
    asked = ("--only", "double", "--seed", "7", "--time-limit", "9.5", "--bubblewrap")
    assert run("regrade", out, "--diff", *asked[:-1]) == 0
    said = capsys.readouterr().out
    assert f"To do it: dlgrade regrade {out} {' '.join(asked[:-1])}\n" in said
    assert run("regrade", out, *asked[:-1]) == 0
    assert "Grading" not in capsys.readouterr().err
    everything = Asked(
        directory=None,
        only=("double",),
        seed=Drawn(7),
        time_limit=9.5,
        memory_limit=None,
        isolation=None,
        bubblewrap=True,
        jobs=2,
        engine="local",
    )
    assert everything.words() == asked


def test_what_nobody_was_set_is_told_before_it_is_graded(
    handed_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A class that was set one exercise of two; not where rules or options say so."""
    course = shutil.copytree(FIXTURE, tmp_path / "course")
    for side in ("exercises", "solutions"):
        folder = course / side / "arithmetic"
        shutil.copyfile(folder / "double.py", folder / "twice.py")
    out = tmp_path / "out"
    assert cohort(handed_in, out, course) == 0
    told, _, rest = capsys.readouterr().err.partition("Grading")
    assert "nobody handed in 1 of the 2 exercises and quizzes that count." in told
    command = f"dlgrade regrade {out} --only arithmetic/double --course {course}"
    assert f"stop this, and grade what was: {command}\n" in told
    assert rest
    assert run(*command.split()[1:]) == 0
    assert rows(out)["ann"]["max"] == "7"
    assert cohort(handed_in, tmp_path / "double", course, "--only", "double") == 0
    (tmp_path / "rules.toml").write_text('count = ["arithmetic/double"]')
    assert cohort(handed_in, tmp_path / "r", course, "--rules", tmp_path / "rules.toml") == 0
    hand_in(handed_in, "gus", "raise")
    (handed_in / "gus" / "arithmetic" / "double.py").rename(
        handed_in / "gus" / "arithmetic" / "twice.py"
    )
    assert cohort(handed_in, tmp_path / "both", course) == 0
    assert "nobody handed in" not in capsys.readouterr().err


def test_a_changed_course_says_what_would_change(
    handed_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--diff` changes nothing; without it, the verdicts that are there are taken."""
    course = shutil.copytree(FIXTURE, tmp_path / "course")
    out = tmp_path / "out"
    assert cohort(handed_in, out, course) == 0
    before = {path: path.read_bytes() for path in out.rglob("*.[hc]*") if path.is_file()}
    assert len(before) == 6
    solution = course / "solutions" / "arithmetic" / "double.py"
    text = solution.read_text(encoding="utf-8")
    solution.write_text(text.replace("double, points=2", "double, points=3"), encoding="utf-8")
    capsys.readouterr()
    assert cohort(handed_in, out, course, "--resume") == 2
    assert "the course has changed since" in capsys.readouterr().err

    assert run("regrade", out, "--diff", "--jobs", "2") == 0
    said = capsys.readouterr().out
    assert "4 of 5 students have other points" in said
    assert "  ann: 7 of 7 points → 8 of 8 points" in said
    assert f"Nothing is changed. To do it: dlgrade regrade {out}" in said
    assert {path: path.read_bytes() for path in before} == before

    assert run("regrade", out) == 0
    said_now = capsys.readouterr()
    assert "Grading" not in said_now.err
    assert rows(out)["ann"]["score"] == "8"
    page = (out / "reports" / "ann.html").read_text(encoding="utf-8")
    assert record_of(page).max_score == 8
    assert cohort(handed_in, out, course, "--resume") == 0
    assert run("regrade", out) == 0
    assert "Nothing to grade" in capsys.readouterr().out


def test_a_course_that_changes_meanwhile_gives_no_verdicts(
    handed_in: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They would be kept as those of the course as it was; put back, it is graded as it is."""
    course = shutil.copytree(FIXTURE, tmp_path / "course")
    out = tmp_path / "out"
    solution = course / "solutions" / "arithmetic" / "double.py"
    text = solution.read_text(encoding="utf-8")
    begin = LocalEngine.start

    def start_after_a_save(engine: LocalEngine) -> None:
        solution.write_text(text.replace("double, points=2", "double, points=3"), encoding="utf-8")
        begin(engine)

    with monkeypatch.context() as patched:
        patched.setattr(LocalEngine, "start", start_after_a_save)
        assert cohort(handed_in, out, course) == 2
    said = capsys.readouterr().err
    assert "the course was changed while the class was graded" in said
    assert f"dlgrade regrade {out} --diff" in said
    assert number_of_verdicts(out) == 0
    solution.write_text(text, encoding="utf-8")
    assert cohort(handed_in, out, course, "--resume") == 0
    assert rows(out)["ann"]["score"] == "7"


def test_a_case_that_ends_otherwise_is_named(
    handed_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For each student, and how many have it."""
    course = shutil.copytree(FIXTURE, tmp_path / "course")
    out = tmp_path / "out"
    assert cohort(handed_in, out, course) == 0
    solution = course / "solutions" / "arithmetic" / "double.py"
    text = solution.read_text(encoding="utf-8")
    solution.write_text(text.replace("return x * times", "return x * times + 1", 1), "utf-8")
    capsys.readouterr()
    assert run("regrade", out, "--diff") == 0
    said = capsys.readouterr().out
    assert "arithmetic/double/twice_as_much: passed → failed" in said
    assert "arithmetic/double/twice_as_much: passed → failed, for 2 students" in said


def test_a_secret_seed_is_kept_for_the_instructor(
    handed_in: Path, tmp_path: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is drawn once, stays the same, and is not printed."""
    out = tmp_path / "out"
    assert cohort(handed_in, out, course, "--seed", "secret") == 0
    assert cohort(handed_in, out, course, "--seed", "secret", "--resume") == 0
    assert cohort(handed_in, out, course, "--resume") == 0
    assert number_of_verdicts(out) == 3
    seeds = set()
    connection = sqlite3.connect(out / FILE)
    for (record,) in connection.execute("SELECT record FROM verdict").fetchall():
        seeds.add(unpacked(record).environment.seed)
    connection.close()
    (seed,) = seeds
    assert seed is not None
    assert seed > 2**32
    said = capsys.readouterr()
    assert str(seed) not in said.out + said.err
    assert cohort(handed_in, out, course, "--seed", "0", "--resume") == 2
    said = capsys.readouterr()
    assert "--seed was secret" in said.err
    assert str(seed) not in said.err


def test_a_roster_names_the_class(
    handed_in: Path, tmp_path: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who handed in nothing is in the gradebook, who is on no roster is said; it is kept."""
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nann,Ann Ames\nben,Ben Bell\nzoe,Zoë Zhu\n", encoding="utf-8")
    out = tmp_path / "out"
    assert cohort(handed_in, out, course, "--roster", roster) == 0
    assert list(rows(out)) == ["ann", "ben", "zoe"]
    said = capsys.readouterr().out
    assert "2 of 3 have points, 1 handed in nothing" in said
    assert re.search(r"^unmatched +3 submissions of nobody on the roster: .*cleo", said, re.M)
    roster.unlink()
    assert cohort(handed_in, out, course, "--resume") == 0
    assert rows(out)["zoe"]["name"] == "Zoë Zhu"


@pytest.mark.parametrize("option", ["--roster", "--canvas", "--moodle", "--rules"])
def test_a_file_that_is_not_there_is_said(
    option: str, handed_in: Path, tmp_path: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also a platform's where a roster says who is in the class; nothing has begun then."""
    roster, gone = tmp_path / "roster.csv", tmp_path / "gone.csv"
    roster.write_text("id,name\nann,Ann Ames\n", encoding="utf-8")
    files = {"--roster": roster} | {option: gone}
    words = [word for pair in files.items() for word in pair]
    assert cohort(handed_in, tmp_path / "out", course, *words) == 2
    assert f"{gone} cannot be read: No such file or directory" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_rules_may_change_without_grading(
    handed_in: Path, tmp_path: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are about points, not verdicts."""
    out, rules = tmp_path / "out", tmp_path / "rules.toml"
    assert cohort(handed_in, out, course, "--no-reports") == 0
    assert not (out / "reports").exists()
    capsys.readouterr()
    rules.write_text('[points]\n"arithmetic/double" = 70\n', encoding="utf-8")
    assert cohort(handed_in, out, course, "--resume", "--rules", rules) == 0
    assert "Grading" not in capsys.readouterr().err
    assert rows(out)["ben"]["score"] == "40"
    assert not (out / "reports").exists()
    assert cohort(handed_in, out, course, "--resume", "--reports") == 0
    assert (out / "reports" / "ben.html").exists()
    rules.write_text("[points", encoding="utf-8")
    assert cohort(handed_in, out, course, "--resume", "--rules", rules) == 2
    assert rows(out)["ben"]["score"] == "40"


def test_a_fault_of_the_course_is_said_and_tried_again(
    handed_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3, no points and no zero; --resume grades those again."""
    course = shutil.copytree(FIXTURE, tmp_path / "course")
    solution = course / "solutions" / "arithmetic" / "double.py"
    text = solution.read_text(encoding="utf-8")
    assert "    return x * times" in text
    solution.write_text(text.replace("    return x * times", "    raise KeyError", 1), "utf-8")
    out = tmp_path / "out"
    assert cohort(handed_in, out, course) == 3
    said = capsys.readouterr()
    assert "3 failures of the grader" in said.err
    assert "grader failed" in said.out
    assert cohort(handed_in, out, course, "--resume") == 3
    assert "Grading: 3 of 3" in capsys.readouterr().err
    assert number_of_verdicts(out) == 3


@pytest.mark.parametrize("inside", [".", "graded", "deep/er"])
def test_results_do_not_land_among_submissions(
    handed_in: Path, course: Path, capsys: pytest.CaptureFixture[str], inside: str
) -> None:
    """They would be taken for one when the class is graded again."""
    assert cohort(handed_in, handed_in / inside, course) == 2
    assert "would be taken for a submission; name a folder beside it" in capsys.readouterr().err
    assert not (handed_in / "graded").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("cohort", "nowhere", "--out", "out"), "nowhere does not exist; name what the class"),
        (("cohort", "class", "--out", "file"), "file"),
        (("cohort", "class", "--out", "out", "--resume"), "out holds no class; dlgrade cohort beg"),
        (("cohort", "class", "--out", "out", "--engine", "abacus"), "'abacus' is no engine"),
        (("cohort", "class", "--out", "out", "--seed", "x"), "neither a whole number nor secret"),
        (("cohort", "class", "--out", "out", "--only", "dubble"), "did you mean 'double'?"),
        (("regrade", "class"), "class holds no class"),
    ],
)
def test_wrong_usage_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    course: Path,
    words: tuple[str, ...],
    why: str,
) -> None:
    """Exit code 2, one line, and nothing that would be in the way the next time."""
    monkeypatch.chdir(tmp_path)
    hand_in(tmp_path / "class", "ann", RIGHT)
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert run(*words, "--course", course) == 2
    assert why in capsys.readouterr().err
    if "--resume" not in words and words[2:4] == ("--out", "out"):
        with opened(Path("out"), False) as store:
            assert store.handed_in() == ()


def start(handed_in: Path, out: Path, course: Path, *words: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    arguments = ["cohort", handed_in, "--out", out, "--course", course, "--jobs", "2", *words]
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@POSIX
@pytest.mark.parametrize("kills", [4])
def test_kill_9_loses_nothing(handed_in: Path, tmp_path: Path, course: Path, kills: int) -> None:
    """At any moment: resumed, the gradebook is that of a run that nobody disturbed."""
    for number in range(30):
        hand_in(handed_in, f"s{number:02}", f"# {number}\n{RIGHT if number % 3 else WRONG}")
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    assert cohort(handed_in, whole, course) == 0
    moments = random.Random(6)
    for _ in range(kills):
        words = ["--resume"] if (torn / FILE).exists() else []
        process = start(handed_in, torn, course, *words)
        time.sleep(moments.uniform(0.3, 5.0))
        process.kill()
        process.communicate()
    words = ["--resume"] if (torn / FILE).exists() else []
    assert cohort(handed_in, torn, course, *words) == 0
    assert (torn / "gradebook.csv").read_bytes() == (whole / "gradebook.csv").read_bytes()
    assert number_of_verdicts(torn) == number_of_verdicts(whole) == 33
    names = sorted(page.name for page in (whole / "reports").iterdir())
    assert sorted(page.name for page in (torn / "reports").iterdir()) == names


@POSIX
def test_an_interrupt_says_how_to_go_on(handed_in: Path, tmp_path: Path, course: Path) -> None:
    """Exit code 130; what is done is kept, and a second process is refused meanwhile."""
    hand_in(handed_in, "sleepy", RIGHT.replace("return x * times", "import time; time.sleep(30)"))
    out = tmp_path / "out"
    process = start(handed_in, out, course)
    for _ in range(600):
        if (out / FILE).exists() and number_while_locked(out) >= 3:
            break
        time.sleep(0.05)
    other = start(handed_in, out, course, "--resume")
    _, said = other.communicate(timeout=60)
    assert other.returncode == 2
    assert f"another dlgrade works in {out}; wait until it has ended" in said
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "dlgrade: interrupted: 3 of 4 verdicts are there, and kept. To go on:" in said
    assert f"dlgrade cohort {handed_in} --out {out} --resume" in said
    assert "Traceback" not in said
    with Store(out / FILE) as store:
        assert len(store.digests()) == 4


def number_while_locked(out: Path) -> int:
    """How many verdicts a copy of the store and its journal hold: the store itself is locked."""
    copy = out.with_name("copy")
    shutil.copytree(out, copy, dirs_exist_ok=True)
    try:
        return number_of_verdicts(copy)
    except sqlite3.DatabaseError:
        return 0  # the copy was taken in the middle of something
    finally:
        shutil.rmtree(copy)


def test_progress_has_a_rate_once_it_can_be_known() -> None:
    """The first one waits for torch, and says nothing of the rest."""
    now = [0.0]
    counter = Counter("Grading", 1000, clock=lambda: now[0])
    assert counter.line() == "Grading: 0 of 1000"
    now[0] = 9.0
    counter.step(False)
    assert counter.line() == "Grading: 1 of 1000"
    for _ in range(20):
        now[0] += 0.5
        counter.step(False)
    counter.step(True)
    assert counter.line() == (
        "Grading: 22 of 1000 (2.1 a second, 8 min left, 1 failure of the grader)"
    )
    slow = Counter("Grading", 1000, clock=lambda: now[0])
    slow.step(False)
    now[0] += 20.0
    slow.step(False)
    assert slow.line() == "Grading: 2 of 1000 (20.0 s each, 5 h 33 min left)"
