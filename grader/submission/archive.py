"""An archive as the files that a course could ask for, by harmless paths."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from grader.course import QUIZ
from grader.submission.files import LIMITS, Parts, Refused, TooLarge, shown, suffix_of
from grader.submission.folder import read_below
from grader.submission.packed import (
    MAX_ARCHIVE_BYTES,
    MAX_ENTRIES,
    MAX_UNPACKED_BYTES,
    Packed,
    contents,
)

SUFFIXES: Final = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
"""What an archive that can be read is called."""

FOREIGN: Final = (".7z", ".rar", ".gz", ".bz2", ".xz", ".zst")
"""What other archives are called."""

MAX_DEPTH: Final = 16
"""Folders in one another; the course has two, and a wrapping one or two come with archives."""

MAX_NAME: Final = 1_000
"""Characters of a path in an archive; the longest that most systems can unpack has 4095."""

_DRIVE: Final = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True)
class _Member:
    """A file in an archive: its bytes, or why there are none."""

    name: str
    data: bytes = b""
    fault: str = ""


@dataclass(frozen=True)
class Archive:
    """What an archive holds, in memory.

    Attributes:
        path: as it was named on the command line.
        members: its files, by their paths without ``..``, drives and the like.
        inner: archives in it, which are not opened.
        cut: why the rest of it could not be read; empty if all could.
    """

    path: Path
    members: dict[Parts, _Member] = field(default_factory=dict)
    inner: list[str] = field(default_factory=list)
    cut: str = ""

    @property
    def name(self) -> str:
        """What it is called, without its suffix: the folder that it would unpack to."""
        return self.path.name[: -len(_suffix(self.path.name, SUFFIXES))]

    @property
    def roots(self) -> tuple[Parts, ...]:
        """The archive itself, its exercises/, and the same in a folder that wraps everything."""
        tops = [name for name in self.names(()) if self.is_folder((name,))]
        wrapped = (tuple(tops), (*tops, "exercises")) if len(tops) == 1 else ()
        return ((), ("exercises",), *wrapped)

    @cached_property
    def _folders(self) -> dict[Parts, set[str]]:
        folders: dict[Parts, set[str]] = {}
        for parts in self.members:
            for place, name in enumerate(parts):
                folders.setdefault(parts[:place], set()).add(name)
        return folders

    def shown(self, parts: Parts) -> str:
        """A path as if the archive were a folder."""
        return f"{shown(self.path)}/{shown('/'.join(parts))}"

    def names(self, folder: Parts) -> frozenset[str]:
        """What lies in a folder."""
        return frozenset(self._folders.get(folder, ()))

    def is_folder(self, parts: Parts) -> bool:
        """Whether something lies in it."""
        return parts in self._folders

    def read(self, parts: Parts) -> bytes:
        """The bytes of a file.

        Raises:
            Refused: if it is none, is too large or was hidden behind a wrong name.
        """
        member = self.members.get(parts)
        if member is None:
            raise Refused("this is a folder in the archive; pack the exercise's file there")
        if member.fault:
            raise Refused(f"in the archive {member.fault}")
        return member.data

    def absence(self, wanted: Parts) -> str:
        """Why a file may be missed: it is called wrongly, cut off, or in an archive inside."""
        for parts, member in self.members.items():
            # A quiz is called like every other: only its topic tells it apart.
            own = wanted[-2:] if wanted and wanted[-1] == QUIZ else wanted[-1:]
            if member.fault and own and parts[-len(own) :] == own:
                return f"in the archive {member.fault}"
        if self.cut:
            return f"{shown(self.path)} could not be read to its end: {self.cut}"
        stems = {part.partition(".")[0] for part in (*wanted, "exercises")}
        for name in self.inner:
            if name.rpartition("/")[2].partition(".")[0] in stems:
                return (
                    f"the archive holds the archive {name}, which is not opened; "
                    "pack the files themselves"
                )
        return ""


def is_archive(path: Path) -> bool:
    """Whether a path is called like an archive that can be read."""
    return bool(_suffix(path.name, SUFFIXES))


def is_foreign(path: Path) -> bool:
    """Whether a path is called like an archive of another kind."""
    return bool(_suffix(path.name, FOREIGN)) and not is_archive(path)


def open_archive(path: Path) -> Archive:
    """Reads an archive into memory.

    Raises:
        Refused: if nothing in it can be graded.
    """
    data = _bytes_of(path)
    archive = Archive(path)
    cut, total = "", 0
    try:
        for number, packed in enumerate(contents(data)):
            if number >= MAX_ENTRIES:
                raise Refused(f"it holds more than {MAX_ENTRIES} files; pack only your exercises")
            total += _add(archive, packed)
            if total > MAX_UNPACKED_BYTES:
                limit = MAX_UNPACKED_BYTES // 1_000_000
                raise Refused(f"it unpacks to more than {limit} MB; pack only your exercises")
    except Refused as refused:
        cut = str(refused)
    if not archive.members:
        raise Refused(cut or _emptiness(archive))
    return Archive(path, archive.members, archive.inner, cut)


def _bytes_of(path: Path) -> bytes:
    try:
        return read_below(path.parent, (path.name,), MAX_ARCHIVE_BYTES)
    except TooLarge:
        limit = MAX_ARCHIVE_BYTES // 1_000_000
        raise Refused(f"it is larger than {limit} MB; pack only your exercises") from None


def _emptiness(archive: Archive) -> str:
    if archive.inner:
        return f"it holds the archive {archive.inner[0]}, which is not opened; pack the files"
    return "it holds no .py file, no notebook and no quiz.toml; pack your exercises"


def _add(archive: Archive, packed: Packed) -> int:
    """Takes a file in, or leaves it out; how many bytes that takes."""
    parts = _harmless(packed.name)
    if not parts or any(_is_litter(part) for part in parts):
        return 0
    if _suffix(parts[-1], (*SUFFIXES, *FOREIGN)):
        archive.inner.append(shown("/".join(parts)))
        return 0
    suffix = suffix_of(parts[-1])
    if suffix not in LIMITS:
        return 0
    member = _member(packed, parts, LIMITS[suffix])
    earlier = archive.members.get(parts)
    if earlier is not None:
        both = f"{earlier.name} and {member.name}"
        twice = f"{member.name} twice" if earlier.name == member.name else both
        member = _Member(member.name, fault=f"there is {twice}; pack one file for an exercise")
    archive.members[parts] = member
    return len(member.data)


def _member(packed: Packed, parts: Parts, limit: int) -> _Member:
    name = shown(packed.name)
    wrong = _wrong_name(packed.name)
    if wrong:
        return _Member(name, fault=f"it is called {name}: {wrong}")
    if packed.problem:
        return _Member(name, fault=f"{name} {packed.problem}")
    try:
        data = packed.read(limit)
        if len(data) > limit:
            raise TooLarge(parts[-1])
    except Refused as refused:
        return _Member(name, fault=f"{name} cannot be used: {refused}")
    return _Member(name, data)


def _wrong_name(name: str) -> str:
    """What is wrong with a path; the file could be meant to land elsewhere."""
    folders = name.replace("\\", "/").split("/")
    checks = (
        ("\0" in name, "the name has a null byte"),
        (len(name) > MAX_NAME, f"the path is longer than {MAX_NAME} characters"),
        (name.startswith(("/", "\\")), "the path is absolute"),
        (_DRIVE.match(name) is not None, "the path names a drive"),
        (".." in folders, "the path leads out of the archive"),
        ("\\" in name, "the path has backslashes"),
        (len(folders) > MAX_DEPTH, f"it lies more than {MAX_DEPTH} folders deep"),
    )
    said = next((said for is_wrong, said in checks if is_wrong), "")
    return said and f"{said}; pack it again, from inside your folder"


def _harmless(name: str) -> Parts:
    """The path without what could lead elsewhere, to find the exercise that it belongs to."""
    plain = _DRIVE.sub("", name.partition("\0")[0].replace("\\", "/"))
    return tuple(part for part in plain.split("/") if part not in ("", ".", ".."))


def _is_litter(part: str) -> bool:
    """What systems and editors leave in archives without being asked."""
    return part.startswith(".") or part in ("__MACOSX", "__pycache__")


def _suffix(name: str, suffixes: tuple[str, ...]) -> str:
    """The longest of the suffixes that a name ends in; empty if none."""
    lower = name.lower()
    return max((s for s in suffixes if lower.endswith(s) and lower != s), key=len, default="")
