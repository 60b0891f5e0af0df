"""A folder on disk, read without following a link below it."""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from grader.submission.files import (
    LIMITS,
    MAX_SOURCE_BYTES,
    Parts,
    Refused,
    TooLarge,
    shown,
    suffix_of,
)
from grader.submission.packed import Packed

MAX_NAMES: Final = 10_000
"""How much of a folder is looked at; a topic of the course has seven files."""

# Absent on Windows. O_NONBLOCK: opening a named pipe must not wait for a writer.
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_FILE: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_BELOW: Final = os.open in os.supports_dir_fd and bool(_NO_LINK)

_CHUNK: Final = 2**16

_REASONS: Final = {
    errno.ELOOP: "the file is a link; put the file itself there",
    errno.EACCES: "the file may not be read; give yourself the right to read it",
    errno.EPERM: "the file may not be read; give yourself the right to read it",
    errno.ENOENT: "the file went away while it was read; run the command again",
    errno.ENOTDIR: "its folder is a link, or no folder; put the files into a folder",
    errno.ENXIO: "this is not a regular file; put the exercise's file there",
}


@dataclass(frozen=True)
class Folder:
    """A folder that was named on the command line.

    Attributes:
        path: where; a link that leads there is the user's own choice.
        trusted: its files may have several names on the disk, see `_content`.
        called: what messages call it; its path if empty.
    """

    path: Path
    trusted: bool = False
    called: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.absolute().name

    @property
    def roots(self) -> tuple[Parts, ...]:
        """Itself only: a folder inside can be named instead."""
        return ((),)

    def shown(self, parts: Parts) -> str:
        """A path as the learner would name it."""
        return shown(Path(self.called or self.path, *parts))

    def names(self, folder: Parts) -> frozenset[str]:
        """What lies in a folder, links among it.

        Raises:
            Refused: if the folder is a link or may not be read, or holds too much.
        """
        try:
            with _opened(self.path, folder, _FOLDER) as descriptor:
                listed = descriptor if os.scandir in os.supports_fd else self.path.joinpath(*folder)
                with os.scandir(listed) as entries:
                    names = frozenset(islice((e.name for e in entries), MAX_NAMES + 1))
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise Refused(f"{self.shown(folder)} is a link; put the files there") from None
            raise Refused(f"{self.shown(folder)} cannot be read: {error.strerror}") from None
        if len(names) > MAX_NAMES:
            raise Refused(f"{self.shown(folder)} holds more than {MAX_NAMES} files; tidy it")
        return names

    def is_folder(self, parts: Parts) -> bool:
        """Whether there is a folder, or a link to one."""
        return os.path.isdir(self.path.joinpath(*parts))

    def read(self, parts: Parts) -> bytes:
        """The bytes of a file.

        Raises:
            Refused: if it is not a regular file, too large, or may not be read.
        """
        limit = LIMITS.get(suffix_of(parts[-1]), MAX_SOURCE_BYTES)
        return read_below(self.path, parts, limit, self.trusted)

    def contents(self, wanted: Callable[[Parts], bool]) -> Iterator[Packed]:
        """Its files, those nearest to the top first, links and what cannot be read among them.

        Args:
            wanted: whether a folder is looked into.

        Raises:
            Refused: if the folder itself may not be looked into.
        """
        folders: deque[Parts] = deque([()])
        while folders:
            folder = folders.popleft()
            try:
                names = sorted(self.names(folder))
            except Refused as refused:
                if not folder:
                    raise
                yield _loose(folder, str(refused), is_folder=True)
                continue
            for parts in ((*folder, name) for name in names):
                if suffix_of(parts[-1]) not in LIMITS and self.is_folder(parts):
                    if wanted(parts):
                        folders.append(parts)
                else:
                    yield _loose(parts, read=partial(read_below, self.path, parts))

    def absence(self, wanted: Parts) -> str:
        """Nothing: what is not in a folder was not handed in."""
        return ""


def _loose(
    parts: Parts,
    problem: str = "",
    read: Callable[[int], bytes] = lambda _: b"",
    is_folder: bool = False,
) -> Packed:
    return Packed("/".join(parts), problem, read, is_loose=True, is_folder=is_folder)


def read_below(root: Path, parts: Parts, limit: int, trusted: bool = False) -> bytes:
    """The bytes of a file below a folder, no link being followed on the way.

    Args:
        root: the folder.
        parts: the way from there, at least the file's name.
        limit: how many bytes it may have.
        trusted: see `Folder`.

    Raises:
        Refused: if it is not a regular file, too large, or may not be read.
    """
    try:
        with _opened(root, parts, _FILE) as descriptor:
            return _content(descriptor, parts[-1], limit, trusted)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"the file cannot be read: {error.strerror}")
        raise Refused(reason) from None


@contextmanager
def _opened(root: Path, parts: Parts, flags: int) -> Iterator[int]:
    """A descriptor, opened folder by folder: a link that is put in its way later is not met."""
    descriptor = _open_below(root, parts, flags) if _BELOW else _open_whole(root, parts, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open_below(root: Path, parts: Parts, flags: int) -> int:
    descriptor = os.open(root, _FOLDER)
    for place, part in enumerate(parts, start=1):
        wanted = flags if place == len(parts) else _FOLDER
        try:
            inner = os.open(part, wanted | _NO_LINK, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def _open_whole(root: Path, parts: Parts, flags: int) -> int:
    """Where folders have no descriptors: links are looked for, but not held off."""
    path = root
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return os.open(path, flags)


def _content(descriptor: int, name: str, limit: int, trusted: bool) -> bytes:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        raise Refused("this is not a regular file; put the exercise's file there")
    if before.st_nlink > 1 and not trusted:
        # The other name may be that of a solution, which we may read and its owner may not.
        raise Refused(
            f"the file has {before.st_nlink} names on the disk (hard links), so it may be somebody "
            f"else's; make a copy of your own: cp {name} copy && mv copy {name}"
        )
    with open(descriptor, "rb", buffering=0, closefd=False) as file:
        data = bytearray()
        while len(data) <= limit and (chunk := file.read(min(_CHUNK, limit + 1 - len(data)))):
            data += chunk
    if len(data) > limit:
        raise TooLarge(name)
    after = os.fstat(descriptor)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Refused("the file changed while it was read; run the command again")
    return bytes(data)
