"""What a course says of its cases without touching authors' files: ``solutions/course.toml``.

A table for each group of cases, by a pattern of topic, exercise and case; later tables win::

    [cases."*"]
    feedback = "own_output"

    [cases."normalization/layer_norm/gradients*"]
    visibility = "hidden"
    feedback = "property"

It stands with the solutions because learners get ``exercises/``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import CourseError
from grader.result import Feedback, Visibility

FILE: Final = "course.toml"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for the cases that a pattern fits; None leaves it to their author."""

    visibility: Visibility | None = None
    feedback: Feedback | None = None


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pattern → rule, in the order of the file."""

    cases: dict[str, Rule] = {}

    def of(
        self, label: str, case: str, visibility: Visibility, feedback: Feedback
    ) -> tuple[Visibility, Feedback]:
        """What holds for a case.

        Args:
            label: topic and name of its exercise.
            case: its name.
            visibility: what its author says.
            feedback: what its author says.
        """
        for pattern, rule in self.cases.items():
            if fits(pattern, label, case):
                visibility = rule.visibility or visibility
                feedback = rule.feedback or feedback
        return visibility, feedback

    def unused(self, cases: Iterable[tuple[str, str]]) -> list[str]:
        """The patterns that fit none of the cases of a course, each given as label and name."""
        named = tuple(cases)
        return [
            pattern
            for pattern in self.cases
            if not any(fits(pattern, label, case) for label, case in named)
        ]


def fits(pattern: str, label: str, case: str) -> bool:
    """Whether a pattern names a case: by its topic, its exercise or itself; ``*`` is anything."""
    named = (label.partition("/")[0], label, f"{label}/{case}")
    return any(fnmatchcase(name, pattern) for name in named)


def read(solutions: Path) -> Rules:
    """The rules of a course; none where there is no such file.

    Raises:
        CourseError: if it is not TOML, or says what it cannot.
    """
    path = solutions / FILE
    if not path.is_file():
        return Rules()
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Rules)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CourseError(
            'must hold tables [cases."topic/exercise/case"] with visibility = "..." and '
            f'feedback = "...": {error}',
            path,
        ) from error
