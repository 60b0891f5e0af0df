"""The progress file: whole or not at all, nothing lost between processes, nobody's to trust."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader import progress
from grader.errors import DlgradeError
from grader.progress import BROKEN, FILE, Progress, Studied, change, is_broken, is_kept, read

ROOT = Path(__file__).parents[2]
COUNT = """
import sys
from pathlib import Path
from msgspec.structs import replace
from grader.progress import change

folder, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def one_more(progress):
    known = progress.of(name)
    return progress.with_(name, replace(known, score=known.score + 1))


print("ready", flush=True)
for _ in range(times):
    change(folder, one_more)
"""


def writer(folder: Path, name: str, times: int) -> subprocess.Popen[str]:
    """A process that counts up a score so many times."""
    return subprocess.Popen(
        [sys.executable, "-c", COUNT, str(folder), name, str(times)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def seen(known: Progress) -> Progress:
    """One hint more of an exercise."""
    studied = known.of("a/b")
    return known.with_("a/b", replace(studied, hints=studied.hints + 1))


def test_it_is_read_back(tmp_path: Path) -> None:
    """What was written is there again, and nothing else in the folder."""
    assert change(tmp_path, seen) == read(tmp_path)
    assert read(tmp_path).of("a/b").hints == 1
    assert os.listdir(tmp_path) == [FILE]


def test_an_unchanged_file_is_not_written(tmp_path: Path) -> None:
    """A change that changes nothing leaves the very same file."""
    change(tmp_path, seen)
    before = (tmp_path / FILE).stat().st_ino
    change(tmp_path, lambda known: known)
    assert (tmp_path / FILE).stat().st_ino == before


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    """Three writers at once: every change of each of them counts."""
    writers = [writer(tmp_path, name, 40) for name in ("a/one", "a/two", "a/one")]
    for process in writers:
        process.communicate()
    known = read(tmp_path)
    assert [process.returncode for process in writers] == [0, 0, 0]
    assert (known.of("a/one").score, known.of("a/two").score) == (80, 40)


def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """Killed in the middle of its work, whenever that is; what it left lying is swept away."""
    last = 0.0
    for _ in range(8):
        process = writer(tmp_path, "a/one", 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        while read(tmp_path).of("a/one").score < last + 3:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not is_broken(tmp_path)
        assert read(tmp_path).of("a/one").score >= last + 3
        last = read(tmp_path).of("a/one").score
    (tmp_path / f".{FILE}.left.tmp").write_text("half a f")
    change(tmp_path, seen)
    assert os.listdir(tmp_path) == [FILE]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema": "dlgrade/progress/v2"}',
        b'{"studied": {"a/b": {"hints": "many"}}}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"current": "' + b"x" * (progress.MAX_BYTES + 1) + b'"}',
    ],
    ids=["empty", "cut", "a list", "of the future", "wrong type", "bytes", "deep", "huge"],
)
def test_a_broken_file_is_put_aside(tmp_path: Path, data: bytes) -> None:
    """Nothing of it is believed, and nothing of it is lost."""
    (tmp_path / FILE).write_bytes(data)
    assert is_broken(tmp_path)
    assert read(tmp_path) == Progress()
    assert change(tmp_path, seen).of("a/b").hints == 1
    assert (tmp_path / BROKEN).read_bytes() == data
    assert not is_broken(tmp_path)


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither to read somebody else's file nor to write to it."""
    theirs = tmp_path / "theirs.json"
    mine = tmp_path / "mine"
    mine.mkdir()
    change(tmp_path, seen)
    os.rename(tmp_path / FILE, theirs)
    before = theirs.read_bytes()
    (mine / FILE).symlink_to(theirs)
    assert is_broken(mine)
    change(mine, lambda known: known.with_("c/d", Studied(passed=True)))
    assert theirs.read_bytes() == before
    assert read(mine).of("a/b").hints == 0
    assert (mine / BROKEN).is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Not even one that somebody holds open and says nothing on."""
    os.mkfifo(tmp_path / FILE)
    held = os.open(tmp_path / FILE, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert read(tmp_path) == Progress()
        assert change(tmp_path, seen).of("a/b").hints == 1
    finally:
        os.close(held)


def test_a_second_name_does_no_harm(tmp_path: Path) -> None:
    """A backup made of hard links leaves the progress as it is, and is left as it is."""
    change(tmp_path, seen)
    os.link(tmp_path / FILE, tmp_path / "backup")
    assert not is_broken(tmp_path)
    change(tmp_path, seen)
    assert read(tmp_path).of("a/b").hints == 2
    assert b'"hints": 1' in (tmp_path / "backup").read_bytes()


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """What cannot be written whole is not written; the error says so."""
    change(tmp_path, seen)
    before = (tmp_path / FILE).read_bytes()
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from grader.progress import Studied, change\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "change(Path(sys.argv[1]), lambda known: known.with_('c/d', Studied()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert "could not be written: File too large; nothing was changed" in done.stderr
    assert (tmp_path / FILE).read_bytes() == before
    assert os.listdir(tmp_path) == [FILE]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    """It can be read from; what cannot be written is an error, not a crash."""
    change(tmp_path, seen)
    tmp_path.chmod(0o500)
    try:
        assert read(tmp_path).of("a/b").hints == 1
        with pytest.raises(DlgradeError, match="Permission denied; nothing was changed"):
            change(tmp_path, seen)
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """There is no progress, and none can be written."""
    assert read(tmp_path / "none") == Progress()
    assert not is_kept(tmp_path / "none")
    with pytest.raises(DlgradeError, match="No such file"):
        change(tmp_path / "none", seen)


@pytest.mark.skipif(progress.fcntl is None, reason="there are no locks here")
def test_whoever_never_lets_go_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that hangs while it holds the folder costs others a message."""
    monkeypatch.setattr(progress, "LONGEST_WAIT_S", 0.0)
    held = os.open(tmp_path, os.O_RDONLY)
    progress.fcntl.flock(held, progress.fcntl.LOCK_EX)
    try:
        with pytest.raises(DlgradeError, match="another process has held the progress"):
            change(tmp_path, seen)
    finally:
        os.close(held)
    assert change(tmp_path, seen).of("a/b").hints == 1
