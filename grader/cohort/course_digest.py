"""What a verdict depends on beside a submission: the bytes of the course, and who judges."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from grader import __version__
from grader.course import Course
from grader.errors import CourseError

_PROSE: Final = (".md", ".svg", ".png")
_JUDGES: Final = ("torch", "numpy")


def course_digest(course: Course) -> str:
    """A digest of the files of a course that a verdict can depend on, hexadecimal SHA-256.

    These are all files below ``exercises/`` and ``solutions/``, by their paths there and their
    bytes. Lessons and pictures (``.md``, ``.svg``, ``.png``) do not count, nor does what Python or
    an editor leaves behind (``__pycache__``, names that begin with a dot), nor the demonstration
    ``solutions/_demo``: whoever mends a lesson need not grade a class again.

    Raises:
        CourseError: if a file cannot be read.
    """
    whole = hashlib.sha256()
    for side, folder in (("exercises", course.exercises), ("solutions", course.solutions)):
        for path in sorted(_files(folder, course.demo)):
            name = f"{side}/{path.relative_to(folder).as_posix()}".encode(
                "utf-8", "surrogateescape"
            )
            try:
                data = path.read_bytes()
            except OSError as error:
                raise CourseError(f"cannot be read: {error.strerror}", path) from error
            # With their lengths, no two courses give the same bytes.
            whole.update(b"%d %d " % (len(name), len(data)) + name + data)
    return whole.hexdigest()


def grader_version() -> str:
    """This package, Python and what computes, by their versions; torch is not imported."""
    python = ".".join(platform.python_version_tuple()[:2])
    judges = (f"{name} {metadata.version(name)}" for name in _JUDGES)
    return ", ".join((f"dlgrade {__version__}", f"Python {python}", *judges))


def _files(folder: Path, demo: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = [f for f in folders if f[0] != "." and f != "__pycache__" and here / f != demo]
        for name in names:
            path = here / name
            if name[0] != "." and path.suffix not in _PROSE and path.is_file():
                yield path
