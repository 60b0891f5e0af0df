"""``dlgrade export``: what a CI or a platform needs to grade, ready to copy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from grader.cli.options import COURSE, ONLY, When
from grader.exporting.requirement import DEFAULT
from grader.exporting.targets import TARGETS


@click.command()
@click.argument("what", type=click.Choice(list(TARGETS)), metavar="WHAT")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where it goes: a zip for gradescope, else a folder.  "
    "[default: autograder.zip or dlgrade-WHAT]",
)
@COURSE
@ONLY
@click.option(
    "--install",
    "words",
    default=DEFAULT,
    show_default=True,
    metavar="REQUIREMENT",
    help="How pip gets dlgrade there: a wheel is copied along, an address is written down.",
)
@click.option(
    "--index",
    default="",
    metavar="URL",
    help="Where pip looks as well, such as PyTorch's index of builds for processors alone, which "
    "are a tenth of the size.",
)
@click.option(
    "--due",
    type=When(),
    metavar="WHEN",
    help="What is withheld until the due date is shown after it.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
def export(
    what: str,
    out: Path | None,
    directory: Path | None,
    only: tuple[str, ...],
    words: str,
    index: str,
    due: datetime | None,
    force: bool,
) -> None:
    """Write what a CI or a platform needs to grade.

    WHAT is github, gitlab, gradescope, prairielearn, classroom50 or docker. What is written needs
    nothing else: it installs dlgrade with the versions that it is tested with.

    \b
    Example: dlgrade export gradescope --only normalization --course my-course
      Writes autograder.zip, which grades one topic of your course.
    """
    from grader.course import find
    from grader.exporting import deliver, pack, required

    target = TARGETS[what]
    own = directory is not None
    place = out if out is not None else Path(target.out)
    files = pack(target, find(directory), required(words, index), only, due=due, own=own)
    deliver(target, files, place, force)
    click.echo(f"Wrote {place}: {target.summary}.")
    click.echo(target.next.format(out=place))
    if words == DEFAULT:
        click.echo(
            f"It installs {DEFAULT}. If pip does not find that where it grades, bring a wheel "
            "along: --install FILE.whl"
        )
    if own and not target.closed:
        click.echo(
            f"The solutions are in {place / target.course}: whoever can read that, students "
            "too, can read them."
        )
