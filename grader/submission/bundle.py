"""A submission as bytes that travel and are kept: the files that a course could ask for.

It is all one whether they came in a folder, an archive, or one by one. What could not be read
travels too, with the reason, so that the verdict says it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Final

import msgspec

from grader.course import QUIZ, Course
from grader.errors import WireError
from grader.submission.files import LIMITS, Parts, Refused, TooLarge, shown, suffix_of
from grader.submission.packed import MAX_ENTRIES, MAX_UNPACKED_BYTES, Packed

SUFFIXES: Final = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
"""What an archive that can be read is called."""

FOREIGN: Final = (".7z", ".rar", ".gz", ".bz2", ".xz", ".zst")
"""What other archives are called."""

MAX_DEPTH: Final = 16
"""Folders in one another; the course has two, and a wrapping one or two come with archives."""

MAX_NAME: Final = 1_000
"""Characters of a path in an archive; the longest that most systems can unpack has 4095."""

_VERSION: Final = 1
_LEVEL: Final = 3  # a third of the time of zlib's default, for 15 % more bytes of code
_DRIVE: Final = re.compile(r"^[A-Za-z]:")
# A thousand characters of name and as many of reason for each file, and the files themselves.
_MAX_ENCODED_BYTES: Final = MAX_UNPACKED_BYTES + MAX_ENTRIES * 2 * MAX_NAME


class Member(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A file of a bundle: its bytes, or why there are none."""

    data: bytes = b""
    fault: str = ""


@dataclass(frozen=True)
class Bundle:
    """Files that were handed in together, in memory.

    Attributes:
        place: what they are said to be in: reports name them ``place/topic/exercise.py``.
        members: files by their paths, without ``..``, drives and the like; a folder that could not
            be looked into stands there as well.
        inner: archives in an archive, which are not opened.
        cut: why the rest could not be read; empty if all could.
        name: what the folder is called that an archive would unpack to; a topic's counts.
    """

    place: str
    members: Mapping[Parts, Member] = field(default_factory=dict)
    inner: tuple[str, ...] = ()
    cut: str = ""
    name: str = ""

    @property
    def roots(self) -> tuple[Parts, ...]:
        """The top, its exercises/, and the same in a folder that wraps everything."""
        tops = [name for name in self.names(()) if self.is_folder((name,))]
        wrapped = (tuple(tops), (*tops, "exercises")) if len(tops) == 1 else ()
        return ((), ("exercises",), *wrapped)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names, bytes and faults, whatever the files came in and in which order."""
        return hashlib.sha256(_encoded(self)).hexdigest()

    @cached_property
    def _folders(self) -> dict[Parts, set[str]]:
        folders: dict[Parts, set[str]] = {}
        for parts in self.members:
            for depth, name in enumerate(parts):
                folders.setdefault(parts[:depth], set()).add(name)
            if suffix_of(parts[-1]) not in LIMITS:
                folders.setdefault(parts, set())
        return folders

    def shown(self, parts: Parts) -> str:
        """A path as if the bundle were a folder."""
        return f"{shown(self.place)}/{shown('/'.join(parts))}"

    def names(self, folder: Parts) -> frozenset[str]:
        """What lies in a folder.

        Raises:
            Refused: if the folder could not be looked into.
        """
        if folder in self._folders and folder in self.members:
            raise Refused(self.members[folder].fault)
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
            raise Refused("this is a folder; put the exercise's file there")
        if member.fault:
            raise Refused(member.fault)
        return member.data

    def absence(self, wanted: Parts) -> str:
        """Why a file may be missed: it is called wrongly, cut off, or in an archive inside."""
        for parts, member in self.members.items():
            # A quiz is called like every other: only its topic tells it apart.
            own = wanted[-2:] if wanted and wanted[-1] == QUIZ else wanted[-1:]
            if member.fault and own and parts[-len(own) :] == own:
                return member.fault
        if self.cut:
            return f"{shown(self.place)} could not be read to its end: {self.cut}"
        stems = {part.partition(".")[0] for part in (*wanted, "exercises")}
        for name in self.inner:
            if name.rpartition("/")[2].partition(".")[0] in stems:
                return (
                    f"the archive holds the archive {name}, which is not opened; "
                    "pack the files themselves"
                )
        return ""


def gather(
    contents: Iterable[Packed],
    place: str,
    name: str = "",
    wanted: Callable[[Parts], bool] = lambda _: True,
) -> Bundle:
    """Reads files into a bundle, as many as it may hold.

    Args:
        contents: the files; may raise `Refused` where it cannot go on, what came before is kept.
        place: see `Bundle`.
        name: see `Bundle`.
        wanted: whether files of a folder are wanted; others are not read.
    """
    taken = _Gathering(wanted)
    cut = ""
    try:
        for number, packed in enumerate(contents):
            if number >= MAX_ENTRIES:
                raise Refused(f"it holds more than {MAX_ENTRIES} files; pack only your exercises")
            taken.add(packed)
    except Refused as refused:
        cut = str(refused)
    return Bundle(place, taken.members, tuple(taken.inner), cut, name)


def could_ask(course: Course) -> Callable[[Parts], bool]:
    """Whether a course could ask for files of a folder, by the folder's path.

    `grader.submission.collect` looks at topics and bare files, in ``exercises/`` or not, and all
    that in one more folder. Code that a learner keeps beside that (a virtual environment, say) is
    no part of the submission.
    """
    topics = set(course.topics)

    def wanted(folder: Parts) -> bool:
        rest = folder[:-1] if folder and folder[-1] in topics else folder
        rest = rest[:-1] if rest and rest[-1] == "exercises" else rest
        return len(rest) <= 1 and not any(is_litter(part) for part in folder)

    return wanted


def pack(bundle: Bundle) -> bytes:
    """A bundle as bytes, without its place and its name: equal files give equal bytes."""
    return zlib.compress(_encoded(bundle), _LEVEL)


def unpack(data: bytes, place: str) -> Bundle:
    """The bundle that `pack` packed.

    Args:
        data: of `pack`; anything else is refused within the same bounds.
        place: see `Bundle`.

    Raises:
        WireError: if that is no bundle, or exceeds what a bundle may hold.
    """
    stream = zlib.decompressobj()
    try:
        encoded = stream.decompress(data, _MAX_ENCODED_BYTES)
        record = _RECORD.decode(encoded)
    except (zlib.error, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WireError(f"this is no bundle of files: {str(error)[:200]}") from None
    if not stream.eof or stream.unused_data or record.version != _VERSION:
        raise WireError("this is no bundle of files of this version of dlgrade, or not all of it")
    members = {tuple(parts): member for parts, member in record.members}
    for parts, member in members.items():
        if any(part in ("", ".", "..") or set(part) & {"/", "\0"} for part in parts):
            raise WireError(f"a bundle holds a path that no bundle has: {'/'.join(parts)[:200]!r}")
        if len(member.data) > LIMITS.get(suffix_of(parts[-1]), 0):
            raise WireError(f"a bundle holds a file that no bundle has: {parts[-1][:200]!r}")
    return Bundle(place, members, tuple(record.inner), record.cut)


_Text = Annotated[str, msgspec.Meta(max_length=4 * MAX_NAME)]
_Path = Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1, max_length=MAX_NAME)]


class _Record(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    version: int
    members: Annotated[list[tuple[_Path, Member]], msgspec.Meta(max_length=MAX_ENTRIES)]
    inner: Annotated[list[_Text], msgspec.Meta(max_length=MAX_ENTRIES)]
    cut: _Text


_RECORD: Final = msgspec.msgpack.Decoder(_Record)


def _encoded(bundle: Bundle) -> bytes:
    members = sorted(bundle.members.items())
    return msgspec.msgpack.encode(
        _Record(_VERSION, members, sorted(bundle.inner), bundle.cut[: 4 * MAX_NAME])
    )


class _Gathering:
    """A bundle that grows, with what must be known of its files meanwhile."""

    def __init__(self, wanted: Callable[[Parts], bool]) -> None:
        self.members: dict[Parts, Member] = {}
        self.inner: list[str] = []
        self._names: dict[Parts, str] = {}
        self._bytes = 0
        self._wanted = wanted

    def add(self, packed: Packed) -> None:
        """Takes a file in, or leaves it out."""
        parts = harmless(packed.name)
        if not parts or any(is_litter(part) for part in parts) or not self._wanted(parts[:-1]):
            return
        if packed.is_folder:
            self.members[parts] = Member(fault=packed.problem)
        elif suffix_among(parts[-1], (*SUFFIXES, *FOREIGN)):
            self.inner.append(shown("/".join(parts)))
        elif suffix_of(parts[-1]) in LIMITS:
            self._add_file(packed, parts)

    def _add_file(self, packed: Packed, parts: Parts) -> None:
        name = shown(packed.name)
        member = _member(packed, name, parts)
        earlier = self._names.get(parts)
        if earlier is not None:
            twice = f"{name} twice" if earlier == name else f"{earlier} and {name}"
            member = _faulty(packed, f"there is {twice}; pack one file for an exercise")
        self._bytes += len(member.data)
        if self._bytes > MAX_UNPACKED_BYTES:
            limit = MAX_UNPACKED_BYTES // 1_000_000
            raise Refused(f"it unpacks to more than {limit} MB; pack only your exercises")
        self.members[parts], self._names[parts] = member, name


def _member(packed: Packed, name: str, parts: Parts) -> Member:
    wrong = "" if packed.is_loose else _wrong_name(packed.name)
    if wrong:
        return _faulty(packed, f"it is called {name}: {wrong}")
    if packed.problem:
        return _faulty(packed, f"{name} {packed.problem}")
    limit = LIMITS[suffix_of(parts[-1])]
    try:
        data = packed.read(limit)
        if len(data) > limit:
            raise TooLarge(parts[-1])
    except Refused as refused:
        return _faulty(
            packed, str(refused) if packed.is_loose else f"{name} cannot be used: {refused}"
        )
    return Member(data)


def _faulty(packed: Packed, fault: str) -> Member:
    return Member(fault=fault if packed.is_loose else f"in the archive {fault}")


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


def harmless(name: str) -> Parts:
    """The path without what could lead elsewhere, to find the exercise that it belongs to."""
    plain = _DRIVE.sub("", name.partition("\0")[0].replace("\\", "/"))
    parts = (part for part in plain.split("/") if part not in ("", ".", ".."))
    # Some systems write é as two characters; some names are no text at all.
    return tuple(shown(unicodedata.normalize("NFC", part)) for part in parts)


def is_litter(part: str) -> bool:
    """Whether systems and editors leave this beside files without being asked."""
    return part.startswith(".") or part in ("__MACOSX", "__pycache__", "desktop.ini", "Thumbs.db")


def suffix_among(name: str, suffixes: tuple[str, ...]) -> str:
    """The longest of the suffixes that a name ends in; empty if none."""
    lower = name.lower()
    return max((s for s in suffixes if lower.endswith(s) and lower != s), key=len, default="")
