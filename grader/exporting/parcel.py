"""What an export consists of: templates, what pip is told, and the course."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final

from grader import __version__
from grader.course import BUNDLED, Course, Entry
from grader.errors import UsageError
from grader.exporting import question
from grader.exporting.requirement import Requirement
from grader.exporting.targets import Target
from grader.files import read

PINS: Final = "constraints.txt"

# What shells, YAML and Dockerfiles take as it is: names of exercises are written into all of them.
_PLAIN: Final = re.compile(r"[\w./-]+", re.ASCII)


@dataclass(frozen=True)
class File:
    """A file of an export.

    Attributes:
        data: what is in it.
        runs: whether it is a programme.
    """

    data: bytes
    runs: bool = False


def pack(
    target: Target,
    course: Course,
    requirement: Requirement,
    only: Sequence[str] = (),
    *,
    due: datetime | None = None,
    own: bool = False,
) -> dict[str, File]:
    """The files of an export: place → file.

    Args:
        target: where it goes.
        course: what is graded.
        requirement: how dlgrade gets there.
        only: names of exercises and topics; all of them without.
        due: when students may see what is withheld until then; never without.
        own: whether the course is somebody's own, which must come along wherever it goes.

    Raises:
        UsageError: if a name is not one of the course, or cannot be exported.
        CourseError: if the course cannot be read.
    """
    chosen = _chosen(target, course, only)
    along = own or target.closed
    named = [entry.label for entry in chosen] if len(chosen) < len(course.whole) else []
    words = [word for label in named for word in ("--only", _plain(label))]
    words += ["--due", due.isoformat()] if due else []
    values = _values(target, words, along)
    files = {
        part.place: File(_filled(_template(part.template), values), part.runs)
        for part in target.parts
    }
    kit = Path(target.kit)
    files[_at(kit, PINS)] = File(_pins())
    files[_at(kit, "requirements.txt")] = File(requirement.text.encode())
    if requirement.wheel is not None:
        files[_at(kit, requirement.wheel.name)] = File(read(requirement.wheel))
    if along:
        files |= _course(course, Path(target.course))
    if target.is_question:
        files |= _question(chosen)
    return files


def _chosen(target: Target, course: Course, only: Sequence[str]) -> tuple[Entry, ...]:
    chosen = course.select(only) if only else course.whole
    if not target.is_question:
        return chosen
    # An editor is for code; and the quizzes of two topics have one name.
    code = tuple(entry for entry in chosen if not entry.is_quiz)
    if not code:
        raise UsageError(f"{target.name} needs an exercise that is code; these are quizzes only")
    return code


def _at(folder: Path, name: str) -> str:
    return (folder / name).as_posix()


def _plain(label: str) -> str:
    if not _PLAIN.fullmatch(label):
        raise UsageError(
            f"{label} has a character in its name that not every shell takes as it is; rename "
            "it to letters, digits, - and _"
        )
    return label


def _values(target: Target, words: Sequence[str], along: bool) -> Mapping[str, str]:
    """Placeholder → what it stands for; ``words`` go to ``dlgrade check``."""
    return {
        "@VERSION@": __version__,
        # The space after a word goes with it.
        "@COURSE@ ": f"{target.option} " if along and target.option else "",
        "@WORDS@ ": "".join(f"{word} " for word in words),
        "@WORDS@": " ".join(words),
        "@WORDS_JSON@": "".join(f"{json.dumps(word)}, " for word in words),
    }


def _template(name: str) -> str:
    return (resources.files(__package__) / "templates" / name).read_text(encoding="utf-8")


def _filled(text: str, values: Mapping[str, str]) -> bytes:
    for name, value in values.items():
        text = text.replace(name, value)
    return text.encode()


def _pins() -> bytes:
    """The versions that dlgrade is tested with; a checkout has them at its top."""
    here = BUNDLED if BUNDLED.is_dir() else BUNDLED.parents[1]
    return read(here / PINS)


def _course(course: Course, place: Path) -> dict[str, File]:
    """Both sides of a course, without what tools leave behind."""
    return {
        _at(place / side, path.relative_to(folder).as_posix()): File(read(path))
        for side, folder in (("exercises", course.exercises), ("solutions", course.solutions))
        for path in sorted(_files(folder))
    }


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        kept = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        for name in kept:
            if Path(here, name).is_symlink():
                raise UsageError(
                    f"{Path(here, name)} is a link to a folder; put the folder itself there, so "
                    "that the export has what is in it"
                )
        folders[:] = kept
        for name in names:
            if not name.startswith("."):
                yield Path(here, name)


def _question(chosen: Sequence[Entry]) -> dict[str, File]:
    files = {"info.json": question.info(chosen), "question.html": question.page(chosen)}
    stubs = {f"{question.STUBS}/{entry.stub.name}": read(entry.stub) for entry in chosen}
    texts = {place: text.encode() for place, text in files.items()}
    return {place: File(data) for place, data in (texts | stubs).items()}
