"""An archive as a bundle: the files that a course could ask for, by harmless paths."""

from __future__ import annotations

from pathlib import Path

from grader.submission.bundle import FOREIGN, SUFFIXES, Bundle, gather, suffix_among
from grader.submission.files import Refused, TooLarge
from grader.submission.folder import read_below
from grader.submission.packed import MAX_ARCHIVE_BYTES, contents


def is_archive(path: Path) -> bool:
    """Whether a path is called like an archive that can be read."""
    return bool(suffix_among(path.name, SUFFIXES))


def is_foreign(path: Path) -> bool:
    """Whether a path is called like an archive of another kind."""
    return bool(suffix_among(path.name, FOREIGN)) and not is_archive(path)


def stem(name: str) -> str:
    """What an archive is called without its suffix: the folder that it would unpack to."""
    return name[: len(name) - len(suffix_among(name, SUFFIXES))]


def open_archive(path: Path) -> Bundle:
    """Reads an archive into memory.

    Raises:
        Refused: if nothing in it can be graded.
    """
    try:
        data = read_below(path.parent, (path.name,), MAX_ARCHIVE_BYTES)
    except TooLarge:
        raise too_large() from None
    bundle = gather(contents(data), str(path), stem(path.name))
    if not bundle.members:
        raise Refused(emptiness(bundle))
    return bundle


def too_large() -> Refused:
    """What is said of an archive with more bytes than are read."""
    limit = MAX_ARCHIVE_BYTES // 1_000_000
    return Refused(f"it is larger than {limit} MB; pack only your exercises")


def emptiness(bundle: Bundle) -> str:
    """Why there is nothing in a bundle."""
    if bundle.cut:
        return bundle.cut
    if bundle.inner:
        return f"it holds the archive {bundle.inner[0]}, which is not opened; pack the files"
    return "it holds no .py file, no notebook and no quiz.toml; pack your exercises"
