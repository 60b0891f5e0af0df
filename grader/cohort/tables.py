"""Tables as spreadsheets and platforms write them: commas, semicolons or tabs, in any encoding."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

from grader.errors import UsageError
from grader.submission.files import shown

MAX_BYTES: Final = 20_000_000
"""The largest table: a gradebook of 5000 students with 200 columns has some 10 MB."""

_DELIMITERS: Final = (",", ";", "\t")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_table(path: Path, note: Callable[[str], None]) -> list[list[str]]:
    """The rows of a table, each a list of cells without white space around them.

    Args:
        path: the file.
        note: is told if its encoding had to be guessed.

    Raises:
        UsageError: if it cannot be read, is too large, or is no table.
    """
    text = _text(path, note)
    first, _, rest = text.partition("\n")
    stated = first.strip().lower()
    if stated.startswith("sep=") and len(stated) == 5:
        # Excel's own way to say what parts the cells.
        rows = _rows(path, rest, stated[-1])
    else:
        rows = max((_rows(path, text, one) for one in _DELIMITERS), key=_width)
    if not rows:
        raise UsageError(f"{shown(path)} is empty; export it again")
    return rows


def table_bytes(path: Path) -> bytes:
    """The bytes of a table's file.

    Raises:
        UsageError: if it cannot be read, or is too large.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{shown(path)} cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{shown(path)} is larger than {MAX_BYTES // 1_000_000} MB: is it a CSV?")
    return data


def _text(path: Path, note: Callable[[str], None]) -> str:
    data = table_bytes(path)
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # What Excel writes in Western Europe; every byte is some letter in Latin-1.
        text = data.decode("latin-1")
        note(f"{shown(path)} is not UTF-8, and was read as Latin-1: look at the accents in names")
    if "\0" in text:
        raise UsageError(f"{shown(path)} is no text; save it as CSV, in UTF-8")
    return text


def _rows(path: Path, text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise UsageError(
            f"{shown(path)}, line {reader.line_num}, is no CSV: {error}; export it again"
        ) from None


def _width(rows: list[list[str]]) -> int:
    return len(rows[0]) if rows else 0
