"""Reading TOML that people write by hand: what is wrong is said with its line, column and cure."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

MAX_BYTES: Final = 100_000
MAX_LINE: Final = 2_000
"""A key with fifty thousand dots takes the parser a minute; nobody writes such a line."""

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTES: Final = re.compile("[“”„«»\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]")
_HEADS: Final = re.compile(r"^\s*\[\[\s*question\s*\]\]", re.M)
_CURES: Final = (
    (re.compile(r"^\s*$"), 'nothing stands after the =; write "" while you have no answer'),
    (_QUOTES, 'these quotation marks are curly; TOML wants straight ones: "b"'),
    (re.compile(r"^[+-]?\d+,\d+\s*$"), "write the decimal with a point: 0.5"),
    (re.compile(r"^[+-]?\.\d"), "write a 0 before the point: 0.5"),
    (re.compile(r"^[+-]?\d+\.(\D|$)"), "write a digit after the point: 2.0"),
    (re.compile(r"^[^\[\"']*\d\s*[/*^]"), "TOML does not calculate; write the number itself: 0.5"),
    (re.compile(r"^\([\d,\s]*\)"), "write a shape in square brackets: [3, 4]"),
    (re.compile(r"^[A-Za-z]\s*$"), 'put the letter into quotation marks: "b"'),
    (re.compile(r"^\[?\s*[A-Za-z]\s*,"), 'write several letters as ["a", "c"]'),
    (re.compile(r"^\"[^\"]*$"), 'the quotation mark is never closed: "b"'),
)


class Malformed(Exception):
    """A text is not TOML, or not the TOML that was asked for.

    Args:
        message: what is wrong and how to mend it.
        line: where, from 1; None if it is the file as a whole.
        column: where in the line, from 1.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        place = f"line {line}, column {column}: " if line and column else ""
        place = place or (f"line {line}: " if line else "")
        super().__init__(place + message)
        self.line = line
        self.column = column


def parse(source: bytes) -> tuple[dict[str, Any], str]:
    """The tables of a file, and its text.

    Raises:
        Malformed: says where and how to mend it.
    """
    if len(source) > MAX_BYTES:
        raise Malformed(f"the file is larger than {MAX_BYTES // 1000} kB; a quiz is a few kB")
    try:
        text = source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise Malformed("the file is not UTF-8; save it as UTF-8", line) from None
    for number, line_ in enumerate(text.split("\n"), start=1):
        if len(line_) > MAX_LINE:
            raise Malformed(f"the line is longer than {MAX_LINE} characters; break it", number)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise _explained(str(error), text) from None
    except (ValueError, RecursionError):
        raise Malformed("a value is too large or too deeply nested to be an answer") from None


def _explained(message: str, text: str) -> Malformed:
    lines = text.split("\n")
    match = _PLACE.search(message)
    if match is None or match[1] is None:
        filled = [number for number, line in enumerate(lines, start=1) if line.strip()]
        line = filled[-1] if filled else 1
        column = len(lines[line - 1]) + 1
    else:
        line, column = int(match[1]), int(match[2])
    said = _PLACE.sub("", message)
    return Malformed(f"{said[:1].lower()}{said[1:]}; {_cure(lines[line - 1])}", line, column)


def _cure(line: str) -> str:
    """What to do about a line that the parser stopped at."""
    key, equals, value = line.partition("=")
    if not equals:
        return 'a line is a key, an equals sign and a value: answer = "b"'
    shown = re.sub(r"\s+#[^\"']*$", "", value).strip()
    for pattern, cure in _CURES:
        if pattern.search(shown):
            return cure
    return f"compare the line of {key.strip()[:40]} with the course's own file"


def line_of(text: str, place: int, key: str = "") -> int | None:
    """The line of a question, or of a key in it; None if it cannot be found.

    Args:
        text: the file.
        place: which question, from 0.
        key: such as ``answer``; without it the line of ``[[question]]``.
    """
    heads = list(_HEADS.finditer(text))
    if place >= len(heads):
        return None
    start = heads[place].start() + len(heads[place][0]) - len(heads[place][0].lstrip())
    stop = heads[place + 1].start() if place + 1 < len(heads) else len(text)
    if key:
        found = list(re.finditer(rf"^[ \t]*{re.escape(key)}[ \t]*=", text[start:stop], re.M))
        start += found[-1].start() if found else 0
    return text.count("\n", 0, start) + 1
