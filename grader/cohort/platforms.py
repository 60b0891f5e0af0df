"""What goes back to a platform: its own file, filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.cohort.canvas import canvas_csv
from grader.cohort.gradebook import Filled
from grader.cohort.grading import Assignment
from grader.cohort.moodle import is_worksheet, moodle_csv, moodle_worksheet
from grader.cohort.records import Standing
from grader.errors import UsageError


@dataclass(frozen=True)
class Return:
    """A file for a platform.

    Attributes:
        platform: whose.
        file: what it is called in the output folder.
        filled: the file, and what is to be said of it.
    """

    platform: str
    file: str
    filled: Filled


def returns(assignment: Assignment, standings: Sequence[Standing]) -> list[Return]:
    """What goes back to the platforms whose files were given.

    Args:
        assignment: what was asked for.
        standings: the class.

    Raises:
        UsageError: if a file is not what it is taken for, or its points are not those of the class.
    """
    points = Fraction(assignment.points) if assignment.points else None
    found = []
    if assignment.canvas:
        found.append(
            _returned(
                "Canvas",
                "canvas.csv",
                lambda: canvas_csv(assignment.canvas, standings, assignment.title, points),
            )
        )
    if assignment.moodle and is_worksheet(assignment.moodle):
        found.append(
            _returned(
                "Moodle",
                "moodle-worksheet.csv",
                lambda: moodle_worksheet(assignment.moodle, standings, points),
            )
        )
    elif assignment.moodle:
        found.append(_returned("Moodle", "moodle.csv", lambda: moodle_csv(standings, points)))
    return found


def _returned(platform: str, file: str, fill: Callable[[], Filled]) -> Return:
    try:
        return Return(platform, file, fill())
    except UsageError as error:
        raise UsageError(f"the file of {platform} {error}") from error
