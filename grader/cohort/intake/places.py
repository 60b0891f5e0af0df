"""Where the files of a class lie: a folder, or a zip that is not unpacked to disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import IO, Final, Protocol

from grader.errors import UsageError
from grader.submission.bundle import SUFFIXES, harmless, is_litter, suffix_among
from grader.submission.files import Parts, Refused, shown
from grader.submission.folder import Folder, read_below
from grader.submission.packed import Packed, zip_contents

MAX_FILES: Final = 200_000
"""Files of a whole class: 5000 students with 40 each."""

_MAX_DIRECTORY_BYTES: Final = 64_000_000
_GIT: Final = ".git"


class Place(Protocol):
    """A file, or a folder of files, in what a class handed in."""

    @property
    def name(self) -> str:
        """What it is called, without anything above it."""

    @property
    def is_folder(self) -> bool:
        """Whether it may hold files."""

    @property
    def problem(self) -> str:
        """Why it is no file to be read; empty if it is one."""

    @property
    def clone(self) -> Path | None:
        """The folder, if git cloned it."""

    def children(self) -> list[Place]:
        """What lies in a folder, by name, litter left out; raises `Refused`."""

    def contents(self, wanted: Callable[[Parts], bool]) -> Iterator[Packed]:
        """The files below a folder, those of unwanted folders possibly left out."""

    def read(self, limit: int) -> bytes:
        """The bytes of a file, one more than the limit at the most; raises `Refused`."""


@contextmanager
def opened(path: Path) -> Iterator[Place]:
    """What a class handed in.

    Raises:
        UsageError: if there is nothing, or it is neither a folder nor a zip.
    """
    if os.path.isdir(path):
        yield OnDisk(path)
        return
    if not os.path.lexists(path):
        raise UsageError(f"{shown(path)} does not exist; name the folder or the zip of a class")
    if suffix_among(path.name, SUFFIXES) != ".zip":
        raise UsageError(
            f"{shown(path)} is neither a folder nor a zip; unpack it and name the folder"
        )
    try:
        with open(path, "rb") as file:
            yield _listed(path, file)
    except OSError as error:
        raise UsageError(f"{shown(path)} cannot be read: {error.strerror}") from None


def _listed(path: Path, file: IO[bytes]) -> Place:
    try:
        files = list(islice(zip_contents(file, _MAX_DIRECTORY_BYTES), MAX_FILES + 1))
    except Refused as refused:
        raise UsageError(f"{shown(path)} cannot be read: {refused}") from None
    if len(files) > MAX_FILES:
        raise UsageError(
            f"{shown(path)} holds more than {MAX_FILES} files; unpack it and name the folder that "
            "holds one folder per student"
        )
    return InZip(path.stem, [(harmless(packed.name), packed) for packed in files])


@dataclass(frozen=True)
class OnDisk:
    """A folder or a file on disk; links below the one that was named are not followed."""

    path: Path
    is_below: bool = False

    @property
    def name(self) -> str:
        """What it is called, without anything above it."""
        return self.path.absolute().name

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, links to one left out."""
        # Unlike pathlib's, these answer where the folder above may not be looked into.
        return os.path.isdir(self.path) and not (self.is_below and os.path.islink(self.path))

    @property
    def problem(self) -> str:
        """Nothing: what is wrong comes up when it is read."""
        return ""

    @property
    def clone(self) -> Path | None:
        """The folder, if it holds a folder ``.git``."""
        return self.path if OnDisk(self.path / _GIT, is_below=True).is_folder else None

    def children(self) -> list[Place]:
        """What lies in a folder, by name, litter left out."""
        try:
            with os.scandir(self.path) as entries:
                names = list(islice((entry.name for entry in entries), MAX_FILES + 1))
        except OSError as error:
            raise Refused(f"it cannot be read: {error.strerror}") from None
        if len(names) > MAX_FILES:
            raise Refused(f"it holds more than {MAX_FILES} files; tidy it")
        return [
            OnDisk(self.path / name, is_below=True) for name in sorted(names) if not is_litter(name)
        ]

    def contents(self, wanted: Callable[[Parts], bool]) -> Iterator[Packed]:
        """The files below a folder."""
        return Folder(self.path, called=self.name).contents(wanted)

    def read(self, limit: int) -> bytes:
        """The bytes of a file."""
        return read_below(self.path.parent, (self.name,), limit)


@dataclass(frozen=True)
class InZip:
    """A folder or a file in a zip: the files below it, by their paths from here."""

    name: str
    files: list[tuple[Parts, Packed]] = field(default_factory=list)

    @property
    def is_folder(self) -> bool:
        """Whether something lies in it."""
        return any(parts for parts, _ in self.files)

    @property
    def problem(self) -> str:
        """Why it is no file to be read; empty if it is one."""
        return self._file.problem

    @property
    def clone(self) -> None:
        """None: what a packed clone says of itself is not read."""

    @property
    def _file(self) -> Packed:
        return next(packed for parts, packed in self.files if not parts)

    def children(self) -> list[Place]:
        """What lies in a folder, by name, litter left out."""
        below: dict[str, list[tuple[Parts, Packed]]] = {}
        for parts, packed in self.files:
            if parts and not is_litter(parts[0]):
                below.setdefault(parts[0], []).append((parts[1:], packed))
        return [InZip(name, files) for name, files in sorted(below.items())]

    def contents(self, wanted: Callable[[Parts], bool]) -> Iterator[Packed]:
        """The files below a folder."""
        for parts, packed in self.files:
            if parts and wanted(parts[:-1]):
                yield replace(packed, name="/".join(parts), is_loose=True)

    def read(self, limit: int) -> bytes:
        """The bytes of a file."""
        return self._file.read(limit)
