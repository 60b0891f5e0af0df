"""A folder of a worker's own, for exercises that must write files."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from typing import Final

MOST_FILES: Final = 10_000
"""Files and folders, empty ones too, that a scratch folder may hold."""


def make() -> str:
    """A new folder that nobody else may enter."""
    return tempfile.mkdtemp(prefix="dlgrade-")


def enter(folder: str) -> None:
    """Makes a folder the one that this process works in, and puts temporary files into."""
    os.chdir(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = folder


def is_full(folder: str, most: int) -> bool:
    """Whether what lies in a folder takes more bytes, or is more, than it may.

    Args:
        folder: its path.
        most: bytes, as the disk counts them: a file with a hole counts what it really takes.
    """
    size = number = 0
    for path, folders, files in os.walk(folder):
        number += len(folders) + len(files)
        if number > MOST_FILES:
            return True
        for name in files:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(path, name)).st_blocks * 512
        if size > most:
            return True
    return False


def remove(folder: str) -> None:
    """Deletes a folder with all that is in it, whatever rights it was left with."""
    for path, folders, _ in os.walk(folder):
        for name in folders:
            with contextlib.suppress(OSError):
                os.chmod(os.path.join(path, name), 0o700, follow_symlinks=False)
    shutil.rmtree(folder, ignore_errors=True)
