r"""Makes any text safe to show: nothing a learner writes may act on the page or the terminal.

Escape sequences, bidirectional overrides, zero-width and other invisible characters are written
out (``\x1b``, ``\u202e``), and text of any length is shortened before it is looked at closely.
"""

from __future__ import annotations

from typing import Final

LONGEST: Final = 4_000
"""Characters of one field that are shown; the record itself keeps them all."""

_BREAKS: Final = frozenset("\n\t")

# Signs that course authors use, for terminals that can show ASCII only.
_ASCII: Final = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "—": "-",
        "\N{MINUS SIGN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "\N{MULTIPLICATION SIGN}": "x",
        "·": "*",
        "÷": "/",
        "√": "sqrt",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "≈": "~",
        "±": "+-",
        "→": "->",
    }
)


def visible(text: str, limit: int = LONGEST) -> str:
    """The text with every character that cannot be seen written as an escape.

    Line feeds and tabs stay; carriage returns before a line feed go.

    Args:
        text: anything, lone surrogates included.
        limit: how many characters to keep; what is left out is counted at the end.
    """
    text = shortened(text.replace("\r\n", "\n") if len(text) <= limit else text, limit)
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def one_line(text: str, limit: int = LONGEST) -> str:
    """Like `visible`, with every run of white space as one space."""
    return " ".join(visible(text, limit).split())


def shortened(text: str, limit: int) -> str:
    """The first characters, and how many more there were."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({spaced(len(text) - limit)} more characters)"


def spaced(number: int) -> str:
    """The number with its thousands set apart, ``12 034``."""
    return f"{number:,}".replace(",", " ")


def ascii_text(text: str) -> str:
    """The text in ASCII: familiar signs are spelt out, anything else becomes an escape."""
    if text.isascii():
        return text
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def _shown(character: str) -> str:
    if character.isprintable() or character in _BREAKS:
        return character
    point = ord(character)
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
