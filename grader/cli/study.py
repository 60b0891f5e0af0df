"""The learner's folder: ``dlgrade init`` makes it, ``dlgrade reset`` puts stubs back."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.completing import ANYTHING
from grader.cli.options import COURSE, again
from grader.cli.recording import keep
from grader.cli.screen import confirmed

if TYPE_CHECKING:
    from grader.course import Course, Entry
    from grader.home import Home


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="exercises")
@COURSE
def init(folder: Path, directory: Path | None) -> None:
    """Copy the exercises here, and keep your progress with them.

    FOLDER is where they go (default: exercises). What is already there stays as it is. The progress
    is one small file, .dlgrade.json; if you delete it, your work stays and the list forgets.

    \b
    Example: dlgrade init
      Copies the course to exercises/ and says which file to open first.
    """
    from grader.course import find
    from grader.home import make, sought
    from grader.progress import read
    from grader.study import next_of, standings
    from grader.submission.files import shown

    course = find(directory)
    copied = make(course, folder)
    keep(folder, lambda progress: progress)
    files = "1 file" if copied.made == 1 else f"{copied.made} files"
    stay = "stays as it is" if copied.kept == 1 else "stay as they are"
    stayed = f"; {copied.kept} that {'was' if copied.kept == 1 else 'were'} there {stay}"
    click.echo(f"{files} copied to {shown(folder)}/{stayed if copied.kept else ''}.")
    found = sought(course)
    is_found = found is not None and os.path.samefile(found.folder, folder)
    standing = next_of(standings(copied.home, read(folder)))
    if standing is not None and not standing.entry.is_quiz:
        watch = again("watch") if is_found else again("watch", str(folder))
        click.echo(f"Open {standing.file}, and keep beside your editor: {watch}")
    if not is_found:
        click.echo(f"The other commands find it from inside: cd {shlex.quote(shown(folder))}")
    click.echo(f"The whole course, and how far you are: {again('list')}")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=ANYTHING)
@click.option("--yes", "-y", is_flag=True, help="Reset several files without being asked.")
@COURSE
def reset(names: tuple[str, ...], yes: bool, directory: Path | None) -> None:
    """Start a file anew; your version is kept beside it.

    NAME is an exercise, a quiz (normalization/quiz) or a topic. Its file becomes what the course
    gave you. Your version is renamed to layer_norm.py.1.bak, the next one to layer_norm.py.2.bak;
    none is ever overwritten.

    \b
    Example: dlgrade reset layer_norm
      The file is the stub again, and yours is layer_norm.py.1.bak.
    """
    from grader.course import find
    from grader.home import find as find_home
    from grader.submission.files import NOTEBOOK, shown

    course = find(directory)
    home = find_home(course)
    entries = course.select(names)
    touched = [entry for entry in entries if not home.is_untouched(entry)]
    idle = [shown(home.file(entry)) for entry in entries if entry not in touched]
    if idle:
        named = f"{idle[0]} is" if len(idle) == 1 else f"{len(idle)} files are"
        it = "it" if len(idle) == 1 else "them"
        click.echo(f"{named} as the course gave {it}; there is nothing to put back.")
    if touched and _wide(course, names) and not confirmed(_question(touched), yes):
        click.echo("Nothing was changed.")
        return
    for entry in touched:
        _put_back(home, entry)
    for entry in entries:
        notebook = home.file(entry).with_suffix(NOTEBOOK)
        if not entry.is_quiz and os.path.lexists(notebook):
            click.echo(f"{shown(notebook)} is your own file and stays as it is.")


def _wide(course: Course, names: Iterable[str]) -> bool:
    """Whether one of the words names more than one file."""
    return any(len(course.select([name])) > 1 for name in names)


def _question(entries: list[Entry]) -> str:
    one = len(entries) == 1
    named = ", ".join(entry.label for entry in entries)
    return f"Put back {'the stub' if one else f'{len(entries)} stubs'} ({named})?"


def _put_back(home: Home, entry: Entry) -> None:
    from grader.submission.files import shown

    beside = home.put_back(entry)
    kept = f"; your version lies beside it, {shown(beside.name)}" if beside else ""
    click.echo(f"{shown(home.file(entry))} is the course's stub again{kept}.")
