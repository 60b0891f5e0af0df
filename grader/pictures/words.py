"""Numbers and names as they stand in a picture and in its description."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) has no way to write."""


def clean(text: str, limit: int = 2000) -> str:
    """Text that may stand in XML, at most ``limit`` characters long."""
    text = _ILLEGAL.sub("\ufffd", str(text))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def label(text: str, limit: int = 28) -> str:
    """A name that is drawn: one line, short enough for the margins."""
    return clean(" ".join(str(text).split()), limit)


def number(value: float, digits: int = 4) -> str:
    """A number in ``digits`` significant digits, its exponent without padding: ``6.8e-3``."""
    if math.isnan(value):
        return "NaN"
    text = f"{value:.{digits}g}"
    return re.sub(r"e([+-])0*(\d)", lambda hit: "e" + hit[1].replace("+", "") + hit[2], text)


def apart(*values: float) -> tuple[str, ...]:
    """The numbers with as many digits as it takes to tell different ones from each other."""
    wanted = len({repr(value) for value in values})
    for digits in range(4, 18):
        texts = tuple(number(value, digits) for value in values)
        if len(set(texts)) == wanted:
            return texts
    return texts


def count(quantity: int, noun: str) -> str:
    """``1 value``, ``2 values``."""
    return f"{quantity} {noun}" if quantity == 1 else f"{quantity} {noun}s"


def listing(items: Sequence[str], limit: int = 4) -> str:
    """``a, b and c``; what goes beyond the limit is counted."""
    if len(items) > limit:
        return ", ".join(items[: limit - 1]) + f" and {len(items) - limit + 1} more"
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" and {items[-1]}"
