"""`dlgrade quiz` and `dlgrade review` as a learner meets them, through a pipe and on a terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pexpect
import pytest

from grader import progress
from grader.course import Entry
from grader.progress import Card, Progress, Studied

ROOT = Path(__file__).parents[2]
RIGHT = ("b", "a c", "1", "3 4", "b c a")

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """The environment of a command that neither asks for colour nor forbids it."""
    unset = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


@pytest.fixture
def learner(write: Callable[..., Entry], tmp_path: Path, answered: Callable[..., str]) -> Path:
    """A learner's folder beside the small course; its quiz is open."""
    write()
    folder = tmp_path / "learner" / "exercises" / "arithmetic"
    shutil.copytree(tmp_path / "exercises" / "arithmetic", folder)
    (folder / "quiz.toml").write_text(answered())
    return tmp_path / "learner"


@pytest.fixture
def run(tmp_path: Path, learner: Path) -> Run:
    """Runs a command in the learner's folder, with lines for it to read."""

    def run(
        *words: str, lines: tuple[str, ...] = (), env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "grader", *words, "--course", str(tmp_path)],
            cwd=learner,
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            env=environment(**(env or {})),
        )

    return run


def kept(learner: Path) -> Progress:
    """What is known of the learner."""
    return progress.read(learner / "exercises")


def quiz_file(learner: Path) -> Path:
    """The learner's answers."""
    return learner / "exercises" / "arithmetic" / "quiz.toml"


def test_a_whole_round(run: Run, learner: Path, answered: Callable[..., str]) -> None:
    """Every kind of question, answered right: reasons, standing, what is next, and the file."""
    done = run("quiz", lines=RIGHT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("✓ right") == 5
    for reason in ("a: one a: no", "c: several c: yes", "number: twice", "b: order b: is first"):
        assert f"  {reason}" in done.stdout
    assert done.stdout.endswith("All 5 right, 6 of 6 points.\nNext: dlgrade review\n")
    wanted = answered(
        one='"b"', several='["a", "c"]', number="1", shape="[3, 4]", order='["b", "c", "a"]'
    )
    assert wanted == quiz_file(learner).read_text()
    studied = kept(learner).of("arithmetic/quiz")
    assert (studied.status, studied.score, studied.passed) == ("passed", 6.0, True)
    assert studied.digest == progress.digest(wanted.encode())
    assert len(kept(learner).cards) == 5


def test_a_wrong_answer_comes_again_after_the_others(run: Run, learner: Path) -> None:
    """Its reason is that of what was chosen, which does not give the answer away."""
    done = run("quiz", "arithmetic", lines=("a", "a c", "1", "3 4", "b c a", "b"))
    wrong, _, later = done.stdout.partition("question 2 of 5")
    assert "✗ wrong\n  a: one a: no\n  It comes again." in wrong
    assert "one b: yes" not in wrong
    assert later.index("question 5 of 5") < later.index("question 1 of 5, again")
    assert "All 5 right" in done.stdout
    assert 'answer = "b"' in quiz_file(learner).read_text()


def test_leaving_keeps_what_was_answered(run: Run, learner: Path) -> None:
    """Empty lines skip, q leaves; the rest is as open as before."""
    done = run("quiz", lines=("?", "", "b", "q"))
    assert "Enter  skips the question; nothing is written" in done.stdout
    assert "✗ wrong: some of what you chose is wrong, and something right is missing" in done.stdout
    assert "None of 5 right, 0 of 6 points.\n4 open, 1 wrong. Go on: dlgrade quiz" in done.stdout
    assert 'answer = ["b"]' in quiz_file(learner).read_text()


@pytest.mark.parametrize("lines", [(), ("q",), ("", "", "", "", "")])
def test_nothing_answered(run: Run, learner: Path, lines: tuple[str, ...]) -> None:
    """The end of the input leaves like q; no file is touched, none made."""
    before = quiz_file(learner).read_bytes()
    done = run("quiz", lines=lines)
    assert done.returncode == 0
    assert done.stdout.endswith("Nothing was answered, so nothing was written.\n")
    assert before == quiz_file(learner).read_bytes()
    assert not (learner / "exercises" / progress.FILE).exists()


def test_what_is_right_is_not_asked_again(
    run: Run, learner: Path, answered: Callable[..., str]
) -> None:
    """Open questions come first, then those that are wrong; right ones stay."""
    quiz_file(learner).write_text(answered(one='"b"', several='["b"]', shape="[3, 4]"))
    done = run("quiz", lines=("1", "b c a", "a c"))
    asked = [line for line in done.stdout.splitlines() if line.startswith("question ")]
    assert asked == [f"question {place} of 5" for place in (3, 5, 2)]
    assert "All 5 right" in done.stdout


def test_again_never_spoils_a_right_answer(
    run: Run, learner: Path, answered: Callable[..., str]
) -> None:
    """With --again everything is asked; a wrong attempt does not replace what is right."""
    text = answered(one='"b"', number="0.5")
    quiz_file(learner).write_text(text)
    done = run("quiz", "--again", lines=("c", "", "1", "", "", "q"))
    assert "✗ wrong\n  c: one c: no" in done.stdout
    assert "question 1 of 5, again" in done.stdout
    assert quiz_file(learner).read_text() == text.replace("answer = 0.5", "answer = 1")


def test_everything_is_right(run: Run, learner: Path, answered: Callable[..., str]) -> None:
    """Then the way leads to review."""
    assert run("quiz", lines=RIGHT).returncode == 0
    done = run("quiz")
    assert "Every question of every quiz is answered right.\n" in done.stdout
    assert "dlgrade review" in done.stdout
    named = run("quiz", "arithmetic").stdout
    assert "Every answer is right already. Ask them again: dlgrade quiz arithmetic --again" in named


def test_a_file_that_is_no_toml(run: Run, learner: Path) -> None:
    """Where it breaks and what to do is said before anything is asked; nothing is written."""
    broken = quiz_file(learner).read_text().replace('answer = ""', "answer = b", 1)
    quiz_file(learner).write_text(broken)
    done = run("quiz", lines=RIGHT)
    assert done.returncode == 2
    assert "quiz.toml: line 10, column 10: " in done.stderr
    assert 'put the letter into quotation marks: "b"; nothing was written' in done.stderr
    assert "question" not in done.stdout
    assert broken == quiz_file(learner).read_text()


def test_a_question_that_was_altered_is_not_asked_for_ever(run: Run, learner: Path) -> None:
    """Letters that mean something else cannot be judged; that is said once."""
    text = quiz_file(learner).read_text().replace('options.a = "first"', 'options.a = "1st"', 1)
    quiz_file(learner).write_text(text)
    done = run("quiz", lines=("b", "q"))
    assert "! cannot be read: the options beside it are not the course's" in done.stdout
    assert "It comes again" not in done.stdout


def test_a_missing_file_is_begun_from_the_course(run: Run, learner: Path, tmp_path: Path) -> None:
    """A learner who deleted the file, or had none, can answer all the same."""
    quiz_file(learner).unlink()
    run("quiz", lines=("b", "q"))
    course = (tmp_path / "exercises" / "arithmetic" / "quiz.toml").read_text()
    assert course.replace('answer = ""', 'answer = "b"', 1) == quiz_file(learner).read_text()


def test_a_link_is_left_alone(run: Run, learner: Path, tmp_path: Path) -> None:
    """An answer is never written into somebody else's file."""
    other = tmp_path / "other.toml"
    quiz_file(learner).rename(other)
    quiz_file(learner).symlink_to(other)
    done = run("quiz", lines=RIGHT)
    assert done.returncode == 2
    assert "the file is a link; put the file itself there" in done.stderr
    assert quiz_file(learner).is_symlink()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["arithmetics"], "did you mean 'arithmetic'"),
        (["double"], "double is no topic; run: dlgrade quiz arithmetic"),
    ],
)
def test_another_word_than_a_topic(run: Run, words: list[str], said: str) -> None:
    """Exit code 2, and the topic that was meant."""
    done = run("quiz", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_course_itself_is_no_place_for_answers(tmp_path: Path, learner: Path) -> None:
    """In a checkout the questions are not overwritten with answers."""
    before = (tmp_path / "exercises" / "arithmetic" / "quiz.toml").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "grader", "quiz", "--course", str(tmp_path)],
        cwd=tmp_path,
        input="b\n",
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.returncode == 2
    assert "is the course itself" in done.stderr
    assert before == (tmp_path / "exercises" / "arithmetic" / "quiz.toml").read_bytes()


def test_hostile_lines(run: Run, learner: Path) -> None:
    """Escapes, a right-to-left override, a million letters: asked back, and made visible."""
    done = run("quiz", lines=("\x1b[31mb", "\u202eb", "b" * 1_000_000, "[bold]b", "b", "q"))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert done.stdout.count("Type a letter from a to c.") == 3
    assert "That is longer than 200 characters; no answer is." in done.stdout
    assert len(done.stdout) < 10_000
    assert 'answer = "b"' in quiz_file(learner).read_text()


def test_bytes_that_are_no_text(learner: Path, tmp_path: Path) -> None:
    """What is not UTF-8 is asked about like anything else that makes no sense."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "quiz", "--course", str(tmp_path)],
        cwd=learner,
        input=b"\xff\xfe\nb\nq\n",
        capture_output=True,
        env=environment(),
    )
    assert done.returncode == 0
    assert b"Type a letter from a to c." in done.stdout


def test_ascii_only(run: Run) -> None:
    """Where the encoding has no room for a tick, there is none."""
    done = run("quiz", lines=("b", "b", "q"), env={"PYTHONIOENCODING": "ascii"})
    assert done.stdout.isascii()
    assert "+ right" in done.stdout
    assert "x wrong: " in done.stdout


# A review.


def studied(learner: Path, **studied: Studied) -> None:
    """Puts into the learner's progress what is known about exercises."""
    progress.change(
        learner / "exercises",
        lambda known: msgspec.structs.replace(
            known, studied={f"arithmetic/{name}": one for name, one in studied.items()}
        ),
    )


def test_nothing_to_review(run: Run, learner: Path) -> None:
    """At first there is nothing, and it is said how that changes."""
    done = run("review")
    assert (done.returncode, done.stderr) == (0, "")
    assert "There is nothing to review yet." in done.stdout
    assert "dlgrade quiz" in done.stdout


def test_what_was_answered_is_asked_afresh(
    run: Run, learner: Path, answered: Callable[..., str]
) -> None:
    """The old answer is not shown and not changed; a wrong one comes again; cards move on."""
    text = answered(one='"b"', shape="[4, 3]")
    quiz_file(learner).write_text(text)
    done = run("review", lines=("c", "3 4", "a", "b"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 due today")
    assert "✗ wrong\n  c: one c: no\n\n  It comes again." in done.stdout.replace(
        "\n  It", "\n\n  It"
    )
    assert "Asked again in 10 minutes." in done.stdout
    assert done.stdout.count("1 of 2, again, arithmetic") == 2
    assert "1 of 2 remembered. Next: " in done.stdout
    assert text == quiz_file(learner).read_text()
    cards = kept(learner).cards
    assert set(cards) == {"arithmetic/quiz#one", "arithmetic/quiz#shape"}
    assert all(card.last and card.stability for card in cards.values())


def test_a_question_answered_today_is_due_tomorrow(run: Run, learner: Path) -> None:
    """What was just explained is not asked at once."""
    run("quiz", lines=("b", "q"))
    done = run("review", lines=("b",))
    assert "Nothing is due today. Next: 1 tomorrow." in done.stdout
    listed = run("review", "--list").stdout
    assert listed == "tomorrow  arithmetic: One?\n"


def test_a_mistake_that_was_overcome_is_recalled(run: Run, learner: Path) -> None:
    """The exercise is shown without its mistake; then title and hint, and the learner's rating."""
    made = {"once": 2, "given_up_since": 5}
    studied(learner, double=Studied(status="passed", passed=True, mistakes=made))
    done = run("review", lines=("it returned x", "5", "4"))
    asked, _, told = done.stdout.partition("Recall it, then press Enter > it returned x")
    assert "You made a mistake here, in 2 texts that you had judged. What was it?" in asked
    assert "returns x as it is" not in asked
    assert "returns x as it is (2 texts)" in told
    assert "Type 1, 2, 3 or 4." in told
    assert "Asked again in " in told
    assert "1 of 1 remembered." in told
    assert kept(learner).cards["arithmetic/double"].state == 2


@pytest.mark.parametrize(
    "known",
    [
        Studied(status="failed", mistakes={"once": 1}),
        Studied(status="passed", mistakes={}),
        Studied(status="passed", mistakes={"once": 0}),
        Studied(status="passed", mistakes={"given_up_since": 3}),
    ],
)
def test_an_exercise_that_is_not_reviewed(run: Run, learner: Path, known: Studied) -> None:
    """One that does not pass yet, one without a mistake, one whose mistake the course gave up."""
    studied(learner, double=known)
    assert "There is nothing to review yet." in run("review").stdout


def test_a_review_goes_on_where_a_quiz_cannot_be_read(run: Run, learner: Path) -> None:
    """A broken file is named and left out; the cards that there are stay."""
    quiz_file(learner).write_text("answer = b")
    due = Card(due=(datetime.now(UTC) - timedelta(days=3)).isoformat())
    progress.change(
        learner / "exercises", lambda known: Progress(cards={"arithmetic/quiz#one": due})
    )
    done = run("review", lines=("b",))
    assert done.returncode == 0
    assert "left out: " in done.stderr
    assert "1 of 1 remembered." in done.stdout


def test_progress_that_cannot_be_read_is_put_aside(
    run: Run, learner: Path, answered: Callable[..., str]
) -> None:
    """It is said, and the old file is still there."""
    quiz_file(learner).write_text(answered(one='"b"'))
    (learner / "exercises" / progress.FILE).write_text("{")
    done = run("review", lines=("b",))
    assert f"could not be read; it is now {progress.BROKEN} beside it" in done.stderr
    assert (learner / "exercises" / progress.BROKEN).read_text() == "{"
    assert "1 of 1 remembered." in done.stdout


def test_the_list_writes_nothing(run: Run, learner: Path, answered: Callable[..., str]) -> None:
    """Looking is not reviewing."""
    quiz_file(learner).write_text(answered(one='"b"'))
    assert run("review", "--list").stdout == "today  arithmetic: One?\n"
    assert not (learner / "exercises" / progress.FILE).exists()


def test_without_fsrs(learner: Path, tmp_path: Path) -> None:
    """One line says what to install."""
    script = (
        "import sys; sys.modules['fsrs'] = None; sys.argv = ['dlgrade', 'review']\n"
        "from grader.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=learner,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.returncode == 2
    assert done.stderr == "dlgrade: review needs fsrs; run: pip install 'dlgrade[review]'\n"


# A real terminal.


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., pexpect.spawn[str]]]:
    """Starts a command on the bundled course in a terminal of its own."""
    started: list[pexpect.spawn[str]] = []
    folder = tmp_path / "studies"
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-m", "grader", "init"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        check=True,
    )

    def start(*words: str, columns: int = 80) -> pexpect.spawn[str]:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "grader", *words],
            cwd=str(folder),
            env=environment(TERM="xterm"),  # type: ignore[arg-type]
            dimensions=(40, columns),
            encoding="utf-8",
            timeout=60,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def test_a_quiz_on_a_terminal(terminal: Callable[..., pexpect.spawn[str]], tmp_path: Path) -> None:
    """In colour, with numbers that are computed while the learner thinks; then Ctrl-D."""
    child = terminal("quiz", "normalization")
    child.expect_exact("question 1 of 7")
    child.expect_exact("one letter > ")
    child.sendline("C")
    child.expect_exact("\x1b[32m✓\x1b[0m")
    for _ in range(3):
        child.expect(r"> ")
        child.sendline("")
    child.expect_exact("a number, within 0.005 > ")
    child.sendline("6,32")
    child.expect_exact("if you mean 6.32, type it with a point")
    child.expect_exact("a number, within 0.005 > ")
    child.sendline("6.32")
    child.expect_exact("0.02 / sqrt(1e-5)")
    child.expect_exact("a shape such as 3, 4 > ")
    child.sendeof()
    child.expect_exact("2 of 7 right, 2 of 7 points.")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0
    theirs = tmp_path / "studies" / "exercises" / "normalization" / "quiz.toml"
    ours = ROOT / "exercises" / "normalization" / "quiz.toml"
    pairs = zip(ours.read_text().split("\n"), theirs.read_text().split("\n"), strict=True)
    changed = [new for old, new in pairs if old != new]
    assert changed == ['answer = "c"', "answer = 6.32"]


def test_interrupting_keeps_what_was_answered(
    terminal: Callable[..., pexpect.spawn[str]], tmp_path: Path
) -> None:
    """Ctrl-C leaves as q does."""
    child = terminal("quiz", "normalization")
    child.expect_exact("one letter > ")
    child.sendline("c")
    child.expect_exact("question 2 of 7")
    child.expect_exact("one letter > ")
    # Between its prompt and its waiting, Python's readline misses an interrupt.
    time.sleep(0.3)
    child.sendintr()
    child.expect_exact("1 of 7 right")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0
    assert (
        'answer = "c"'
        in (tmp_path / "studies" / "exercises" / "normalization" / "quiz.toml").read_text()
    )


def test_forty_columns(terminal: Callable[..., pexpect.spawn[str]]) -> None:
    """No line is wider than the terminal, code included."""
    child = terminal("quiz", "backpropagation", columns=40)
    child.expect_exact("several letters > ")
    text = str(child.before)
    plain = [line for line in text.replace("\x1b[1m", "").splitlines() if "\x1b" not in line]
    assert "  w = torch.randn(3, requires_grad=True)" in plain
    assert max(len(line) for line in plain) <= 40
    child.sendline("q")
    child.expect(pexpect.EOF)
