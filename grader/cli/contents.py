"""``dlgrade list``: the course in its order of study, how far the learner is, what is next."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.completing import ANYTHING
from grader.cli.options import COURSE, again
from grader.cli.screen import screen_of, show

if TYPE_CHECKING:
    from grader.course import Course, Entry


@click.command("list")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=ANYTHING)
@COURSE
def list_(names: tuple[str, ...], directory: Path | None) -> None:
    """Show the order of study, how far you are and what is next.

    NAME is a topic or an exercise; without one, the whole course. How far you are is known in the
    folder that `dlgrade init` made. It counts for a file as it was when it was graded: a file that
    you have changed since is shown as changed.

    \b
    Example: dlgrade list normalization
      Shows the exercises and the quiz of that topic.
    """
    from grader.course import find
    from grader.home import sought

    course = find(directory)
    chosen = course.select(names) if names else course.whole
    home = sought(course)
    screen = screen_of(sys.stdout)
    if home is None:
        _print_plainly(course, chosen)
        return
    from grader.cli.overview import Table

    table = Table.of(home, chosen, screen, bool(names))
    show([*table.topics(), *table.end()], screen)


def _print_plainly(course: Course, chosen: Sequence[Entry]) -> None:
    """The list where there is no learner's folder."""
    for number, topic in enumerate(course.plan, 1):
        entries = [entry for entry in chosen if entry.topic == topic.name]
        if entries:
            after = f"   after {', '.join(topic.after)}" if topic.after else ""
            click.echo(f"{number} {click.style(topic.name, bold=True)}{after}")
            for entry in entries:
                for line in _about(entry):
                    click.echo(f"    {line}")
    click.echo(
        f"A topic's README.md is its lesson. Begin with: {again('init')}; then grade one: "
        f"{again('check')} exercises/<topic>"
    )


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
