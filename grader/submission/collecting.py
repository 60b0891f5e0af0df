"""Which files answer which exercises: by topic and name, by name alone, or by what is defined."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.course import QUIZ, Course, Entry
from grader.errors import UsageError
from grader.submission import notebook, text
from grader.submission.archive import is_archive, is_foreign, open_archive
from grader.submission.bundle import SUFFIXES
from grader.submission.files import NOTEBOOK, Files, Parts, Refused, shown, suffix_of
from grader.submission.folder import Folder
from grader.submission.submitted import Submitted


def collect(
    course: Course, paths: Sequence[Path], only: Sequence[str] = ()
) -> tuple[Submitted, ...]:
    """Reads a submission.

    Args:
        course: the course it answers.
        paths: folders or archives that mirror ``exercises/``, topics, or files; matched by topic
            folder and name, or by name alone; notebooks also by the functions they define.
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
            earlier = found.get(submitted.entry, submitted)
            chosen = earlier if earlier.file == submitted.file else _chosen(earlier, submitted)
            if chosen is None:
                raise UsageError(
                    f"{earlier.file} and {submitted.file} both answer {submitted.entry.label}; "
                    "name one of them"
                )
            found[submitted.entry] = chosen
    answered = tuple(found[entry] for entry in course.whole if entry in found and entry in kept)
    if not answered:
        raise UsageError(f"nothing that was named is among {', '.join(only)}")
    return answered


def collect_files(course: Course, files: Files, only: Sequence[str] = ()) -> tuple[Submitted, ...]:
    """Reads what somebody of a class handed in.

    Like `collect`, but every exercise that was asked for is there, as missing if it is not
    answered: a class is marked out of the same number of points.

    Args:
        course: the course it answers.
        files: what was handed in.
        only: topics, exercises or quizzes that were asked for, all if empty.

    Returns:
        One `Submitted` per exercise and quiz that was asked for, in the course's order.

    Raises:
        UsageError: if the files answer no exercise of the course at all.
    """
    asked = set(course.select(only)) if only else set(course.whole)
    found = {submitted.entry: submitted for submitted in _in_files(course, files)}
    return tuple(
        found.get(entry) or _missing(entry, files, (entry.topic,), frozenset())
        for entry in course.whole
        if entry in asked
    )


def collect_whole(
    course: Course, paths: Sequence[Path], only: Sequence[str] = ()
) -> tuple[Submitted, ...]:
    """Reads what a platform has from a student: like `collect_files`, even if it answers nothing.

    Args:
        course: the course it answers.
        paths: one folder or archive.
        only: topics, exercises or quizzes that were asked for, all if empty.

    Raises:
        UsageError: if there are several, or it is neither.
    """
    if len(paths) > 1:
        raise UsageError("what is missing can be told of one folder or archive; name one path")
    (path,) = paths
    files: Files = Folder(path) if os.path.isdir(path) else _opened(path)
    try:
        return collect_files(course, files, only)
    except UsageError:
        asked = course.select(only) if only else course.whole
        return tuple(_missing(entry, files, (entry.topic,), frozenset()) for entry in asked)


def _chosen(one: Submitted, other: Submitted) -> Submitted | None:
    """The one of two that was worked on; None if both were."""
    if one.untouched or other.untouched:
        idle, busy = (one, other) if one.untouched else (other, one)
        if idle.missing or busy.missing:
            return busy if idle.missing else idle
        note = f"{idle.file} is still the course's stub, so {busy.file} was graded"
        return replace(busy, notes=(*busy.notes, note))
    return None


def _at(course: Course, path: Path) -> Iterable[Submitted]:
    # os.path, for a Path raises where links lead in a circle or a name is too long.
    resolved, solutions = Path(os.path.realpath(path)), course.solutions.resolve()
    own = solutions in (resolved, *resolved.parents)
    if os.path.isdir(path):
        keyless = solutions in (resolved, resolved.parent)
        return _in_files(course, Folder(path, trusted=own), keyless)
    if is_archive(path):
        return _in_archive(course, path)
    if not os.path.lexists(path):
        return _in_path_into_archive(course, path)
    folder = Folder(path.parent, trusted=own)
    if suffix_of(path.name) == NOTEBOOK:
        return _by_functions(course, folder, (path.name,))
    return [_taken(_match(course, path), folder, (path.name,))]


def _match(course: Course, path: Path) -> Entry:
    name = shown(path)
    if path.suffix == ".toml":
        return _match_quiz(course, path)
    if is_foreign(path):
        kinds = ", ".join(SUFFIXES)
        raise UsageError(f"{name} is packed in a way that is not read; pack it as one of {kinds}")
    if path.suffix != ".py":
        raise UsageError(
            f"{name} is not a Python file; name a folder, an archive, a notebook, a .py file or a "
            f"{QUIZ}"
        )
    named = [entry for entry in course.entries if entry.name == path.stem]
    in_topic = [entry for entry in named if entry.topic == path.absolute().parent.name]
    for entries in (in_topic, named):
        if len(entries) == 1:
            return entries[0]
    near = difflib.get_close_matches(path.stem, [e.name for e in course.entries], n=1)
    advice = f"; did you mean {near[0]}.py?" if near else "; its name must be an exercise's"
    raise UsageError(f"{name} answers no exercise of this course{advice}")


def _match_quiz(course: Course, path: Path) -> Entry:
    """The quiz of the topic whose folder the file lies in; the only one, wherever it lies."""
    topic = path.absolute().parent.name
    in_topic = [entry for entry in course.quizzes if entry.topic == topic]
    for entries in (in_topic, course.quizzes):
        if path.name == QUIZ and len(entries) == 1:
            return entries[0]
    topics = ", ".join(entry.topic for entry in course.quizzes)
    raise UsageError(
        f"{shown(path)} answers no quiz of this course; it must be called {QUIZ} and lie in a "
        f"topic's folder ({topics})"
        if topics
        else f"{shown(path)} is not a Python file, and this course has no quiz"
    )


def _by_functions(course: Course, files: Files, parts: Parts) -> list[Submitted]:
    """A notebook that may answer several exercises; its name decides where it defines none."""
    named = [entry for entry in course.entries if f"{entry.name}{NOTEBOOK}" == parts[-1]]
    try:
        functions = notebook.read(files.read(parts)).defines
    except Refused as refused:
        if named:
            return [_refused(named[0], files, parts, refused)]
        raise UsageError(f"{files.shown(parts)}: {refused}") from None
    defined = [entry for entry in course.entries if functions(entry.functions)]
    if not defined and not named:
        raise UsageError(
            f"{files.shown(parts)} defines no function of this course at the top level of a cell, "
            f"such as def {course.entries[0].functions[0]}(...)"
        )
    return [_taken(entry, files, parts) for entry in defined or named]


def _in_archive(course: Course, path: Path) -> Iterable[Submitted]:
    return _in_files(course, _opened(path))


def _opened(path: Path) -> Files:
    if not os.path.lexists(path):
        raise UsageError(f"{shown(path)} does not exist")
    try:
        return open_archive(path)
    except Refused as refused:
        raise UsageError(f"{shown(path)} cannot be graded: {refused}") from None


def _in_path_into_archive(course: Course, path: Path) -> list[Submitted]:
    """A file in an archive, by the name that a report gives it."""
    for parent in path.parents:
        if is_archive(parent) and os.path.isfile(parent):
            inside = [one for one in _in_archive(course, parent) if one.file == shown(path)]
            if inside and not all(one.missing for one in inside):
                return inside
    raise UsageError(f"{shown(path)} does not exist")


def _in_files(course: Course, files: Files, keyless: bool = False) -> Iterator[Submitted]:
    """The exercises that a folder or an archive answers.

    Args:
        course: the course.
        files: what is looked through.
        keyless: quizzes are left out: a course's own solutions may be graded, its keys may not.
    """
    asked = course.entries if keyless else course.whole
    try:
        root, topics = _mirror(course, files)
        if files.name in course.topics and topics <= {files.name}:
            folder = (*root, files.name) if topics else root
            return (_expected(e, files, folder) for e in asked if e.topic == files.name)
        if topics:
            return (_expected(entry, files, (*root, entry.topic)) for entry in asked)
        for root in files.roots:
            bare = _bare(course, files, root)
            if bare:
                return iter(bare)
        if not files.names(()):
            return (_expected(entry, files, (entry.topic,)) for entry in asked)
    except Refused as refused:
        raise UsageError(str(refused)) from None
    raise UsageError(_no_submission(course, files))


def _mirror(course: Course, files: Files) -> tuple[Parts, set[str]]:
    """The folder that mirrors the course, and the topics that are in it."""
    for root in files.roots:
        topics = {topic for topic in course.topics if files.is_folder((*root, topic))}
        if topics:
            return root, topics
    return files.roots[0], set()


def _bare(course: Course, files: Files, root: Parts) -> list[Submitted]:
    """Files that lie side by side, without the folders of the topics."""
    names = files.names(root)
    found = {
        entry: _expected(entry, files, root)
        for entry in course.entries
        if {f"{entry.name}.py", f"{entry.name}{NOTEBOOK}"} & names
    }
    known = {f"{entry.name}{NOTEBOOK}" for entry in course.entries}
    problem = None
    for name in sorted(names - known):
        if suffix_of(name) == NOTEBOOK:
            try:
                answered = _by_functions(course, files, (*root, name))
            except UsageError as error:
                problem = problem or error
                continue
            for one in answered:
                earlier = found.get(one.entry)
                found[one.entry] = one if earlier is None else _of_two(earlier, one)
    if problem is not None and not found:
        raise problem
    return list(found.values())


def _of_two(one: Submitted, other: Submitted) -> Submitted:
    """The one that was worked on; which of two is graded is not guessed."""
    fault = f"{one.file} and {other.file} both answer this exercise; keep one of them"
    return _chosen(one, other) or replace(other, source=None, fault=fault, cells=())


def _no_submission(course: Course, files: Files) -> str:
    name = files.shown(()).rstrip("/")
    for topic in course.topics:
        if files.is_folder(("exercises", topic)):
            return f"{name} is not a submission; did you mean {files.shown(('exercises',))}?"
    lost = files.absence(())
    if lost:
        return lost
    return (
        f"{name} has none of the course's topics ({', '.join(course.topics)}); "
        f"put files where the course has them, such as {course.entries[0].label}.py, "
        "or name the files themselves"
    )


def _expected(entry: Entry, files: Files, folder: Parts) -> Submitted:
    """What a folder holds for an exercise or quiz."""
    file = (*folder, entry.stub.name)
    book = (*folder, f"{entry.name}{NOTEBOOK}")
    try:
        names = files.names(folder)
    except Refused as refused:
        return _refused(entry, files, file, refused)
    there = [parts for parts in (file, book) if parts[-1] in names and _fits(entry, parts)]
    if not there:
        return _missing(entry, files, folder, names)
    taken = [_taken(entry, files, parts) for parts in there]
    return taken[0] if len(taken) == 1 else _of_two(*taken)


def _fits(entry: Entry, parts: Parts) -> bool:
    return not (entry.is_quiz and suffix_of(parts[-1]) == NOTEBOOK)


def _missing(entry: Entry, files: Files, folder: Parts, names: frozenset[str]) -> Submitted:
    suffix = entry.stub.suffix
    lost = files.absence((*folder, entry.stub.name))
    advice = lost or _near(entry, suffix, names) or _elsewhere(files, folder, names)
    fault = f"there is no file {entry.label}{suffix}"
    return Submitted(
        entry=entry,
        file=files.shown((*folder, entry.stub.name)),
        source=None,
        fault=f"{fault}; {advice}" if advice else fault,
        # What was lost on the way was handed in.
        missing=not lost,
    )


def _near(entry: Entry, suffix: str, names: frozenset[str]) -> str:
    # A file that answers another exercise is not this one misspelt.
    strays = [
        name.removesuffix(suffix)
        for name in sorted(names)
        if name.endswith(suffix) and not entry.stub.with_name(name).exists()
    ]
    near = difflib.get_close_matches(entry.name, strays, n=1)
    return f"there is {shown(near[0])}{suffix}: rename it" if near else ""


def _elsewhere(files: Files, folder: Parts, names: frozenset[str]) -> str:
    books = sorted(name for name in names if suffix_of(name) == NOTEBOOK)
    book = files.shown((*folder, books[0])) if books else ""
    return f"if {book} answers it, name that" if book else ""


def _taken(entry: Entry, files: Files, parts: Parts) -> Submitted:
    """A file that was found, read and looked at."""
    file = files.shown(parts)
    try:
        data = files.read(parts)
        if suffix_of(parts[-1]) == NOTEBOOK:
            book = notebook.read(data)
            return Submitted(entry=entry, file=file, source=book.source, cells=book.cells)
        if not entry.is_quiz:
            text.check(data)
    except Refused as refused:
        return _refused(entry, files, parts, refused)
    return Submitted(entry=entry, file=file, source=data)


def _refused(entry: Entry, files: Files, parts: Parts, refused: Refused) -> Submitted:
    return Submitted(entry=entry, file=files.shown(parts), source=None, fault=str(refused))
