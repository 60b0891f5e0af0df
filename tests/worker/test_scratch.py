"""A worker's own folder: what counts as full, and that it can always be deleted."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from grader.worker import scratch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX's")

DEEP = 1_500
"""Deeper than Python may call itself."""


@pytest.fixture
def folder() -> Path:
    """A folder as a worker gets it."""
    return Path(scratch.make())


def test_an_ordinary_folder_is_not_full(folder: Path) -> None:
    """The control: a few files in a few folders."""
    (folder / "one" / "two").mkdir(parents=True)
    (folder / "one" / "two" / "file").write_bytes(bytes(1_000))
    assert not scratch.is_full(str(folder), 2**20)
    scratch.remove(str(folder))
    assert not folder.exists()


def test_what_is_below_counts(folder: Path) -> None:
    """Bytes count wherever they lie; so does the number of files, empty ones too."""
    (folder / "below").mkdir()
    (folder / "below" / "file").write_bytes(bytes(2**20))
    assert scratch.is_full(str(folder), 2**19)
    (folder / "below" / "file").unlink()
    assert not scratch.is_full(str(folder), 2**19)
    for number in range(scratch.MOST_FILES):
        (folder / f"{number}").touch()
    assert scratch.is_full(str(folder), 2**19)
    scratch.remove(str(folder))


def test_a_hole_takes_no_room(folder: Path) -> None:
    """What is counted is the disk's, not the length."""
    with (folder / "hole").open("wb") as file:
        file.truncate(2**30)
    assert not scratch.is_full(str(folder), 2**20)
    scratch.remove(str(folder))


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may look everywhere")
def test_what_cannot_be_looked_into_is_too_much(folder: Path) -> None:
    """A folder that may be entered and not listed hides what is in it."""
    (folder / "closed").mkdir(mode=0o300)
    assert scratch.is_full(str(folder), 2**20)
    scratch.remove(str(folder))
    assert not folder.exists()


def test_a_deep_folder_is_counted_and_deleted(folder: Path) -> None:
    """No depth ends the process that cleans up, and no closed folder stops it."""
    path = folder
    descriptor = os.open(path, os.O_RDONLY)
    for _ in range(DEEP):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.fchmod(descriptor, 0)
    os.close(descriptor)
    scratch.is_full(str(folder), 2**20)
    scratch.remove(str(folder))
    assert not folder.exists()


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    """Neither the mode nor the content of what a link points to is touched."""
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o500)
    (tmp_path / "file").write_text("mine")
    (folder / "link").symlink_to(kept)
    (folder / "file").symlink_to(tmp_path / "file")
    scratch.remove(str(folder))
    assert not folder.exists()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o500
    assert (tmp_path / "file").read_text() == "mine"
