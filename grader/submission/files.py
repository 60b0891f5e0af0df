"""What a folder and an archive have in common: names in folders, and bytes that can be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Protocol

Parts = tuple[str, ...]
"""A path below a folder or an archive, name by name."""

MAX_SOURCE_BYTES: Final = 1_000_000
"""The largest file of code, or quiz: the longest of the course's has 20 kB."""

MAX_NOTEBOOK_BYTES: Final = 8_000_000
"""The largest notebook: its outputs, often pictures of some 50 kB each, are in the same file."""

NOTEBOOK: Final = ".ipynb"
LIMITS: Final = {
    ".py": MAX_SOURCE_BYTES,
    ".toml": MAX_SOURCE_BYTES,
    NOTEBOOK: MAX_NOTEBOOK_BYTES,
}
"""The suffixes of files that are read, and how many bytes each may have."""

_LONGEST_SHOWN: Final = 1_000


class Refused(Exception):
    """A file will not be read; says why, and what to do about it."""


class TooLarge(Refused):
    """A file has more bytes than `LIMITS` allow.

    Args:
        name: of the file.
    """

    def __init__(self, name: str) -> None:
        suffix = suffix_of(name)
        size = f"{LIMITS.get(suffix, MAX_SOURCE_BYTES) // 1_000_000} MB"
        super().__init__(
            f"the notebook is larger than {size}; clear its outputs and save it"
            if suffix == NOTEBOOK
            else f"the file is larger than {size}; an exercise is a few kilobytes"
        )


class Files(Protocol):
    """Files that belong together: those of a folder, or of an archive."""

    @property
    def name(self) -> str:
        """What the folder is called, without anything above it."""

    @property
    def roots(self) -> tuple[Parts, ...]:
        """The folders that the mirror of a course may begin in, the likeliest first."""

    def shown(self, parts: Parts) -> str:
        """A path as the learner would name it."""

    def names(self, folder: Parts) -> frozenset[str]:
        """What lies in a folder; nothing if there is none.

        Raises:
            Refused: if the folder may not be looked into.
        """

    def is_folder(self, parts: Parts) -> bool:
        """Whether there is a folder."""

    def read(self, parts: Parts) -> bytes:
        """The bytes of a file that `names` named.

        Raises:
            Refused: if it is not a regular file, too large, or may not be read.
        """

    def absence(self, wanted: Parts) -> str:
        """Why a file that is not there may be missed; empty if it was only not handed in."""


def shown(path: Path | str) -> str:
    r"""A path as text that can be printed and sent: bytes that are no UTF-8 become ``\xff``."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    if not text.isprintable():
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text if len(text) <= _LONGEST_SHOWN else f"…{text[1 - _LONGEST_SHOWN :]}"


def suffix_of(name: str) -> str:
    """The suffix of a name, in small letters; empty if it has none."""
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if stem and dot else ""
