"""CSV files as platforms and spreadsheets have them: read with their places, written safely.

A spreadsheet runs a cell that begins like a formula, whoever wrote it. `safe` puts an apostrophe
in front of such text: it shows what the cell holds and runs nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from grader.errors import UsageError

Place = tuple[int, int]
"""Row and column of a cell, from 0."""

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"))
_BIG: Final = (codecs.BOM_UTF16_BE, "utf-16-be")
_DELIMITERS: Final = ",;\t"
_STARTS: Final = frozenset("=+-@")
_JOINERS: Final = frozenset("\u200c\u200d")
"""They cannot be seen, but many scripts cannot spell names without them."""

_INNER: Final = re.compile(r"([;\t][\s\"]*)(?=[=+\-@])")
"""Where a spreadsheet that splits at semicolons would begin a new cell."""


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet runs, on one line, with nothing invisible in it."""
    shown = "".join(_shown(character) for character in text)
    first = unicodedata.normalize("NFKC", shown.lstrip()[:1])[:1]
    shown = _INNER.sub(r"\1'", shown)
    return f"'{shown}" if first in _STARTS else shown


def is_safe(text: str) -> bool:
    """Whether a cell may hold the text as it is."""
    return safe(text) == text


def _shown(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if character.isspace():
        return " "
    point = ord(character)
    return f"\\u{point:04x}" if point > 0xFF else f"\\x{point:02x}"


def written(rows: Iterable[Sequence[str]], mark: bool = False) -> bytes:
    """Rows as CSV: UTF-8, commas, quotes where they are needed.

    Args:
        rows: the cells; texts of others have gone through `safe`.
        mark: whether the file says that it is UTF-8, which Excel needs to be told.
    """
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig" if mark else "utf-8", "backslashreplace")


@dataclass(frozen=True)
class Cell:
    """A cell of a file.

    Attributes:
        text: what it says.
        start: where it begins in the file's text, its quotation mark included.
        stop: where it ends.
        quoted: whether it stands in quotation marks.
    """

    text: str
    start: int
    stop: int
    quoted: bool


@dataclass(frozen=True)
class Sheet:
    """A CSV file that can be written back as it was, but for a few cells.

    Attributes:
        text: the whole file, decoded.
        mark: the bytes before it that say how it is encoded.
        encoding: how it is encoded.
        delimiter: what stands between cells.
        rows: the cells.
    """

    text: str
    mark: bytes
    encoding: str
    delimiter: str
    rows: tuple[tuple[Cell, ...], ...]

    def texts(self) -> list[list[str]]:
        """What the cells say."""
        return [[cell.text for cell in row] for row in self.rows]

    def filled(self, changes: Mapping[Place, str]) -> bytes:
        """The file with other texts in some cells; every other byte stays."""
        parts: list[str] = []
        done = 0
        for row, column in sorted(changes):
            cell = self.rows[row][column]
            parts += [self.text[done : cell.start], self._cell(cell, changes[row, column])]
            done = cell.stop
        parts.append(self.text[done:])
        return self.mark + "".join(parts).encode(self.encoding, "xmlcharrefreplace")

    def _cell(self, cell: Cell, text: str) -> str:
        if cell.quoted or any(character in text for character in f'{self.delimiter}"\r\n'):
            return '"' + text.replace('"', '""') + '"'
        return text


def read_sheet(data: bytes) -> Sheet:
    """Reads a CSV file, whatever its encoding, delimiter and line ends.

    Raises:
        UsageError: if it is a spreadsheet's own format, or its quotation marks do not match.
    """
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError("is a spreadsheet, no CSV file; download or save it as CSV (UTF-8)")
    mark, encoding, text = _decoded(data)
    header = re.split(r"[\r\n]", text, maxsplit=1)[0]
    delimiter = max(_DELIMITERS, key=re.sub('"[^"]*"', "", header).count)
    return Sheet(
        text=text,
        mark=mark,
        encoding=encoding,
        delimiter=delimiter,
        rows=tuple(_rows(text, delimiter)),
    )


def _decoded(data: bytes) -> tuple[bytes, str, str]:
    for mark, encoding in (*_MARKS, _BIG):
        if data.startswith(mark):
            try:
                return mark, encoding, data.removeprefix(mark).decode(encoding)
            except UnicodeDecodeError as error:
                raise UsageError(f"is no {encoding}, as it says; download it again") from error
    for encoding in ("utf-8", "cp1252"):
        try:
            return b"", encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return b"", "latin-1", data.decode("latin-1")


@cache
def _pattern(delimiter: str) -> re.Pattern[str]:
    """A cell in quotation marks or without them, and what follows it."""
    return re.compile(
        rf'(?:"((?:[^"]|"")*+)"(?=[{delimiter}\r\n]|\Z)|([^{delimiter}\r\n]*))'
        rf"({delimiter}|\r\n|\r|\n|\Z)"
    )


def _rows(text: str, delimiter: str) -> Iterable[tuple[Cell, ...]]:
    pattern = _pattern(delimiter)
    row: list[Cell] = []
    start = 0
    while start < len(text) or row:
        match = pattern.match(text, start)
        if match is None or (match[1] is None and match[2].startswith('"')):
            line = len(re.findall(r"\r\n|\r|\n", text[:start])) + 1
            raise UsageError(
                f"line {line}: a quotation mark is not closed, or something follows it; "
                "download the file again instead of mending it"
            )
        quoted = match[1] is not None
        value = match[1].replace('""', '"') if quoted else match[2]
        row.append(Cell(value, start, match.start(3), quoted))
        start = match.end()
        if match[3] != delimiter:
            yield tuple(row)
            row = []
