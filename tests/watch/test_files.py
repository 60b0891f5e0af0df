"""Noticing a save: each way in which an editor does it, with events and without."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import watchfiles

from grader.course import Entry
from grader.home import Home
from grader.watch import Files, Inbox, Key, Saved

WAIT_S = 20.0


class Saves:
    """What a thread that looks at files has said."""

    def __init__(self, home: Home) -> None:
        self.inbox = Inbox()
        self.files = Files(home, self.inbox)
        self.files.start()

    def next(self) -> set[Entry]:
        """The files of the next save."""
        deadline = time.monotonic() + WAIT_S
        while not self.inbox.holds(lambda _: True):
            assert time.monotonic() < deadline, "no save was noticed"
            time.sleep(0.01)
        event = self.inbox.next()
        assert isinstance(event, Saved)
        return set(event.entries)


@pytest.fixture
def saves(home: Home) -> Iterator[Saves]:
    """A thread that looks at the learner's files."""
    saves = Saves(home)
    yield saves
    saves.files.stop()
    assert not saves.files.is_alive()


def in_place(file: Path, text: str) -> None:
    """As VS Code, nano and ``cat >`` do."""
    file.write_text(text)


def renamed(file: Path, text: str) -> None:
    """As ``sed -i`` and rsync do."""
    other = file.with_name(f".{file.name}.Xy12")
    other.write_text(text)
    os.replace(other, file)


def backed_up(file: Path, text: str) -> None:
    """As vim does with backupcopy=no: the old file is renamed, a new one is written."""
    file.with_name("4913").write_text("")
    file.with_name("4913").unlink()
    beside = file.with_name(f"{file.name}~")
    os.replace(file, beside)
    file.write_text(text)
    beside.unlink()


def safe(file: Path, text: str) -> None:
    """As PyCharm does."""
    new, old = (file.with_name(f"{file.name}___jb_{word}___") for word in ("tmp", "old"))
    new.write_text(text)
    os.replace(file, old)
    os.replace(new, file)
    old.unlink()


def locked(file: Path, text: str) -> None:
    """As Emacs does: a lock that is a link to nowhere, a backup that stays."""
    lock = file.with_name(f".#{file.name}")
    lock.symlink_to("learner@machine.1:2")
    shutil.copyfile(file, file.with_name(f"{file.name}~"))
    file.write_text(text)
    lock.unlink()


def in_pieces(file: Path, text: str) -> None:
    """Emptied first, and written with pauses, as over a slow network."""
    with file.open("w") as stream:
        for start in range(0, len(text), 200):
            stream.write(text[start : start + 200])
            stream.flush()
            os.fsync(stream.fileno())


WAYS = [in_place, renamed, backed_up, safe, locked, in_pieces]


@pytest.mark.parametrize("save", WAYS)
def test_every_way_of_saving(saves: Saves, home: Home, save: Callable[[Path, str], None]) -> None:
    """A save is noticed, and the file is whole by then; what lies beside it is none."""
    entry = home.course.entries[0]
    file = home.file(entry)
    for number in range(3):
        text = f"# {number}\n" * 300
        save(file, text)
        while saves.next() == {entry} and file.read_text() != text:
            pass  # half of it came earlier than the rest
        assert file.read_text() == text


@pytest.mark.parametrize("save", WAYS)
def test_without_events(
    home: Home, monkeypatch: pytest.MonkeyPatch, save: Callable[[Path, str], None]
) -> None:
    """Where the system says nothing, or has no more watches to give, the files are looked at."""

    def none_left(*_: object, **__: object) -> Iterator[object]:
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(watchfiles, "watch", none_left)
    saves = Saves(home)
    try:
        save(home.file(home.course.entries[1]), "x = 1\n" * 200)
        assert saves.next() == {home.course.entries[1]}
    finally:
        saves.files.stop()


def test_a_silent_file_system(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that never yields an event yields its time-outs."""

    def silent(*_: object, **options: object) -> Iterator[object]:
        assert options["yield_on_timeout"]
        while not options["stop_event"].wait(0.05):  # type: ignore[attr-defined]
            yield set()

    monkeypatch.setattr(watchfiles, "watch", silent)
    saves = Saves(home)
    try:
        in_place(home.file(home.course.entries[0]), "x = 1\n")
        assert saves.next() == {home.course.entries[0]}
    finally:
        saves.files.stop()


def test_what_is_no_save(saves: Saves, home: Home) -> None:
    """Other files, backups, the progress and a file that was read are no saves."""
    first, second = (home.file(entry) for entry in home.course.entries)
    for name in ("notes.txt", "double.py~", ".double.py.swp", "double.py.1.bak"):
        first.with_name(name).write_text("x")
    (home.folder / ".dlgrade.json").write_text("{}")
    first.read_text()
    second.write_text("x = 1\n")
    assert saves.next() == {home.course.entries[1]}


def test_quizzes_notebooks_and_files_that_go(saves: Saves, home: Home) -> None:
    """A quiz, a notebook beside the stub, and a file that is taken away are told."""
    quiz = home.course.quizzes[0]
    home.file(quiz).write_text("answer = 1\n")
    assert saves.next() == {quiz}
    first, second = home.course.entries
    home.file(first).with_suffix(".ipynb").write_text("{}")
    assert saves.next() == {first}
    home.file(second).unlink()
    assert saves.next() == {second}
    shutil.rmtree(home.file(first).parent)
    assert saves.next() == {first, quiz}
    home.file(first).parent.mkdir()
    home.file(first).write_text("x = 1\n")
    assert saves.next() == {first}


def test_a_file_that_never_rests_is_told_all_the_same(saves: Saves, home: Home) -> None:
    """What is appended to for ever does not hide the saves of other files."""
    growing, other = home.course.entries
    process = subprocess.Popen(
        ["sh", "-c", 'while :; do echo x >> "$0"; sleep 0.002; done', str(home.file(growing))]
    )
    try:
        assert saves.next() == {growing}
        home.file(other).write_text("x = 1\n")
        while other not in saves.next():
            pass
    finally:
        process.kill()
        process.wait()


def test_stopping_at_once(home: Home) -> None:
    """A thread may be stopped before it was started, and while a file is being written."""
    Files(home, Inbox()).stop()
    saves = Saves(home)
    home.file(home.course.entries[0]).write_text("")
    saves.files.stop()
    assert not saves.files.is_alive()


def test_saves_that_wait_come_together(home: Home) -> None:
    """Keys keep their order; saves are one."""
    first, second = home.course.entries
    inbox = Inbox()
    for event in (Key("n"), Saved(frozenset({first})), Key("h"), Saved(frozenset({second}))):
        inbox.put(event)
    assert inbox.next_if(lambda event: isinstance(event, Saved)) is None
    assert inbox.holds(lambda event: event == Key("h"))
    assert inbox.next_if(lambda event: isinstance(event, Key)) == Key("n")
    assert [inbox.next(), inbox.next()] == [Saved(frozenset({first, second})), Key("h")]
    assert inbox.next_if(lambda _: True) is None
    assert not inbox.holds(lambda _: True)
