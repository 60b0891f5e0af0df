"""What `check` does: whose functions are meant, where they are written, and what comes of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from grader.audience import students_view
from grader.course import Course, Entry, find
from grader.errors import DlgradeError, UsageError
from grader.notebook.asking import Asked, asked
from grader.notebook.session import current
from grader.notebook.verdicts import Checked
from grader.notebook.warmth import WARMTH
from grader.notebook.whereabouts import submitted
from grader.settings import Settings

_WORKER: Final = "grader.worker.runner"
"""A module that is imported where learners' code is run, and nowhere else."""


def check(
    *functions: Callable[..., Any] | str, course: str | Path | None = None, seed: int = 0
) -> Checked:
    """Grades functions that you wrote, in a notebook or a script.

    The functions' source is taken from the cells that you ran, or from their file, with what they
    need from other cells; an isolated process runs it. In a notebook the answer shows itself when
    it is the last line of a cell; elsewhere, print it.

    Args:
        functions: what to grade, or names: of functions, or of exercises; without any, all that
            this notebook or script defines.
        course: the folder of the course; the bundled one without it.
        seed: draws other inputs.

    Raises:
        UsageError: if something is not yours, is not a function, or answers no exercise.
    """
    try:
        return _checked(functions, None if course is None else Path(course), seed)
    except DlgradeError as error:
        raise _in_short(error) from None


def _checked(functions: Sequence[object], directory: Path | None, seed: int) -> Checked:
    if _WORKER in sys.modules:
        raise UsageError(
            "check does not work in a file that is being graded; put the call below "
            "if __name__ == '__main__':"
        )
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise UsageError(f"seed must be an integer, not {seed!r}")
    found = find(directory)
    session = current()
    wanted = asked(found, functions, session.names)
    submission = [
        submitted(entry, these, session) for entry, these in _by_entry(found, wanted).items()
    ]
    result = students_view(WARMTH.service(found).grade(submission, Settings(seed=seed)))
    return Checked(result, tuple(one.name for one in wanted))


def _by_entry(course: Course, wanted: Sequence[Asked]) -> dict[Entry, list[Asked]]:
    """What is asked of each exercise, in the course's order."""
    grouped = {entry: [one for one in wanted if one.entry == entry] for entry in course.entries}
    return {entry: these for entry, these in grouped.items() if these}


def _in_short(error: DlgradeError) -> DlgradeError:
    """The error as IPython shows it: one line, for its frames are all the grader's."""
    lines = [f"dlgrade: {error}"]
    # The protocol by which IPython asks an exception how it wants to be shown.
    error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
    return error
