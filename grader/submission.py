"""A submission: which of a course's exercises and quizzes it answers, and the bytes of each file.

Files are read as bytes, without following links below the folder that was named, and never
imported here: what they hold is nobody's to trust.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.course import QUIZ, Course, Entry
from grader.errors import UsageError

MAX_SOURCE_BYTES: Final = 1_000_000


@dataclass(frozen=True)
class Submitted:
    """The learner's side of one exercise or quiz.

    Attributes:
        entry: the exercise or quiz it answers.
        file: the path as the learner would name it.
        source: the bytes of the file, None if it could not be read.
        fault: why not, for the learner; empty if it was read.
        missing: there is no such file (which is not the learner's error, only not done).
    """

    entry: Entry
    file: str
    source: bytes | None
    fault: str = ""
    missing: bool = False


def collect(
    course: Course, paths: Sequence[Path], only: Sequence[str] = ()
) -> tuple[Submitted, ...]:
    """Reads a submission.

    Args:
        course: the course it answers.
        paths: folders that mirror ``exercises/``, topics, or files; matched by topic folder and
            name, or by name alone.
        only: topics, exercises or quizzes to keep, all if empty.

    Returns:
        One `Submitted` per exercise and quiz that was asked for, in the course's order.

    Raises:
        UsageError: if a path does not exist or answers no exercise, or two answer the same one.
    """
    kept = set(course.select(only)) if only else set(course.whole)
    found: dict[Entry, Submitted] = {}
    for path in paths:
        for submitted in _at(course, path):
            earlier = found.get(submitted.entry)
            if earlier is not None and earlier.file != submitted.file and not submitted.missing:
                if not earlier.missing:
                    raise UsageError(
                        f"{earlier.file} and {submitted.file} both answer "
                        f"{submitted.entry.label}; name one of them"
                    )
                found[submitted.entry] = submitted
            found.setdefault(submitted.entry, submitted)
    chosen = tuple(found[e] for e in course.whole if e in found and e in kept)
    if not chosen:
        raise UsageError(f"nothing that was named is among {', '.join(only)}")
    return chosen


def _at(course: Course, path: Path) -> Iterable[Submitted]:
    if path.is_dir():
        return _in_folder(course, path)
    if not path.exists() and not path.is_symlink():
        raise UsageError(f"{path} does not exist")
    return [_read(_match(course, path), path)]


def _match(course: Course, path: Path) -> Entry:
    if path.suffix == ".toml":
        return _match_quiz(course, path)
    if path.suffix != ".py":
        raise UsageError(f"{path} is not a Python file; name a folder, a .py file or a {QUIZ}")
    named = [entry for entry in course.entries if entry.name == path.stem]
    in_topic = [entry for entry in named if entry.topic == path.absolute().parent.name]
    for entries in (in_topic, named):
        if len(entries) == 1:
            return entries[0]
    near = difflib.get_close_matches(path.stem, [e.name for e in course.entries], n=1)
    advice = f"; did you mean {near[0]}.py?" if near else "; its name must be an exercise's"
    raise UsageError(f"{path} answers no exercise of this course{advice}")


def _match_quiz(course: Course, path: Path) -> Entry:
    """The quiz of the topic whose folder the file lies in; the only one, wherever it lies."""
    topic = path.absolute().parent.name
    in_topic = [entry for entry in course.quizzes if entry.topic == topic]
    for entries in (in_topic, course.quizzes):
        if path.name == QUIZ and len(entries) == 1:
            return entries[0]
    topics = ", ".join(entry.topic for entry in course.quizzes)
    raise UsageError(
        f"{path} answers no quiz of this course; it must be called {QUIZ} and lie in a topic's "
        f"folder ({topics})"
        if topics
        else f"{path} is not a Python file, and this course has no quiz"
    )


def _in_folder(course: Course, folder: Path) -> Iterator[Submitted]:
    name = folder.absolute().name
    mirrors = any((folder / topic).is_dir() for topic in course.topics)
    # The course's own solutions may be graded like a submission; its keys are no answers.
    own = course.solutions.resolve() in (folder.resolve(), folder.resolve().parent)
    asked = course.entries if own else course.whole
    if name in course.topics and not mirrors:
        yield from (_expect(entry, folder) for entry in asked if entry.topic == name)
    elif mirrors:
        yield from (_expect(entry, folder / entry.topic) for entry in asked)
    elif any((folder / course.exercises.name / topic).is_dir() for topic in course.topics):
        raise UsageError(f"{folder} is not a submission; did you mean {folder / 'exercises'}?")
    elif any(folder.iterdir()):
        raise UsageError(
            f"{folder} has none of the course's topics ({', '.join(course.topics)}); "
            f"put files where the course has them, such as {course.entries[0].label}.py, "
            "or name the files themselves"
        )
    else:
        yield from (_expect(entry, folder / entry.topic) for entry in asked)


def _expect(entry: Entry, folder: Path) -> Submitted:
    suffix = entry.stub.suffix
    path = folder / f"{entry.name}{suffix}"
    if not path.exists() and not path.is_symlink():
        found = folder.glob(f"*{suffix}") if folder.is_dir() else ()
        # A file that answers another exercise is not this one misspelt.
        strays = [p.stem for p in found if not entry.stub.with_name(p.name).exists()]
        near = difflib.get_close_matches(entry.name, strays, n=1)
        advice = f"; there is {near[0]}{suffix}: rename it" if near else ""
        fault = f"there is no file {entry.label}{suffix}{advice}"
        return Submitted(entry=entry, file=str(path), source=None, fault=fault, missing=True)
    if folder.is_symlink():
        return Submitted(
            entry=entry,
            file=str(path),
            source=None,
            fault=f"{folder} is a link; put the files there",
        )
    return _read(entry, path)


def _read(entry: Entry, path: Path) -> Submitted:
    """Reads a file that must be a regular one, of bounded size, and no link."""
    try:
        source = _bytes_of(path)
    except OSError as error:
        return Submitted(entry=entry, file=str(path), source=None, fault=_reason(error))
    if len(source) > MAX_SOURCE_BYTES:
        limit = f"{MAX_SOURCE_BYTES // 1_000_000} MB"
        fault = f"the file is larger than {limit}; an exercise is a few kilobytes"
        return Submitted(entry=entry, file=str(path), source=None, fault=fault)
    return Submitted(entry=entry, file=str(path), source=source)


def _bytes_of(path: Path) -> bytes:
    # O_NONBLOCK: opening a named pipe must not wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IsADirectoryError("not a regular file")
        return file.read(MAX_SOURCE_BYTES + 1)


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "the file may not be read; give yourself the right to read it"
    if isinstance(error, IsADirectoryError):
        return "this is not a regular file; put the exercise's file there"
    return "the file is a link or cannot be opened; put the file itself there"
