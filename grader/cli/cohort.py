"""``dlgrade cohort`` and ``dlgrade regrade``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from grader.cli.assigning import Asked
from grader.cli.classroom import Classroom, note, opened
from grader.cli.options import (
    BUBBLEWRAP,
    COURSE,
    ONLY,
    again,
    isolation,
    memory_limit,
    seed,
    time_limit,
)
from grader.cli.words import INTERRUPTED
from grader.errors import UsageError

FILE: Final = click.Path(path_type=Path, dir_okay=False)
FOLDER: Final = click.Path(path_type=Path, file_okay=False)


class Points(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A number of points above 0, kept as it is written."""

    name = "points"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuses what is none."""
        if re.fullmatch(r"\d{1,6}(\.\d{1,4})?", str(value)) is None or float(value) == 0:
            self.fail(f"{value!r} is no number of points, such as 10 or 7.5", param, ctx)
        return str(value)


class Where(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """An engine: ``local``, ``dask``, or ``dask=`` and an address."""

    name = "engine"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuses what is none."""
        name, equals, address = str(value).partition("=")
        if (name, equals) != ("local", "") and (name != "dask" or bool(equals) != bool(address)):
            self.fail(f"{value!r} is no engine; there are local, dask and dask=ADDRESS", param, ctx)
        return str(value)


JUDGING: Final = (
    COURSE,
    ONLY,
    seed(kept=True),
    time_limit(kept=True),
    memory_limit(kept=True),
    isolation(kept=True),
    BUBBLEWRAP,
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        show_default="number of cores",
        help="Grade this many submissions at a time.",
    ),
    click.option(
        "--engine",
        type=Where(),
        default="local",
        show_default=True,
        metavar="local|dask[=ADDRESS]",
        help="Where to grade: here, or on a cluster.",
    ),
)
"""What both commands can be told of how to judge."""


def judging_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them to a command."""
    for option in reversed(JUDGING):
        command = option(command)
    return command


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", type=FOLDER, required=True, metavar="DIR", help="Where everything goes.")
@click.option("--roster", type=FILE, metavar="CSV", help="Who is in the class.")
@click.option("--rules", type=FILE, metavar="FILE", help="Due date, lateness, attempts (TOML).")
@click.option("--canvas", type=FILE, metavar="CSV", help="Canvas's gradebook, to be filled in.")
@click.option("--moodle", type=FILE, metavar="CSV", help="Moodle's worksheet or participants.")
@click.option("--assignment", "title", metavar="TITLE", help="Which of Canvas's columns to fill.")
@click.option("--points", type=Points(), metavar="N", help="What that is worth on the platform.")
@click.option("--resume", is_flag=True, help="Go on where DIR is; new submissions are added.")
@click.option("--after-due", is_flag=True, help="Reports show what waits for the due date.")
@click.option(
    "--reports/--no-reports",
    default=None,
    show_default="reports",
    help="Whether to write a report for each student.",
)
@judging_options
def cohort(
    submissions: Path,
    out: Path,
    resume: bool,
    **given: Any,
) -> int:
    """Grade a class: gradebook, class page, a report for each.

    SUBMISSIONS is what the platform gives out, as it is: the zip of Canvas, Moodle or Gradescope,
    clones of GitHub Classroom, or a folder with a folder, an archive or a notebook for each
    student. --only names what was set; without it the whole course counts.

    The file that --canvas or --moodle names comes back filled in, in DIR; it says who is in the
    class where --roster does not.

    Every verdict is kept at once: whatever stops the grading, --resume goes on with the rest, and
    what is unchanged is not graded twice. What is not said then is as it was.

    \b
    Example: dlgrade cohort submissions.zip --out graded --canvas gradebook.csv
      Grades everybody on all cores; graded/canvas.csv goes back to Canvas.
    Exit codes: 0 all graded, 2 wrong usage, 3 the grader failed for some,
    130 interrupted.
    """
    _check_places(submissions, out)
    read = _read(**{name: given.pop(name) for name in _OF_CLASS})
    asked = Asked(**given)
    with opened(out, resume) as store:
        room = Classroom.of(store, out, asked, read)
        return _kept(
            partial(room.cohort, submissions),
            room,
            ("cohort", str(submissions), "--out", str(out), "--resume"),
        )


@click.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("--diff", is_flag=True, help="Say what would change, and change nothing.")
@judging_options
def regrade(folder: Path, diff: bool, **given: Any) -> int:
    """Grade a class again, and say what a changed course changes.

    DIR is what cohort wrote: what was handed in is kept there, and what is not said is as it was.
    With --diff, gradebook and reports stay as they are; the new verdicts are kept, so that to do it
    then takes a moment.

    \b
    Example: dlgrade regrade graded --diff
      Says who would get other points, and which cases do it.
    Exit codes: 0 all graded, 2 wrong usage, 3 the grader failed for some,
    130 interrupted.
    """
    asked = Asked(**given)
    with opened(folder, True) as store:
        room = Classroom.of(store, folder, asked)
        return _kept(
            partial(room.regrade, diff),
            room,
            ("regrade", str(folder), *["--diff"][: int(diff)], *asked.words()),
        )


_OF_CLASS: Final = tuple(
    ["roster", "rules", "canvas", "moodle", "title", "points", "after_due", "reports"]
)
"""What is said of the class itself, and not of how to judge."""


def _read(
    roster: Path | None,
    rules: Path | None,
    canvas: Path | None,
    moodle: Path | None,
    after_due: bool,
    **others: Any,
) -> dict[str, Any]:
    """Attributes of the assignment, by what the command line says; None where it says nothing."""
    from grader.cohort.roster import read_roster
    from grader.cohort.rules import read_rules
    from grader.cohort.tables import table_bytes

    # What a platform gives out to be filled in says who is in the class as well.
    known = roster or canvas or moodle
    return {
        "students": read_roster(known, note) if known else None,
        "rules": read_rules(rules) if rules else None,
        "canvas": table_bytes(canvas) if canvas else None,
        "moodle": table_bytes(moodle) if moodle else None,
        "after_due": after_due or None,
        **others,
    }


def _check_places(submissions: Path, out: Path) -> None:
    from grader.submission.files import shown

    if not submissions.exists():
        raise UsageError(f"{shown(submissions)} does not exist; name what the class handed in")
    if submissions.resolve() in (out.resolve(), *out.resolve().parents):
        raise UsageError(
            f"{shown(out)} lies in {shown(submissions)}, and would be taken for a submission; "
            "name a folder beside it"
        )


def _kept(act: Callable[[], int], room: Classroom, how: tuple[str, ...]) -> int:
    """Does it; an interrupt is said with what is kept and how to go on."""
    try:
        return act()
    except KeyboardInterrupt:
        click.echo(f"dlgrade: interrupted: {room.kept()}. To go on: {again(*how)}", err=True)
        return INTERRUPTED
