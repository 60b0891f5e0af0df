"""``dlgrade watch`` as a learner has it: in a terminal, from the first key to the last."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from grader.home import Home
from grader.progress import read
from grader.worker.processes import children

Watch = Callable[..., Any]

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"
RIGHT = (FIXTURE / "solutions" / "arithmetic" / "double.py").read_text()
WRONG = RIGHT.replace("return x * times", "return x * 1")
SLEEPS = "import time\ntime.sleep(60)\n"
NOT_BEGUN = "the verdict appears here"
PASSES = "Well done"


def test_from_the_first_file_to_the_last_key(watch: Watch, home: Home) -> None:
    """A wrong answer, its hints, a right one, the next exercise, and the terminal as before."""
    file = home.file(home.course.entries[0])
    terminal = watch("watch")
    seen = terminal.wait("Welcome.", "def double(x, times=2.0)", NOT_BEGUN)
    assert "arithmetic 1/2" in seen and "0/3" in seen and "edit    exercises/arithmetic" in seen
    file.write_text(WRONG)
    terminal.wait("cause: returns x as it is", "next:  h for a hint", "double.py:")
    terminal.press("h")
    seen = terminal.wait("Your double returns x as it is. Once is not twice.")
    assert "How much is twice?" not in seen, "a recognised mistake comes before the first step"
    terminal.press("h")
    terminal.wait("1  How much is twice?", "h shows one more (1 of 3 seen)")
    terminal.press("h")
    terminal.press("h")
    terminal.wait("3  return x * times", "dlgrade solution double")
    terminal.press("\r")
    terminal.wait("next:  h for a hint")
    file.write_text(RIGHT)
    terminal.wait(f"{PASSES}. n goes on to arithmetic/quiz.", "1/3")
    terminal.press("n")
    terminal.wait("arithmetic 2/2", "dlgrade quiz arithmetic")
    terminal.press("n")
    terminal.wait("second 1/1", "def shuffled(x, generator)")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.text.strip() == "1 of 3 pass; you are at twice. Go on: dlgrade watch"
    known = read(home.folder)
    assert (known.current, known.of("arithmetic/double").hints) == ("second/twice", 3)


def test_plain_dlgrade_watches_where_one_studies(watch: Watch, home: Home, tmp_path: Path) -> None:
    """Without a word the command watches a learner's folder; elsewhere it says what it can do."""
    terminal = watch(cwd=home.folder / "arithmetic")
    terminal.wait(NOT_BEGUN)
    terminal.press("q")
    assert terminal.end() == 0
    elsewhere = watch(cwd=tmp_path)
    elsewhere.end()
    assert "Usage: dlgrade" in elsewhere.all
    done = subprocess.run(
        [sys.executable, "-m", "grader"],
        cwd=home.folder,
        env={**os.environ, "DLGRADE_COURSE": str(home.course.exercises.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert "Usage: dlgrade" in done.stdout + done.stderr, "a pipe is nobody who sits there"


def test_every_key_and_the_way_back(watch: Watch, home: Home) -> None:
    """List, details, check all, report, reset and the keys themselves; enter goes back."""
    file = home.file(home.course.entries[0])
    file.write_text(WRONG)
    terminal = watch("watch", size=(80, 18))
    terminal.wait("cause:")
    for key, *wanted in (
        ("l", "1 arithmetic", "2 second", "enter: back"),
        ("d", "hint:  Twice as much.", "page 1 of 2"),
        (" ", "page 2 of 2"),
        ("b", "page 1 of 2"),
        ("?", "back to the verdict", "turn the page"),
        ("c", "0 of 2 exercises and 0 of 1 quiz pass", "2 not started", "enter: back"),
    ):
        terminal.press(key)
        terminal.wait(*wanted)
    terminal.press("\r")
    terminal.wait("next:  h for a hint", gone="enter: back")
    terminal.press("o")
    terminal.wait("The report is report.html: open it in a browser.")
    assert "<html" in (home.folder.parent / "report.html").read_text()
    terminal.press("r")
    terminal.wait("Put the course's stub back?")
    terminal.press("x")
    terminal.wait("next:  h for a hint")
    terminal.press("r")
    terminal.wait("Put the course's stub back?")
    terminal.press("y")
    terminal.wait("your version lies beside it, double.py.1.bak", NOT_BEGUN)
    assert home.is_untouched(home.course.entries[0])
    terminal.press("r")
    terminal.wait("double.py is as the course gave it")
    terminal.press("\x04")
    assert terminal.end() == 0


def test_a_save_during_a_check_starts_over(watch: Watch, home: Home) -> None:
    """A file that never ends costs no waiting: the next save stops it. Keys work meanwhile."""
    file = home.file(home.course.entries[0])
    terminal = watch("watch")
    terminal.wait(NOT_BEGUN)
    file.write_text(SLEEPS)
    terminal.wait("judging ...")
    terminal.press("l")
    terminal.wait("1 arithmetic", "2 second")
    file.write_text(RIGHT)
    terminal.wait(PASSES, gone="judging")
    file.write_text(SLEEPS)
    terminal.wait("judging ...")
    terminal.press("q")
    assert terminal.end() == 0


def test_a_file_that_never_ends_meets_its_limit(watch: Watch, home: Home) -> None:
    """Without another save, the time limit ends it; what a file prints stays off the screen."""
    file = home.file(home.course.entries[0])
    file.write_text(SLEEPS)
    terminal = watch("watch", "--time-limit", "2")
    terminal.wait("double", "did not finish", gone="judging")
    flood = "for _ in range(10**5):\n    print('\\x1b[31mflood' * 3)\n"
    file.write_text(flood + RIGHT)
    terminal.wait("double", gone="did not finish")
    assert "flood" not in terminal.text
    terminal.press("q")
    assert terminal.end() == 0


def test_the_terminal_is_as_before(watch: Watch) -> None:
    """It is given back for a stop by the shell, taken again, and given back at the end."""
    terminal = watch("watch")
    before = termios.tcgetattr(terminal.process.child_fd)
    terminal.wait(NOT_BEGUN)
    during = termios.tcgetattr(terminal.process.child_fd)
    assert before[3] & termios.ECHO and not during[3] & termios.ECHO
    # Without a shell above it the kernel does not stop it: it is back at once.
    os.kill(terminal.process.pid, signal.SIGTSTP)
    terminal.until(lambda _: terminal.all.count("\x1b[?1049h") == 2)
    assert terminal.all.count("\x1b[?1049l") == 1
    terminal.wait(NOT_BEGUN)
    assert not termios.tcgetattr(terminal.process.child_fd)[3] & termios.ECHO
    terminal.press("\x03")
    assert terminal.end() == 0
    assert terminal.all.count("\x1b[?25h") >= 1
    assert terminal.all.count("\x1b[?1049l") == 2


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_nothing_stays_when_the_terminal_goes(watch: Watch, name: str) -> None:
    """The judge and its processes end with the command."""
    terminal = watch("watch")
    terminal.wait(NOT_BEGUN)
    (judge,) = children(terminal.process.pid)
    os.kill(terminal.process.pid, getattr(signal, name))
    assert terminal.end() == 0
    assert not Path(f"/proc/{judge}").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the process in /proc")
@pytest.mark.parametrize("depth", [0, 1, 2], ids=["judge", "warm process", "spare"])
def test_a_killed_process_is_replaced(watch: Watch, home: Home, depth: int) -> None:
    """Whatever of the judge is killed, the next verdict comes, and no zombie stays."""
    file = home.file(home.course.entries[0])
    file.write_text(WRONG)
    terminal = watch("watch")
    terminal.wait("cause:")
    process = terminal.process.pid
    for _ in range(depth + 1):
        # A new spare may be on its way, for the one before has judged.
        terminal.until(lambda _, parent=process: len(children(parent)) == 1, "one child")
        (process,) = children(process)
    os.kill(process, signal.SIGKILL)
    file.write_text(RIGHT)
    terminal.wait(PASSES)
    stats = [Path(f"/proc/{child}/stat").read_text() for child in children(terminal.process.pid)]
    assert [stat.rpartition(")")[2].split()[0] for stat in stats] in (["S"], ["R"])


def test_a_judge_killed_while_it_judges(watch: Watch, home: Home) -> None:
    """The verdict under way is asked of a new one."""
    file = home.file(home.course.entries[0])
    terminal = watch("watch")
    terminal.wait(NOT_BEGUN)
    file.write_text(SLEEPS)
    terminal.wait("judging ...")
    (judge,) = children(terminal.process.pid)
    os.kill(judge, signal.SIGKILL)
    file.write_text(RIGHT)
    terminal.wait(PASSES)


def test_files_that_go_and_come_back(watch: Watch, home: Home, tmp_path: Path) -> None:
    """A file, a topic's folder and the whole folder may go for a while."""
    entry = home.course.entries[0]
    file = home.file(entry)
    terminal = watch("watch")
    terminal.wait(NOT_BEGUN)
    file.unlink()
    terminal.wait("There is no double.py. r puts the course's stub there.")
    terminal.press("r")
    terminal.wait(NOT_BEGUN, "The course's stub is back.")
    os.rename(file.parent, tmp_path / "aside")
    terminal.wait("There is no double.py.")
    (tmp_path / "aside" / "double.py").write_text(RIGHT)
    os.rename(tmp_path / "aside", file.parent)
    terminal.wait(PASSES)
    os.rename(home.folder, tmp_path / "away")
    terminal.press("c")
    terminal.wait("No verdict:", "does not exist")
    os.rename(tmp_path / "away", home.folder)
    file.write_text(WRONG)
    terminal.wait("cause:")


def test_several_files_at_once(watch: Watch, home: Home) -> None:
    """They are judged together, and the learner stays where they are."""
    terminal = watch("watch")
    terminal.wait(NOT_BEGUN)
    first, second = (home.file(entry) for entry in home.course.entries)
    for file, text in ((first, WRONG), (second, RIGHT)):
        file.with_name("new").write_text(text)
    first.with_name("new").rename(first)
    second.with_name("new").rename(second)
    terminal.until(lambda text: PASSES in text or "1 of 2 exercises pass" in text)
    terminal.press("l")
    terminal.wait("1 of 2 exercises", "enter: back")


def test_progress_that_cannot_be_kept_is_said_once_in_the_frame(watch: Watch, home: Home) -> None:
    """A folder that cannot be written to costs no verdict; it is kept once it can be."""
    terminal = watch("watch")
    terminal.wait(NOT_BEGUN)
    kept, broken = home.folder / ".dlgrade.json", home.folder / ".dlgrade.broken.json"
    before = kept.read_bytes()
    # Root may write to any folder; what lies in the way stops them as a full disk would.
    kept.unlink()
    for folder in (kept, broken):
        folder.mkdir()
        (folder / "in the way").touch()
    home.file(home.course.entries[0]).write_text(RIGHT)
    terminal.wait(PASSES, "Your progress was not kept:")
    for folder in (kept, broken):
        shutil.rmtree(folder)
    kept.write_bytes(before)
    terminal.press("n")
    terminal.wait("arithmetic 2/2", gone="was not kept")
    terminal.press("q")
    assert terminal.end() == 0
    assert read(home.folder).of("arithmetic/double").passed


@pytest.mark.parametrize("size", [(40, 20), (40, 10), (20, 5)])
def test_small_terminals(watch: Watch, home: Home, size: tuple[int, int]) -> None:
    """Nothing is wider or longer than the terminal; the verdict is what stays."""
    home.file(home.course.entries[0]).write_text(WRONG)
    terminal = watch("watch", size=size)
    seen = terminal.wait("0/3", "✗ double")
    assert all(len(line) <= size[0] for line in seen.splitlines())
    assert "\n" not in terminal.all.split("\x1b[?1049h")[1], "nothing scrolls"


def test_another_size_is_another_frame(watch: Watch, home: Home) -> None:
    """The frame follows the terminal."""
    terminal = watch("watch")
    terminal.wait("0/3", NOT_BEGUN, "q quit")
    terminal.rows = 12
    terminal.screen[:] = [""] * 12
    terminal.process.setwinsize(12, 50)
    seen = terminal.wait("0/3", "keys n h d l c o r q")
    assert all(len(line) <= 50 for line in seen.splitlines())


def test_without_a_frame(watch: Watch, home: Home) -> None:
    """A terminal that knows no sequences gets lines, one verdict below the other."""
    terminal = watch("watch", TERM="dumb")
    terminal.wait(NOT_BEGUN)
    home.file(home.course.entries[0]).write_text(WRONG)
    terminal.wait("cause:")
    terminal.press("h")
    terminal.wait("Once is not twice.")
    terminal.press("q")
    assert terminal.end() == 0
    assert "\x1b" not in terminal.all


def test_ascii(watch: Watch, home: Home) -> None:
    """A terminal without UTF-8 gets no other letters, in the frame neither."""
    home.file(home.course.entries[0]).write_text(WRONG)
    terminal = watch("watch", PYTHONIOENCODING="ascii")
    terminal.wait("x double", "--------", "0/3")
    terminal.press("l")
    terminal.wait("1 arithmetic")
    assert terminal.all.isascii()


def test_without_keys(home: Home) -> None:
    """Where standard input is no terminal, verdicts come all the same, until a signal."""
    home.file(home.course.entries[0]).write_text(WRONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "watch"],
        cwd=home.folder.parent,
        env={
            **os.environ,
            "DLGRADE_COURSE": str(home.course.exercises.parent),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONIOENCODING": "utf-8",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "cause: returns x as it is" in line:
            break
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "\x1b" not in out


def test_the_live_page_follows(watch: Watch, home: Home) -> None:
    """The report is served while one watches, with the verdict of the last save."""
    pytest.importorskip("uvicorn")
    terminal = watch("watch", "--web")
    seen = terminal.wait("live page http://", NOT_BEGUN)
    address = re.search(r"http://\S+", seen)
    assert address is not None
    home.file(home.course.entries[0]).write_text(WRONG)
    terminal.wait("cause:")
    terminal.press("o")
    terminal.wait("The live page is the address below.")

    def has_come(_: str) -> bool:
        try:
            with urlopen(f"{address[0]}report", timeout=60) as page:
                return "returns x as it is" in page.read().decode()
        except HTTPError as error:  # 404 until there is a first report
            return error.close() is not None

    terminal.until(has_come)
    terminal.press("q")
    assert terminal.end() == 0


def test_a_new_verdict_is_seen_to_be_new(watch: Watch, home: Home) -> None:
    """A save that changes nothing is judged again, says when, and mends the screen."""
    file = home.file(home.course.entries[0])
    file.write_text(WRONG)
    terminal = watch("watch")
    clock = r"judged at [\d:]+"
    before = re.findall(clock, terminal.wait("cause:", "judged at"))
    terminal.screen[3] = "Message from root: the machine goes down at noon."
    terminal.until(lambda text: time.strftime("%H:%M:%S") not in text)
    file.touch()
    terminal.until(lambda text: re.findall(clock, text) not in (before, []))
    assert "cause:" in terminal.text and "Message from root" not in terminal.text
