"""The learner's commands as they meet them: what they print, keep and return."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from grader.cli import screen
from grader.errors import UsageError
from grader.home import Home
from grader.progress import BROKEN, FILE, Card, Studied, change, digest, read

pexpect: Any = pytest.importorskip("pexpect")

ROOT = Path(__file__).parents[2]
LABEL = "arithmetic/double"
ONCE = "return x * 1"


def right(home: Home) -> str:
    """A file that passes."""
    return (home.course.solutions / "arithmetic" / "double.py").read_text()


def write(home: Home, text: str, name: str = "arithmetic/double.py") -> Path:
    """The learner writes a file."""
    file = home.folder / name
    file.write_text(text)
    return file


def wrong(home: Home) -> Path:
    """The learner makes a mistake that the course knows."""
    return write(home, right(home).replace("return x * times", ONCE, 1))


def judged(home: Home, **about: object) -> None:
    """The progress knows this about the file as it is."""
    source = (home.folder / "arithmetic" / "double.py").read_bytes()
    studied = Studied(digest=digest(source), max_score=7.0, **about)  # type: ignore[arg-type]
    change(home.folder, lambda known: known.with_(LABEL, studied))


# init


def test_init_says_what_to_do(dlgrade: Any, home: Home, tmp_path: Path) -> None:
    """How many files, which to open, what to run; the folder keeps progress."""
    place = tmp_path / "new place"
    place.mkdir()
    done = dlgrade("init", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "4 files copied to exercises/.",
        "Open exercises/arithmetic/double.py, and keep beside your editor: dlgrade watch",
        "The whole course, and how far you are: dlgrade list",
    ]
    assert (place / "exercises" / FILE).is_file()


def test_init_names_the_course_that_it_was_given(dlgrade: Any, home: Home, tmp_path: Path) -> None:
    """With --course, the commands that it names have it too; from elsewhere, where to go."""
    root = str(home.course.exercises.parent)
    place = tmp_path / "new"
    place.mkdir()
    done = dlgrade("init", "my work", "--course", root, cwd=place, env={"DLGRADE_COURSE": ""})
    assert f"dlgrade watch 'my work' --course {root}" in done.stdout
    assert "The other commands find it from inside: cd 'my work'" in done.stdout


def test_init_again_keeps_work_and_progress(dlgrade: Any, home: Home) -> None:
    """What is there stays, and what comes next is said."""
    write(home, "mine")
    judged(home, hints=2)
    done = dlgrade("init")
    assert "0 files copied to exercises/; 4 that were there stay as they are." in done.stdout
    assert (home.folder / "arithmetic" / "double.py").read_text() == "mine"
    assert read(home.folder).of(LABEL).hints == 2


# reset


def test_reset_keeps_every_version(dlgrade: Any, home: Home) -> None:
    """The stub is back, and each version lies beside it under a name that nobody grades."""
    stub = (home.course.exercises / "arithmetic" / "double.py").read_bytes()
    for number in (1, 2):
        file = write(home, f"version {number}")
        done = dlgrade("reset", "double")
        assert done.returncode == 0, done.stderr
        assert f"your version lies beside it, double.py.{number}.bak" in done.stdout
        assert file.read_bytes() == stub
    kept = [(home.folder / f"arithmetic/double.py.{n}.bak").read_text() for n in (1, 2)]
    assert kept == ["version 1", "version 2"]
    again = dlgrade("reset", "double")
    assert again.stdout == (
        "exercises/arithmetic/double.py is as the course gave it; there is nothing to put back.\n"
    )
    graded = dlgrade("check", "--no-html", "-q")
    assert "0 of 2 exercises and 0 of 1 quiz pass" in graded.stdout


def test_reset_of_a_quiz_and_of_several(dlgrade: Any, home: Home) -> None:
    """A quiz by its label; several names at once; a file that is gone is put back."""
    write(home, "answers", "arithmetic/quiz.toml")
    (home.folder / "second" / "twice.py").unlink()
    done = dlgrade("reset", "arithmetic/quiz", "twice", "double")
    assert "quiz.toml.1.bak" in done.stdout
    assert "exercises/second/twice.py is the course's stub again.\n" in done.stdout
    assert (home.folder / "arithmetic" / "quiz.toml.1.bak").read_text() == "answers"


def test_reset_of_a_topic_asks(dlgrade: Any, home: Home) -> None:
    """Without a terminal it takes --yes; until then nothing happens."""
    file = write(home, "mine")
    done = dlgrade("reset", "arithmetic")
    assert done.returncode == 2
    assert "Put back the stub (arithmetic/double)?" in done.stderr
    assert "add --yes" in done.stderr
    assert file.read_text() == "mine"
    assert dlgrade("reset", "arithmetic", "--yes").returncode == 0
    assert file.with_name("double.py.1.bak").read_text() == "mine"


def test_reset_of_a_link_leaves_its_target(dlgrade: Any, home: Home, tmp_path: Path) -> None:
    """What the link leads to is nobody's business here."""
    theirs = tmp_path / "theirs.py"
    theirs.write_text("theirs")
    file = home.folder / "arithmetic" / "double.py"
    file.unlink()
    file.symlink_to(theirs)
    assert dlgrade("reset", "double").returncode == 0
    assert theirs.read_text() == "theirs"
    assert not file.is_symlink()
    assert file.with_name("double.py.1.bak").is_symlink()


def test_reset_on_a_full_disk(home: Home) -> None:
    """What cannot be put back stays where it was."""
    file = write(home, "mine")
    script = (
        "import resource\n"
        "from grader.cli import dlgrade\n"
        "from grader.errors import UsageError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4, 4))\n"
        "try:\n"
        "    dlgrade.main(['reset', 'double'], standalone_mode=False)\n"
        "except UsageError as error:\n"
        "    print(error)\n"
    )
    course = {"DLGRADE_COURSE": str(home.course.exercises.parent), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=home.folder.parent,
        env={**os.environ, **course},
        capture_output=True,
        text=True,
    )
    assert "double.py stays as it is: " in done.stdout, done.stderr
    assert file.read_text() == "mine"
    names = sorted(os.listdir(file.parent))
    assert names == ["README.md", "double.py", "quiz.toml"]


def test_reset_leaves_a_notebook(dlgrade: Any, home: Home) -> None:
    """It is the learner's own, so it is named and stays."""
    book = write(home, "{}", "arithmetic/double.ipynb")
    done = dlgrade("reset", "double")
    assert "exercises/arithmetic/double.ipynb is your own file and stays as it is.\n" in done.stdout
    assert book.read_text() == "{}"


def test_two_resets_at_once_lose_nothing(home: Home) -> None:
    """However they meet, the learner's version is in one of the files."""
    write(home, "mine")
    course = {"DLGRADE_COURSE": str(home.course.exercises.parent), "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "grader", "reset", "double"],
            cwd=home.folder.parent,
            env={**os.environ, **course},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for process in both:
        process.communicate()
    kept = [path.read_text() for path in (home.folder / "arithmetic").glob("double.py.*.bak")]
    assert "mine" in kept
    stub = (home.course.exercises / "arithmetic" / "double.py").read_text()
    assert (home.folder / "arithmetic" / "double.py").read_text() == stub


def test_reset_says_once_what_is_untouched(dlgrade: Any) -> None:
    """A topic in which nothing was done takes one line, and no question."""
    done = dlgrade("reset", "arithmetic", "second")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 files are as the course gave them; there is nothing to put back.\n"


# list


def test_odd_files_do_not_stop_the_list(dlgrade: Any, home: Home) -> None:
    """A pipe, a folder, an endless file and TOML without end are states of their own entry."""
    os.unlink(home.folder / "second" / "twice.py")
    os.mkfifo(home.folder / "second" / "twice.py")
    write(home, "x" * 1_000_001)
    write(home, "question = " + "[" * 90_000, "arithmetic/quiz.toml")
    done = dlgrade("list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✗ double  cannot be read" in done.stdout
    assert "◐ quiz    begun, not graded yet     Small things" in done.stdout
    assert "✗ twice   cannot be read" in done.stdout


def test_the_list_of_a_new_folder(dlgrade: Any) -> None:
    """Marks and words, titles, the total, and a command to copy."""
    assert dlgrade("list").stdout.splitlines() == [
        "1 arithmetic",
        "  – double  not started               Doubling",
        "  – quiz    not started, 2 questions  Small things",
        "2 second",
        "  – twice   not started               Doubling",
        "",
        "0 of 2 exercises and 0 of 1 quiz pass.",
        "Next: double (open exercises/arithmetic/double.py)",
        "  dlgrade check exercises/arithmetic/double.py",
    ]


@pytest.mark.parametrize(
    ("about", "said", "commands"),
    [
        ({"status": "passed", "score": 7.0, "passed": True}, "✓ double  passed, 7 points", ()),
        ({"status": "partial", "score": 2.5}, "◐ double  2.5 of 7 points", ("hint", "check")),
        ({"status": "failed"}, "✗ double  wrong, 0 of 7 points", ("hint", "check")),
        ({"status": "error"}, "✗ double  cannot be run", ("check",)),
        ({"status": "partial", "hints": 1}, "0 of 7 points, 1 hint seen", ("hint", "check")),
        (
            {"status": "passed", "score": 7.0, "passed": True, "solution": "before"},
            "solution seen before it passed",
            (),
        ),
    ],
)
def test_the_states_in_the_list(
    dlgrade: Any, home: Home, about: dict[str, object], said: str, commands: tuple[str, ...]
) -> None:
    """Each state has its mark, its words and what to do next."""
    write(home, "x = 1\n")
    judged(home, **about)
    done = dlgrade("list").stdout
    assert said in done
    for command in commands:
        assert f"\n  dlgrade {command} " in done
    assert ("Next: double" in done) is bool(commands)


def test_a_verdict_holds_for_its_text(dlgrade: Any, home: Home) -> None:
    """A file that was changed since is not called passed."""
    write(home, "x = 1\n")
    judged(home, status="passed", score=7.0, passed=True)
    write(home, "x = 2\n")
    done = dlgrade("list").stdout
    assert "◐ double  changed since it was last graded, passed before" in done
    assert "0 of 2 exercises" in done
    assert "7 points" not in done


def test_the_list_in_ascii_and_narrow(dlgrade: Any, home: Home) -> None:
    """Every mark has a plain shape; lines keep to forty columns, commands stay whole."""
    write(home, "x = 1\n")
    done = dlgrade("list", "arithmetic", env={"PYTHONIOENCODING": "ascii", "COLUMNS": "40"})
    assert done.stdout.isascii()
    assert "  o double  begun, not graded yet" in done.stdout
    lines = done.stdout.splitlines()
    assert all(len(line) <= 40 for line in lines if not line.startswith("  dlgrade"))
    assert "  dlgrade check exercises/arithmetic/double.py" in lines


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({}, False)],
)
def test_colour_in_the_list(dlgrade: Any, environment: dict[str, str], coloured: bool) -> None:
    """As everywhere: NO_COLOR wins, and a pipe gets none."""
    assert ("\x1b[" in dlgrade("list", env=environment).stdout) is coloured


def test_the_list_without_progress(dlgrade: Any, home: Home) -> None:
    """It says how to begin with it; a file that cannot be read is said to be one."""
    (home.folder / FILE).unlink()
    assert "No progress is kept here: dlgrade init exercises begins" in dlgrade("list").stdout
    (home.folder / FILE).write_text("{")
    assert f"{FILE} cannot be read, so what you did is not known." in dlgrade("list").stdout
    assert (home.folder / FILE).read_text() == "{"


def test_hostile_progress_shows_nothing_of_itself(dlgrade: Any, home: Home) -> None:
    """Labels that are no exercise's are left out, whatever they hold."""
    evil = Studied(status="passed", passed=True, hints=-5, score=1e308, max_score=-1.0)
    change(home.folder, lambda known: known.with_("\x1b[2J\u202e", evil).with_(LABEL, evil))
    done = dlgrade("list")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_the_list_is_light() -> None:
    """It imports neither torch nor numpy nor what draws pages."""
    script = (
        "import sys\n"
        "from grader.cli import dlgrade\n"
        "dlgrade.main(['list'], standalone_mode=False)\n"
        "import grader.cli.overview\n"
        "print('heavy:', sorted({'torch', 'numpy', 'matplotlib', 'jinja2'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("heavy: []\n")


# list and review


@pytest.mark.parametrize(
    ("card", "hours", "today"),
    [
        (Card(due=""), 10, True),
        (Card(due="", last="x", state=2), 10, True),
        (Card(due="", last="x", state=2), 13, False),
        (Card(due="", last="x", state=1), 1, False),
        (Card(due="", last="x", state=3), -1, True),
    ],
)
def test_list_and_review_agree(
    dlgrade: Any, home: Home, card: Card, hours: int, today: bool
) -> None:
    """Both count by the learner's own day, at its noon, and what is being learnt by the minute."""
    now = datetime.now(UTC)
    zone = {"TZ": f"NOON{now.hour - 12:+d}"}
    due = replace(card, due=(now + timedelta(hours=hours)).isoformat())
    change(home.folder, lambda known: replace(known, cards={"arithmetic/quiz#one": due}))
    listed, reviewed = dlgrade("list", env=zone).stdout, dlgrade("review", env=zone).stdout
    assert ("1 to review today: dlgrade review" in listed) == today
    assert ("1 due today" in reviewed) == today
    if not today:
        (when,) = re.findall(r"The next review is (.+)\.", listed)
        assert f"Nothing is due today. Next: 1 {when}." in reviewed


def test_neither_counts_what_is_no_time(dlgrade: Any, home: Home) -> None:
    """A time without a zone, and a word, where somebody changed the file by hand."""
    cards = {
        "arithmetic/quiz#one": Card(due="2020-01-01T00:00:00"),
        "arithmetic/quiz#number": Card(due="soon"),
    }
    change(home.folder, lambda known: replace(known, cards=cards))
    assert "review" not in dlgrade("list").stdout
    assert "There is nothing to review yet." in dlgrade("review").stdout


# check


def test_check_remembers(dlgrade: Any, home: Home) -> None:
    """The verdict, the points and the mistake, for the text that was judged; nothing else."""
    file = wrong(home)
    for _ in range(2):
        done = dlgrade("check", "--no-html")
        assert (done.returncode, done.stderr) == (1, "")
    known = read(home.folder).of(LABEL)
    assert (known.status, known.digest) == ("partial", digest(file.read_bytes()))
    assert (known.mistakes, known.recognised) == ({"once": 1}, ("once",))
    assert "◐ double" in dlgrade("list").stdout
    write(home, right(home))
    dlgrade("check", "double.py", "--no-html", cwd=file.parent)
    assert read(home.folder).of(LABEL).passed


def test_check_keeps_no_progress_for_others(dlgrade: Any, home: Home, tmp_path: Path) -> None:
    """Not in CI, not for a copy elsewhere, not for an archive; and it makes no file."""
    wrong(home)
    before = (home.folder / FILE).read_bytes()
    copy = tmp_path / "handed-in"
    shutil.copytree(home.folder, copy)
    (copy / FILE).unlink()
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", home.folder)
    for place, environment in ((home.folder, {"CI": "true"}), (copy, {}), (packed, {})):
        assert dlgrade("check", str(place), "--no-html", env=environment).returncode == 1
    assert (home.folder / FILE).read_bytes() == before
    assert not (copy / FILE).exists()


def test_progress_that_cannot_be_written_changes_no_verdict(dlgrade: Any, home: Home) -> None:
    """One line on standard error; exit code and verdict are the same."""
    write(home, right(home))
    dlgrade("check", "--no-html", "--only", "double")
    for name in (FILE, BROKEN):
        (home.folder / name).unlink(missing_ok=True)
        (home.folder / name).mkdir()
        (home.folder / name / "x").touch()
    done = dlgrade("check", "--no-html", "--only", "double")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "✓ double   5 cases")
    assert done.stderr.startswith("dlgrade: your progress was not kept: ")
    assert done.stderr.count("\n") == 1


def test_a_broken_file_is_said_once(dlgrade: Any, home: Home) -> None:
    """It is put aside with a line, and progress begins anew."""
    write(home, right(home))
    (home.folder / FILE).write_text("{ not JSON")
    done = dlgrade("check", "--no-html", "--only", "double")
    assert done.returncode == 0
    assert f"could not be read; it is now {BROKEN} beside it" in done.stderr
    assert (home.folder / BROKEN).read_text() == "{ not JSON"
    assert read(home.folder).of(LABEL).passed
    assert dlgrade("check", "--no-html", "--only", "double").stderr == ""


# hint


def test_hints_go_on_when_asked(dlgrade: Any, home: Home) -> None:
    """Plain repeats what was seen, --more goes one further, and the last one says so."""
    first = ["How much is twice?", "More: dlgrade hint double --more"]
    assert dlgrade("hint", "double").stdout.splitlines() == first
    assert dlgrade("hint", "double").stdout.splitlines() == first
    more = dlgrade("hint", "double", "--more").stdout.splitlines()
    assert more == ["2  Multiply.", "More: dlgrade hint double --more"]
    both = dlgrade("hint", "double").stdout.splitlines()
    assert both[:2] == ["1  How much is twice?", "2  Multiply."]
    last = dlgrade("hint", "double", "--more").stdout.splitlines()
    assert last[0] == "3  return x * times"
    assert last[1] == "That is the last hint. How its author writes it: dlgrade solution double"
    assert len(dlgrade("hint", "double", "--more").stdout.splitlines()) == 4
    assert read(home.folder).of(LABEL).hints == 3


def test_a_step_is_remembered(dlgrade: Any, home: Home) -> None:
    """--step shows one; going back forgets none; both at once make no sense."""
    assert dlgrade("hint", "double", "--step", "2").stdout.startswith("2  Multiply.\n")
    dlgrade("hint", "double", "--step", "1")
    assert read(home.folder).of(LABEL).hints == 2
    assert dlgrade("hint", "double", "--step", "1", "--more").returncode == 2


def test_a_recognised_mistake_has_the_better_hint(dlgrade: Any, home: Home) -> None:
    """As long as the file is as it was judged; no step is used up by it."""
    file = wrong(home)
    judged(home, status="partial", recognised=("once", "gone"))
    done = dlgrade("hint", "double")
    assert done.stdout.splitlines() == [
        "Your double returns x as it is. Once is not twice.",
        "More: dlgrade hint double --more",
    ]
    assert read(home.folder).of(LABEL).hints == 0
    assert dlgrade("hint", "double", "--more").stdout.startswith("How much is twice?\n")
    file.write_text("x = 1\n")
    assert dlgrade("hint", "double").stdout.startswith("How much is twice?\n")


# explain


def test_explain(dlgrade: Any) -> None:
    """The cases of an exercise, and how one is judged; quizzes and topics are told apart."""
    listed = dlgrade("explain", "double").stdout
    assert "  twice_as_much\n    the answer is twice as much (double, 2 points)\n" in listed
    said = dlgrade("explain", "arithmetic/double/twice").stdout.splitlines()
    assert said[:4] == [
        "double/twice_as_much",
        "  the answer is twice as much",
        "  worth   2 points",
        "  calls   double",
    ]
    assert said[-1].startswith("  wrong   The one listed mistake that fails here is off by 5e8 ")
    for words, fault in (
        ("arithmetic/quiz", "has no cases; check explains every answer"),
        ("dubble/x", "did you mean 'double'?"),
        ("double/nothing_like_it", "no case of double is called"),
    ):
        done = dlgrade("explain", words)
        assert (done.returncode, done.stdout) == (2, "")
        assert fault in done.stderr


# solution


def test_the_solution_after_passing(dlgrade: Any, home: Home) -> None:
    """The functions alone, ready to be run; the progress says that it came after."""
    write(home, right(home))
    judged(home, status="passed", passed=True)
    done = dlgrade("solution", "double")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("import torch\n\n\ndef double(x, times=2.0):\n")
    assert "mistake" not in done.stdout
    assert read(home.folder).of(LABEL).solution == "after"
    assert "solution" not in dlgrade("list").stdout


def test_the_solution_before_passing(dlgrade: Any, home: Home) -> None:
    """It takes a yes, and that is remembered for good."""
    done = dlgrade("solution", "double")
    assert (done.returncode, done.stdout) == (2, "")
    assert "arithmetic/double has not passed yet. Show the solution all the same?" in done.stderr
    assert read(home.folder).of(LABEL).solution == ""
    assert "def double" in dlgrade("solution", "double", "--yes").stdout
    assert "not started, solution seen before it passed" in dlgrade("list").stdout
    judged(home, status="passed", passed=True, solution="before")
    dlgrade("solution", "double")
    assert read(home.folder).of(LABEL).solution == "before"


def test_the_answers_of_a_quiz(dlgrade: Any, home: Home) -> None:
    """Each question with its right answer and the reason; computed numbers too."""
    done = dlgrade("solution", "arithmetic/quiz", "--yes")
    assert done.stdout.splitlines() == [
        "arithmetic/quiz: Small things",
        "",
        "1. One?",
        "   b: second",
        "      yes: the second",
        "",
        "2. How much is twice 0.5?",
        "",
        "       double(0.5)",
        "   answer: 1",
        "   twice a half is one",
    ]
    assert read(home.folder).of("arithmetic/quiz").solution == "before"


def test_a_name_that_is_not_one_exercise(dlgrade: Any) -> None:
    """A topic is told apart from what is in it, and a quiz has no hints."""
    done = dlgrade("solution", "arithmetic")
    assert (done.returncode, done.stdout) == (2, "")
    assert "arithmetic is a topic; name one of double, arithmetic/quiz" in done.stderr
    done = dlgrade("hint", "arithmetic/quiz")
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no hints; check explains every answer that you give" in done.stderr


@pytest.mark.parametrize(("typed", "shown"), [("y", True), ("n", False), ("", False)])
def test_a_question_on_a_terminal(home: Home, typed: str, shown: bool) -> None:
    """Yes shows it; no, and Return alone, do not, and say what to do instead."""
    course = {"DLGRADE_COURSE": str(home.course.exercises.parent), "PYTHONPATH": str(ROOT)}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "grader", "solution", "double"],
        cwd=str(home.folder.parent),
        env={**os.environ, **course},
        encoding="utf-8",
        timeout=60,
    )
    child.expect(r"all the same\? \[y/N\]: ")
    child.sendline(typed)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert ("def double" in child.before) is shown
    assert ("Not shown. Instead: dlgrade hint double" in child.before) is not shown
    assert read(home.folder).of(LABEL).solution == ("before" if shown else "")


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal, the option that answers is named."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UsageError, match="add --yes"):
        screen.confirmed("Sure?", False)
    assert screen.confirmed("Sure?", True)
