"""Keeping a learner's progress: whatever goes wrong with it is one line, never a verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import DlgradeError

if TYPE_CHECKING:
    from grader.progress import Progress
    from grader.result import Result
    from grader.submission import Submitted


def keep(folder: Path, act: Callable[[Progress], Progress]) -> None:
    """Like `change`, for what is worth doing even where nothing can be kept."""
    try:
        change(folder, act)
    except (DlgradeError, OSError) as error:
        click.echo(f"dlgrade: your progress was not kept: {error}", err=True)


def change(folder: Path, act: Callable[[Progress], Progress]) -> Progress:
    """Changes the progress in a learner's folder; says if what was there cannot be read.

    Args:
        folder: the learner's folder.
        act: makes the new progress from the one that is there.

    Raises:
        DlgradeError: if it cannot be written; the file is then as it was.
    """
    from grader import progress
    from grader.progress import BROKEN, FILE
    from grader.submission.files import shown

    broken = progress.is_broken(folder)
    after = progress.change(folder, act)
    if broken:
        click.echo(
            f"dlgrade: {FILE} in {shown(folder)} could not be read; it is now {BROKEN} beside it, "
            "and progress begins anew. Your exercises are as they were.",
            err=True,
        )
    return after


def record(submission: Sequence[Submitted], result: Result) -> None:
    """Remembers the verdicts on files that lie where progress is kept; never where CI is set."""
    from grader.study import digests, remember

    if os.environ.get("CI"):
        return
    for folder, judged in digests(submission).items():
        keep(folder, partial(remember, result=result, digests=judged))
