"""Whether bytes are text that a learner can have meant, before Python is asked to read it.

Python itself reads many encodings, and code that an editor shows in another order than it runs.
Nothing is parsed here: only characters are looked at.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from grader.submission.files import Refused

Place = Callable[[int], str]

# With these an editor shows a line in another order than Python reads it (CVE-2021-42574).
_ODD: Final = re.compile("[\x00\u202a-\u202e\u2066-\u2069]")
_LINE_END: Final = re.compile(r"\r\n?|\n")
# PEP 263: a comment in line 1, or in line 2 after a line without code.
_COOKIE: Final = re.compile(
    r"\A(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))??[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
_SAME_AS_ASCII: Final = frozenset(
    {"ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "iso-8859-15", "cp1252"}
)
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def check(source: bytes, place: Place = "line {}".format) -> None:
    """Refuses bytes that are not UTF-8, or that hold characters which code cannot need.

    Args:
        source: a file.
        place: how the learner calls a line.

    Raises:
        Refused: says the line and the cure.
    """
    for mark, name in _MARKS:
        if source.startswith(mark):
            raise Refused(f"the file is {name}; save it as UTF-8")
    source = source.removeprefix(codecs.BOM_UTF8)
    try:
        text = source.decode()
    except UnicodeDecodeError as error:
        before = source[: error.start].decode()
        at, byte = place(_line(before)), source[error.start]
        raise Refused(f"{at} is not UTF-8 (byte 0x{byte:02x}); save the file as UTF-8") from None
    odd = _ODD.search(text)
    if odd is not None:
        raise Refused(_oddity(odd[0], place(_line(text[: odd.start()]))))
    _check_cookie(text, place)


def _line(before: str) -> int:
    return len(_LINE_END.findall(before)) + 1


def _oddity(character: str, at: str) -> str:
    if character == "\0":
        return f"{at} holds a null byte, which no text has; save your code again, as UTF-8"
    name = unicodedata.name(character).lower()
    return (
        f"{at} holds U+{ord(character):04X} ({name}), an invisible character that shows code in "
        "another order than it runs; delete it, or write the line anew"
    )


def _check_cookie(text: str, place: Place) -> None:
    cookie = _COOKIE.match(text)
    if cookie is None:
        return
    name = cookie[1].lower().replace("_", "-")
    if name in ("utf-8", "utf8") or name.startswith("utf-8-"):
        return
    if name in _SAME_AS_ASCII and text.isascii():
        return
    at = place(_line(text[: cookie.start(1)]))
    raise Refused(
        f"{at} declares the encoding {cookie[1][:40]!r}; take that out and save the file as UTF-8"
    )
