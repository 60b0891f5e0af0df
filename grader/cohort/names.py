"""Names of people, as exports and rosters write them: made legible, and compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from grader.submission.files import shown

LONGEST: Final = 200
"""Characters of a name that are kept; the longest in a passport has 39."""

# Letters that Unicode does not take for an accent on another one.
_PLAIN: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_WORD: Final = re.compile(r"[^\W_]+")


def legible(name: str) -> str:
    """A name as it can be printed and kept: one form of each letter, nothing that cannot be seen.

    Spaces are made one, characters that show text in another order are written out.
    """
    text = shown(unicodedata.normalize("NFC", " ".join(name.split())))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def words(name: str) -> tuple[str, ...]:
    """The words of a name without accents, case and punctuation, in its order."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return tuple(_WORD.findall(bare))


def squeezed(name: str) -> frozenset[str]:
    """A name without spaces as its words can follow each other: family name first, or last."""
    parts = words(name)
    return frozenset("".join(parts[cut:] + parts[:cut]) for cut in range(len(parts)))
