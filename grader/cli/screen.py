"""What the terminal can show, and progress on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

import click

from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.writers.typeset import Line, Role

MIN_WIDTH: Final = 40
MAX_WIDTH: Final = 110
PIPED_WIDTH: Final = 100

Advance = Callable[[str], None]


@dataclass(frozen=True)
class Screen:
    """How to write to a stream.

    Attributes:
        width: columns to fill.
        colour: whether ANSI colours are welcome.
        ascii_only: whether the encoding has no room for ✓ and ✗.
    """

    width: int
    colour: bool
    ascii_only: bool


def screen_of(stream: TextIO) -> Screen:
    """Reads the environment: NO_COLOR, FORCE_COLOR, TERM, COLUMNS, the encoding, the terminal."""
    interactive = stream.isatty()
    colour = interactive and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        colour = True
    if os.environ.get("NO_COLOR"):
        colour = False
    columns = shutil.get_terminal_size((PIPED_WIDTH, 24)).columns
    return Screen(
        width=max(MIN_WIDTH, min(columns, MAX_WIDTH)),
        colour=colour,
        ascii_only=(stream.encoding or "").lower().replace("-", "") not in ("utf8", "utf8sig"),
    )


def painted(lines: Iterable[Line], screen: Screen) -> str:
    """Lines as the screen has them, without a line feed at the end."""
    from grader.writers.typeset import paint
    from grader.writers.visible import ascii_text

    text = paint(lines, screen.colour)
    return ascii_text(text) if screen.ascii_only else text


def show(lines: Iterable[Line], screen: Screen) -> None:
    """Prints lines on standard output."""
    click.echo(painted(lines, screen), color=True)


def paragraph(label: str, text: str, screen: Screen, role: Role = "plain") -> list[Line]:
    """Words that hang under the first of them, behind a label."""
    from grader.writers.typeset import Span, hanging
    from grader.writers.visible import ascii_text, one_line

    words = one_line(text)
    # Here, not only when it is shown: the width is that of what is seen.
    words = ascii_text(words) if screen.ascii_only else words
    return hanging((Span(label, "strong"),) if label else (), words, screen.width, role=role)


def confirmed(question: str, yes: bool) -> bool:
    """Whether the user wants something that cannot be taken back.

    Args:
        question: what it is, ending with a question mark.
        yes: whether they said so beforehand.

    Raises:
        UsageError: if nobody is there to be asked.
    """
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"{question} There is no terminal to ask on; if so, add --yes")
    try:
        return yes or click.confirm(question, err=True)
    except click.Abort:
        # What is said about it begins on a line of its own.
        click.echo(err=True)
        raise


@contextlib.contextmanager
def progress(total: int, doing: str) -> Iterator[Advance]:
    """A bar on standard error while something takes long; nothing where nobody watches.

    Args:
        total: how many steps there are.
        doing: what is being done, shown before the first step.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)

        def advance(what: str) -> None:
            bar.update(task, advance=1, description=what)

        yield advance
