"""A folder of a worker's own, for exercises that must write files."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from typing import Final

MOST_FILES: Final = 1_000
"""Files and folders, empty ones too, that a scratch folder may hold.

Some disks take a millisecond to delete a folder, and whoever deletes them has others to serve.
"""

_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def make() -> str:
    """A new folder that nobody else may enter."""
    return tempfile.mkdtemp(prefix="dlgrade-")


def enter(folder: str) -> None:
    """Makes a folder the one that this process works in, and puts temporary files into."""
    os.chdir(folder)
    os.environ["TMPDIR"] = os.environ["TORCHINDUCTOR_CACHE_DIR"] = tempfile.tempdir = folder


def do_without() -> None:
    """Prepares a process that may write nowhere for those who ask for a folder and do not need it.

    Parts of torch make one for compiled code when they are first imported, though nothing is ever
    put there; that may fail only if it is not there already. Others ask which folder temporary
    files go to, which would otherwise be looked for by writing.
    """
    tempfile.tempdir = os.path.abspath(os.sep + "tmp")
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.path.abspath(os.sep)


def is_full(folder: str, most: int) -> bool:
    """Whether what lies in a folder takes more bytes, or is more, than it may.

    What cannot be looked into counts as too much. Nothing here calls itself: a learner decides how
    deep the folders lie.

    Args:
        folder: its path.
        most: bytes, as the disk counts them: a file with a hole counts what it really takes.
    """
    size = number = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    number += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size += _taken(entry)
                    if size > most or number > MOST_FILES:
                        return True
        except (FileNotFoundError, NotADirectoryError):
            continue  # deleted since it was listed
        except OSError:
            return True
    return False


def _taken(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        return 0  # deleted since it was listed


def remove(folder: str) -> None:
    """Deletes a folder with all that is in it, whatever rights it was left with.

    Everybody who could still change it must be dead.
    """
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            _empty(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: str) -> None:
    """Deletes what is in a folder.

    ``shutil.rmtree`` calls itself for every folder below, and gives up where one is closed. This
    goes down and up by one descriptor, so that no depth is too much; links are never followed.
    """
    here = os.open(folder, _FOLDER)
    names: list[str] = []
    left = [_folders_after_files(here)]
    while True:
        if left[-1]:
            name = left[-1].pop()
            with contextlib.suppress(OSError):
                os.chmod(name, 0o700, dir_fd=here)
                here = _moved(here, name)
                names.append(name)
                left.append([])
                left[-1] = _folders_after_files(here)
        elif names:
            left.pop()
            here = _moved(here, "..")
            with contextlib.suppress(OSError):
                os.rmdir(names.pop(), dir_fd=here)
        else:
            break
    os.close(here)


def _moved(here: int, name: str) -> int:
    """A descriptor of the folder of this name in another, whose own is closed."""
    there = os.open(name, _FOLDER, dir_fd=here)
    os.close(here)
    return there


def _folders_after_files(here: int) -> list[str]:
    """Deletes everything in a folder but the folders; returns their names."""
    folders = []
    with os.scandir(here) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                os.unlink(entry.name, dir_fd=here)
    return folders
