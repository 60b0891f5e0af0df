"""``--format NAME[=FILE]``: the result for whoever else reads it, beside the verdict and report."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from grader.errors import UsageError
from grader.files import check_writable, write

if TYPE_CHECKING:
    from grader.result import Result
    from grader.writers.formats import Format, Render
    from grader.writers.occasion import Occasion

_STANDARD_OUTPUT: Final = "-"
_DEVICES: Final = frozenset({"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
"""What else shells call standard output; a file that is written whole would take its place."""


@dataclass(frozen=True)
class Wanted:
    """A format that was asked for.

    Attributes:
        format: which.
        file: where it goes; None for standard output.
    """

    format: Format
    file: Path | None


class Named(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A format, and where it goes: ``NAME`` or ``NAME=FILE``."""

    name = "format"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Wanted:
        """Looks the name up; without a file the format's own is taken."""
        from grader.writers.formats import FORMATS

        if isinstance(value, Wanted):
            return value
        name, given, file = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"{name!r} is not a format; there are {', '.join(FORMATS)}", param, ctx)
        if given and not file:
            self.fail(f"name a file after {name}=, or - for standard output", param, ctx)
        file = file or FORMATS[name].file
        to_screen = file == _STANDARD_OUTPUT or file in _DEVICES
        # The shell leaves a ~ that does not begin a word to us.
        return Wanted(FORMATS[name], None if to_screen else Path(file).expanduser())

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """The names; a file is typed by hand."""
        from grader.writers.formats import FORMATS

        found = [each for each in FORMATS.values() if each.name.startswith(incomplete)]
        return [CompletionItem(each.name, help=each.summary) for each in found]


class FormatOption(click.Option):
    """``--format``, whose help lists the formats; they are imported only if somebody reads it."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of the help."""
        from grader.writers.formats import FORMATS

        record = super().get_help_record(ctx)
        return record and (record[0], record[1].replace("NAMES", ", ".join(FORMATS)))


def check_targets(wanted: Sequence[Wanted], others: Sequence[Path | None]) -> None:
    """Refuses what cannot be written, before any work is done.

    Args:
        wanted: the formats.
        others: the files that are written beside them.

    Raises:
        UsageError: if a file cannot be written, two outputs would go to one place, or a variable
            is missing.
    """
    for each in wanted:
        missing = [name for name in each.format.needs if not os.environ.get(name)]
        if missing:
            raise UsageError(
                f"--format {each.format.name} needs {', '.join(f'${name}' for name in missing)} "
                f"in the environment; the runner of {each.format.name} sets them"
            )
    named = [(each.format.name, each.file) for each in wanted]
    if [file for _, file in named].count(None) > 1:
        both = " and ".join(name for name, file in named if file is None)
        raise UsageError(f"{both} cannot share standard output; write --format NAME=FILE")
    files = [file for file in (*(file for _, file in named), *others) if file is not None]
    for file in files:
        check_writable(file)
    places = [os.path.realpath(file) for file in files]
    for file, place in zip(files, places, strict=True):
        if places.count(place) > 1:
            raise UsageError(
                f"two outputs would be written to {file}; name another file for one of them"
            )


def takes_screen(wanted: Sequence[Wanted]) -> bool:
    """Whether standard output is for a programme, so that people read standard error."""
    return any(each.file is None and not each.format.commands for each in wanted)


@contextlib.contextmanager
def guarded(wanted: Sequence[Wanted]) -> Iterator[None]:
    """Keeps all that is printed inside from being taken for commands, where a format has some.

    After an error nothing is a command until the step ends: what is said of it is still to come.
    """
    if not any(each.format.commands for each in wanted):
        yield
        return
    from grader.writers import github

    token = secrets.token_hex(16)
    click.echo(github.stop(token), nl=False)
    yield
    click.echo(github.resume(token), nl=False)


def publish(whole: Result, wanted: Sequence[Wanted], after_due: bool) -> None:
    """Writes what students may see of a result, in the formats that were asked for.

    Args:
        whole: the whole record.
        wanted: the formats.
        after_due: whether the due date has passed.

    Raises:
        DlgradeError: if a file cannot be written.
    """
    from grader.audience import students_view

    for each in wanted:
        format = each.format
        result = students_view(whole, after_due=after_due or format.withholds)
        data = format.render(result, _occasion(format)).encode()
        if each.file is None:
            click.echo(data, nl=False)
        else:
            write(each.file, data)
        for variable, render in format.appended.items():
            _append(os.environ.get(variable, ""), variable, render, result, _occasion(format))


def growing(wanted: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """Those formats whose file is valid at any moment, and grows as exercises are finished."""
    return tuple(each for each in wanted if each.format.grows and each.file is not None)


def _occasion(format: Format) -> Occasion:
    from grader.writers.occasion import Occasion

    return Occasion(
        environment={
            name: os.environ[name] for name in (*format.needs, *format.wants) if name in os.environ
        },
        now=datetime.now(UTC),
        folder=os.getcwd(),
    )


def _append(file: str, variable: str, render: Render, result: Result, occasion: Occasion) -> None:
    """Appends to a file that a CI provides; without it the rest is as good as before."""
    if not file:
        return
    try:
        with open(file, "ab") as out:
            out.write(render(result, occasion).encode())
    except OSError as error:
        reason = error.strerror or error
        click.echo(f"dlgrade: ${variable} could not be written to: {reason}", err=True)
