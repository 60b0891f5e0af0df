"""The learner's folder: where it is, and the state of the files in it.

A home is a folder that mirrors a course's ``exercises/``; `dlgrade init` makes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course, Entry
from grader.errors import UsageError

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
        return self.folder / entry.topic / entry.stub.name


def find(course: Course, start: Path = Path()) -> Home:
    """The learner's folder: ``start``, ``exercises/`` in it, or a folder above ``start``.

    Raises:
        UsageError: if there is none; says how to make one.
    """
    for folder in _candidates(start):
        if any((folder / topic).is_dir() for topic in course.topics):
            # The course's own stubs are no place to work in, even where one stands in the checkout.
            return Home(course, folder)
    raise UsageError(
        f"there is no {EXERCISES}/ here; run: dlgrade init (or name the folder that holds it)"
    )


def _candidates(start: Path) -> Iterator[Path]:
    yield start / EXERCISES
    yield start
    for parent in start.absolute().parents:
        yield parent / EXERCISES
        yield parent
