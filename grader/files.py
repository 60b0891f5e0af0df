"""Writing results: first to a temporary file beside the target, then renamed over it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from grader.errors import DlgradeError, UsageError


def check_writable(path: Path) -> None:
    """Refuses a target that cannot be written, before any work is done.

    Raises:
        UsageError: if its folder is not there or not writable, or it is a folder or a device.
    """
    folder = path.absolute().parent
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file to write to")
    if path.exists() and not path.is_file():
        # The rename would put a file in the place of the device.
        raise UsageError(f"{path} is not an ordinary file; name one to write to")
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}; make it first, or write elsewhere")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{folder} cannot be written to; name another place or leave the file out")


def read(path: Path, at_most: int = -1) -> bytes:
    """The bytes of a file that somebody has named.

    Args:
        path: the file.
        at_most: how many bytes to read; all of them if it is negative.

    Raises:
        UsageError: if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(at_most)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Writes a file whole or not at all: what was there before stays until the rename.

    Args:
        path: the file.
        data: what it shall hold.
        private: whether nobody but its owner may read it.

    Raises:
        DlgradeError: if the disk is full or the folder has gone.
    """
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".tmp", dir=path.absolute().parent
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.chmod(temporary, 0o600 if private else 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        reason = error.strerror or error
        raise DlgradeError(f"{path} could not be written: {reason}; nothing was changed") from error


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
