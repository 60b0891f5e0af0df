"""The learner's folder: where it is, and the files in it.

A home is a folder that mirrors a course's ``exercises/``; `dlgrade init` makes one. The course's
own stubs are no place to work in, even where a checkout holds them: they are never taken for one.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course, Entry
from grader.errors import DlgradeError, UsageError
from grader.files import write
from grader.progress import is_kept
from grader.submission import MAX_SOURCE_BYTES
from grader.submission.files import Refused, shown
from grader.submission.folder import read_below
from grader.submission.submitted import trimmed

EXERCISES = "exercises"
"""What `dlgrade init` calls the folder that it makes."""


@dataclass(frozen=True)
class Home:
    """A learner's folder for a course.

    Attributes:
        course: the course it answers.
        folder: what holds the topics' folders, as the learner would name it.
    """

    course: Course
    folder: Path

    def file(self, entry: Entry) -> Path:
        """Where the learner's file for an exercise or quiz is, or belongs."""
        return self.folder.joinpath(*entry.parts)

    def is_untouched(self, entry: Entry) -> bool:
        """Whether the learner's file is as the course gave it."""
        try:
            data = read_below(self.folder, entry.parts, MAX_SOURCE_BYTES, trusted=True)
        except Refused:
            return False
        return trimmed(data) == trimmed(entry.stub.read_bytes())

    def put_back(self, entry: Entry) -> Path | None:
        """Makes the learner's file the course's stub again.

        Returns:
            Where their version is kept, beside it; None if there was no file.

        Raises:
            UsageError: if it cannot be done; the file is then as it was.
        """
        file = self.file(entry)
        beside = None
        try:
            beside = _moved_aside(file) if os.path.lexists(file) else None
            file.parent.mkdir(parents=True, exist_ok=True)
            write(file, entry.stub.read_bytes())
        except (OSError, DlgradeError) as error:
            if beside is not None:
                os.replace(beside, file)
            reason = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"{shown(file)} stays as it is: {reason or error}") from error
        return beside


@dataclass(frozen=True)
class Copied:
    """What came of copying a course's exercises.

    Attributes:
        home: the folder that they were copied to.
        made: how many files were written.
        kept: how many were there, and stay as they are.
    """

    home: Home
    made: int
    kept: int


def find(course: Course, start: Path = Path()) -> Home:
    """The learner's folder: ``start``, ``exercises/`` in it, or a folder above ``start``.

    Raises:
        UsageError: if there is none; says how to make one.
    """
    home = sought(course, start)
    if home is None:
        for folder in _candidates(start):
            if _same(folder, course.exercises):
                raise UsageError(
                    f"{shown(folder)} is the course itself, and your work does not belong there; "
                    "go to a folder of your own and run: dlgrade init"
                )
        raise UsageError(
            f"there is no {EXERCISES}/ here; run: dlgrade init (or go to the folder that holds it)"
        )
    return home


def sought(course: Course, start: Path = Path()) -> Home | None:
    """Like `find`; None if there is no such folder."""
    for folder in _candidates(start):
        if _is_home(course, folder) and not _same(folder, course.exercises):
            return Home(course, folder)
    return None


def make(course: Course, folder: Path) -> Copied:
    """Copies a course's exercises into a folder; what is there stays as it is.

    Raises:
        UsageError: if the folder is one of the course's own, or cannot be written to.
    """
    _check_foreign(course, folder)
    home = Home(course, folder)
    made = kept = 0
    for source in _given_out(course):
        target = folder / source.relative_to(course.exercises)
        if os.path.lexists(target):
            kept += 1
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"the folder {target.parent} cannot be made: {reason}") from error
        try:
            write(target, source.read_bytes())
        except DlgradeError as error:
            raise UsageError(f"{error}; once that is mended, run dlgrade init again") from error
        made += 1
    return Copied(home, made, kept)


def _candidates(start: Path) -> Iterator[Path]:
    yield start / EXERCISES
    yield start
    above = start
    for _ in start.absolute().parents:
        above = above / os.pardir
        yield above / EXERCISES
        yield above


def _is_home(course: Course, folder: Path) -> bool:
    """Whether files of the course lie there: a folder that is called like a topic is not enough."""
    if is_kept(folder):
        return any(os.path.isdir(folder / topic) for topic in course.topics)
    return any(os.path.lexists(folder.joinpath(*entry.parts)) for entry in course.whole)


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _check_foreign(course: Course, folder: Path) -> None:
    place = Path(os.path.realpath(folder))
    for own in (course.exercises, course.solutions):
        root = Path(os.path.realpath(own))
        if root in (place, *place.parents):
            raise UsageError(
                f"{folder} is the course's own {own.name}/, which stays as it is; name a folder to "
                "work in, such as: dlgrade init my-exercises"
            )


def _given_out(course: Course) -> list[Path]:
    """The files that every learner gets, without those that editors and Python leave behind."""
    return [
        path
        for path in sorted(course.exercises.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith(".") or part == "__pycache__"
            for part in path.relative_to(course.exercises).parts
        )
    ]


def _moved_aside(file: Path) -> Path:
    """Renames a file to the first free name beside it.

    The name is taken before the file is moved there: two commands at once take two names.
    """
    number = 1
    while True:
        # Grading, pytest and editors that watch take no notice of this suffix.
        beside = file.with_name(f"{file.name}.{number}.bak")
        try:
            os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            number += 1
    try:
        os.replace(file, beside)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    return beside
