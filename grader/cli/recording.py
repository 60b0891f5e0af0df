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
    """Changes the progress in a learner's folder; says on standard error what went wrong.

    Args:
        folder: the learner's folder.
        act: makes the new progress from the one that is there.
    """
    from grader.progress import BROKEN, FILE, change, is_broken
    from grader.submission.files import shown

    broken = is_broken(folder)
    try:
        change(folder, act)
    except (DlgradeError, OSError) as error:
        click.echo(f"dlgrade: your progress was not kept: {error}", err=True)
        return
    if broken:
        click.echo(
            f"dlgrade: {FILE} in {shown(folder)} could not be read; it is now {BROKEN} beside it, "
            "and progress begins anew. Your exercises are as they were.",
            err=True,
        )


def record(submission: Sequence[Submitted], result: Result) -> None:
    """Remembers the verdicts on files that lie where progress is kept; never where CI is set."""
    from grader.study import digests, remember

    if os.environ.get("CI"):
        return
    for folder, judged in digests(submission).items():
        keep(folder, partial(remember, result=result, digests=judged))
