"""What a zip and a tar archive hold, entry by entry; nothing is written to disk.

No size that an archive claims is believed: what is unpacked is counted while it is unpacked.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Final, cast

from grader.submission.files import Refused

MAX_ARCHIVE_BYTES: Final = 10_000_000
"""The largest archive: all exercises, quizzes and lessons of the course pack into 200 kB."""

MAX_UNPACKED_BYTES: Final = 16_000_000
"""How much an archive may unpack to, all files together: all of it is held in memory."""

MAX_RATIO: Final = 200
"""How many times larger than packed a file may be; code is about 4, a notebook with pictures 2."""

MAX_ENTRIES: Final = 10_000
"""Files and folders of an archive; a clone of the course has about 300."""

_RATIO_COUNTS: Final = 1_000_000
"""Below this many bytes the ratio is free: a small file of blanks is no bomb."""

_MAX_DIRECTORY_BYTES: Final = 1_000_000
"""Of a zip's table of contents: some 100 bytes an entry, which becomes a record of about 700."""

_MAX_STREAMS: Final = 64
"""Compressed streams one after the other, as pbzip2 writes one per 900 kB."""

_SAYS_UTF8: Final = 0x800

# xz -9 asks for 65 MiB, of which it touches what it unpacks.
_XZ_MEMORY: Final = 80 * 2**20
_CHUNK: Final = 2**16
_BLOCK: Final = 512
_MAX_HEADER_BYTES: Final = 65_536
_CURE: Final = "pack your exercises again, as an ordinary zip"

_TAR_KINDS: Final = {
    b"1": "is a hard link; pack the file itself",
    b"2": "is a link; pack the file itself",
    b"3": "is a device; pack the exercise's file",
    b"4": "is a device; pack the exercise's file",
    b"6": "is a named pipe; pack the exercise's file",
}
_PAX_RECORD: Final = re.compile(rb"([0-9]{1,5}) ")


@dataclass(frozen=True)
class Packed:
    """One file in an archive, or in a folder that is read like one.

    Attributes:
        name: as the archive has it.
        problem: why it is no file to be read, and what to do; empty if it is one.
        read: gives its bytes, one more than so many at the most; raises `Refused`.
        is_loose: it lies in a folder, or in what a platform packed: its learner packed nothing.
        is_folder: it is a folder that could not be looked into.
    """

    name: str
    problem: str
    read: Callable[[int], bytes]
    is_loose: bool = False
    is_folder: bool = False


def contents(data: bytes) -> Iterator[Packed]:
    """The files in an archive, in its order, folders left out.

    Args:
        data: a zip, or a tar with or without gzip, bzip2 or xz; what it is called does not count.

    Raises:
        Refused: where the archive cannot be read further; what came before is good.
    """
    if data.startswith(b"PK"):
        yield from zip_contents(io.BytesIO(data), _MAX_DIRECTORY_BYTES)
        return
    cut = ""
    for magic, make in _COMPRESSIONS.items():
        if data.startswith(magic):
            data, cut = _decompressed(data, make)
            break
    yield from _tar_entries(data)
    if cut:
        raise Refused(cut)


# zip


class _Bounded:
    """A zip, of which zipfile may read a part at a time only.

    It reads the table of contents in one piece and makes a record of each entry.
    """

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._most = most
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1, /) -> bytes:
        here = self.tell()
        left = self.seek(0, io.SEEK_END) - here
        self.seek(here)
        if (left if size < 0 else min(size, left)) > self._most:
            raise Refused(f"its table of contents is too large; {_CURE} of nothing else")
        return self._file.read(size)


def zip_contents(file: IO[bytes], most: int) -> Iterator[Packed]:
    """The files in a zip, in its order, folders left out.

    Args:
        file: the zip; it must stay open while files are read.
        most: how many bytes its table of contents may have.

    Raises:
        Refused: if it is no zip.
    """
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], _Bounded(file, most)))
    except Refused:
        raise
    except UnicodeDecodeError:
        raise Refused(f"a name in it is not the UTF-8 that it claims to be; {_CURE}") from None
    except Exception as error:  # zipfile lets struct.error and others through
        raise _damaged(error) from None
    for info in archive.infolist():
        # is_dir itself fails for a name without characters.
        if not info.filename.endswith("/"):
            yield Packed(_zip_name(info), _zip_problem(info), partial(_unzipped, archive, info))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: macOS writes UTF-8 without saying so."""
    # What follows a null byte in a name is dropped by zipfile.
    name = info.orig_filename
    if info.flag_bits & _SAYS_UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _zip_problem(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link; pack the file itself"
    if kind not in (0, stat.S_IFREG):
        return "is a device or a pipe; pack the exercise's file"
    if info.flag_bits & 0x1:
        return "is encrypted; pack it without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is compressed by method {info.compress_type}; pack it the usual way (deflate)"
    return ""


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    found = bytearray()
    try:
        with archive.open(info) as file:
            while len(found) <= limit and (chunk := file.read(min(_CHUNK, limit + 1 - len(found)))):
                found += chunk
    except Refused:
        raise
    except Exception as error:  # zipfile lets zlib.error, struct.error and others through
        raise _damaged(error) from None
    if limit >= len(found) > max(_RATIO_COUNTS, MAX_RATIO * info.compress_size):
        raise _bomb()
    return bytes(found)


# tar

_COMPRESSIONS: Final[dict[bytes, Callable[[], Any]]] = {
    b"\x1f\x8b": partial(zlib.decompressobj, 16 + zlib.MAX_WBITS),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": partial(lzma.LZMADecompressor, memlimit=_XZ_MEMORY),
}


def _decompressed(data: bytes, make: Callable[[], Any]) -> tuple[bytes, str]:
    """What was compressed, and what is wrong with its end."""
    most = min(MAX_UNPACKED_BYTES, max(_RATIO_COUNTS, MAX_RATIO * len(data)))
    parts: list[bytes] = []
    room, rest = most + 1, data
    for _ in range(_MAX_STREAMS):
        stream = make()
        try:
            part = stream.decompress(rest, room)
        except (zlib.error, OSError, lzma.LZMAError, MemoryError) as error:
            raise _damaged(error) from None
        parts.append(part)
        room -= len(part)
        if room <= 0:
            raise _bomb() if most < MAX_UNPACKED_BYTES else _too_much()
        if not stream.eof:
            return b"".join(parts), f"it is cut short; {_CURE}"
        # Streams may be padded with zeros.
        rest = stream.unused_data.lstrip(b"\0")
        if not rest:
            return b"".join(parts), ""
    raise Refused(f"it is compressed in more than {_MAX_STREAMS} pieces; {_CURE}")


def _tar_entries(data: bytes) -> Iterator[Packed]:
    """Reads a tar header by header.

    tarfile is not used: the versions that Python 3.11 and 3.12 came with follow negative sizes
    backwards (CVE-2025-8194), take minutes over some headers (CVE-2024-6232), and hold headers of
    any size in memory.
    """
    start, name = 0, ""
    while start < len(data):
        header = data[start : start + _BLOCK]
        if not header.strip(b"\0"):
            return
        kind, size = _tar_header(header, start)
        body = start + _BLOCK
        has_body = kind not in b"123456"
        end = body + (size if has_body else 0)
        if end > len(data):
            raise Refused(f"it is cut short; {_CURE}")
        if kind in b"Lx":
            name = _long_name(data[body : min(end, body + _MAX_HEADER_BYTES)], kind) or name
        elif kind not in b"Kg":
            shown = name or _short_name(header)
            if kind != b"5" and not shown.endswith("/"):
                problem = _TAR_KINDS.get(kind, "")
                yield Packed(shown, problem, partial(_slice, data, body, end))
            name = ""
        start = body + -(-(end - body) // _BLOCK) * _BLOCK


def _slice(data: bytes, start: int, end: int, limit: int) -> bytes:
    return data[start : min(end, start + limit + 1)]


def _tar_header(header: bytes, start: int) -> tuple[bytes, int]:
    """The kind of an entry and its size; the checksum tells a header from anything else."""
    summed = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    if len(header) < _BLOCK or _octal(header[148:156]) != summed:
        what = "it is no zip and no tar archive" if start == 0 else "it is damaged"
        raise Refused(f"{what}; {_CURE}")
    kind, size = header[156:157], _octal(header[124:136])
    # A first bit that is set makes it a number in base 256, for files above 8 GB, or negative ones.
    if size < 0 or kind == b"S":
        raise Refused(f"it holds what no exercise is (a sparse file, or a huge one); {_CURE}")
    return kind, size


def _octal(field: bytes) -> int:
    text = field.strip(b"\0 ")
    if not text:
        return 0
    return int(text, 8) if re.fullmatch(rb"[0-7]+", text) else -1


def _short_name(header: bytes) -> str:
    name = header[:100].partition(b"\0")[0]
    if header[257:263] == b"ustar\0":
        prefix = header[345:500].partition(b"\0")[0]
        name = prefix + b"/" + name if prefix else name
    return _decoded(name)


def _long_name(body: bytes, kind: bytes) -> str:
    """The name of the next entry: GNU's whole body, or the path among pax's records."""
    if kind == b"L":
        return _decoded(body.partition(b"\0")[0])
    found, place = b"", 0
    while record := _PAX_RECORD.match(body, place):
        end = place + int(record[1])
        key, _, value = body[record.end() : end].rstrip(b"\n").partition(b"=")
        if key == b"path":
            found = value
        # A record is longer than its own length; one that says otherwise must not hold us here.
        place = max(end, record.end())
    return _decoded(found)


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _damaged(error: Exception) -> Refused:
    said = str(error).strip()[:100] or type(error).__name__
    return Refused(f"it is damaged ({said}); {_CURE}")


def _bomb() -> Refused:
    return Refused(f"it unpacks to more than {MAX_RATIO} times its size; {_CURE}")


def _too_much() -> Refused:
    limit = MAX_UNPACKED_BYTES // 1_000_000
    return Refused(f"it unpacks to more than {limit} MB; pack only your exercises")
