"""What a learner runs before grading: ``dlgrade init``, ``list`` and ``hint``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Entry


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="exercises")
@COURSE
def init(folder: Path, directory: Path | None) -> None:
    """Copy the course's exercises into FOLDER (default: exercises).

    What is already there stays as it is.

    \b
    Example: dlgrade init
    """
    from grader.course import find

    course = find(directory)
    copied = kept = 0
    for source in sorted(course.exercises.rglob("*")):
        target = folder / source.relative_to(course.exercises)
        if source.is_dir() or "__pycache__" in source.parts:
            continue
        if target.exists():
            kept += 1
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        except OSError as error:
            raise UsageError(f"{target} cannot be written: {error.strerror or error}") from error
        copied += 1
    stayed = f", {kept} that were there stay as they are" if kept else ""
    click.echo(f"{copied} files copied to {folder}/{stayed}.")
    first = course.entries[0]
    click.echo(f"Open {folder / first.topic / first.name}.py, then run: dlgrade check {folder}")


@click.command("list")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@COURSE
def list_(names: tuple[str, ...], directory: Path | None) -> None:
    """Show the course in its order of study: topics, what they build on, exercises, quizzes.

    NAME is a topic or an exercise; without one, the whole course.

    \b
    Example: dlgrade list normalization
    """
    from grader.course import find

    course = find(directory)
    chosen = course.select(names) if names else course.whole
    for number, topic in enumerate(course.plan, 1):
        entries = [entry for entry in chosen if entry.topic == topic.name]
        if entries:
            after = f"   after {', '.join(topic.after)}" if topic.after else ""
            click.echo(f"{number} {click.style(topic.name, bold=True)}{after}")
            for entry in entries:
                for line in _about(entry):
                    click.echo(f"    {line}")
    click.echo("A topic's README.md is its lesson. Grade one: dlgrade check exercises/<topic>")


def _about(entry: Entry) -> Iterator[str]:
    """The lines of an exercise or a quiz in the list."""
    if entry.is_quiz:
        from grader.quiz import load

        quiz = load(entry)
        yield f"{entry.name:<17} {quiz.title}: {len(quiz.questions)} questions"
        return
    yield f"{entry.name:<17} {entry.title}"
    if entry.functions != (entry.name,):
        yield " " * 18 + ", ".join(entry.functions)


@click.command()
@click.argument("name")
@click.option("--step", type=click.IntRange(1, 3), default=1, show_default=True, metavar="1..3")
@COURSE
def hint(name: str, step: int, directory: Path | None) -> None:
    """Show a hint for an exercise: step 1 is a nudge, step 3 nearly the answer.

    \b
    Example: dlgrade hint layer_norm --step 2
    """
    from grader.course import find, load

    entries = [entry for entry in find(directory).select([name]) if not entry.is_quiz]
    if not entries:
        raise UsageError(f"{name} has no hints; check explains every answer that you give")
    if len(entries) > 1:
        raise UsageError(f"{name} is a topic; name one of {', '.join(e.name for e in entries)}")
    click.echo(load(entries[0]).hints[step - 1])
    if step < len(load(entries[0]).hints):
        click.echo(f"More: dlgrade hint {name} --step {step + 1}")
