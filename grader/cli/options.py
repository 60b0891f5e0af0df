"""The options of the commands, and what they mean once they are read."""

from __future__ import annotations

import os
import re
import secrets
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import click

from grader.cli.completing import ANYTHING
from grader.cli.publishing import FormatOption, Named, Wanted
from grader.usual import LEVELS, TIME_LIMIT_S

if TYPE_CHECKING:
    from grader.result import Feedback

_DAY_S: Final = 86_400

COURSE = click.option(
    "--course",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    envvar="DLGRADE_COURSE",
    show_envvar=True,
    help="A folder with exercises/ and solutions/ (default: the bundled course).",
)


class Seconds(click.FloatRange):
    """A time that can be waited for: above 0, and a day at the most."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Reads a number; one that is none (nan) is not below any bound."""
        seconds: float = super().convert(value, param, ctx)
        if not seconds <= _DAY_S:
            self.fail(f"{value} is not a time limit; {_DAY_S} seconds are a day", param, ctx)
        return seconds


FORMAT = click.option(
    "--format",
    "formats",
    cls=FormatOption,
    type=Named(),
    multiple=True,
    metavar="NAME[=FILE]",
    help="Write the result for others: NAMES. A FILE of - is standard output. May be repeated.",
)

F = TypeVar("F", bound=Callable[..., Any])

_PATH: Final = click.Path(path_type=Path, dir_okay=True)

UNITS: Final = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}

_MOST_MEMORY: Final = 2**50
"""A thousand times what the largest machine of a course has; more does not fit the kernel's."""
_SEEDS: Final = range(-(2**63), 2**64)
"""What travels to a judge and into a store."""


class Memory(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A size such as ``2G`` or ``512M``, in bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads a number with an optional unit K, M or G."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?", str(value).strip(), re.I)
        size = float(match[1]) * UNITS[match[2].upper()] if match else 0.0
        if not 1 <= size <= _MOST_MEMORY:
            self.fail(f"{value!r} is not a size; write it like 512M or 2G", param, ctx)
        return int(size)


@dataclass(frozen=True)
class Drawn:
    """Which inputs are drawn.

    Attributes:
        seed: the course seed.
        secret: whether it was drawn now, and students must not know it.
    """

    seed: int = 0
    secret: bool = False


class Seed(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A number, or ``secret`` for one that nobody can guess."""

    name = "seed"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Drawn:
        """Reads the number, or draws one."""
        if isinstance(value, Drawn):
            return value
        if value == "secret":
            # Workers get hashes of it, which must not lead back to it: 64 bits.
            return Drawn(secrets.randbits(64), secret=True)
        try:
            seed = int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a whole number nor secret", param, ctx)
        if seed not in _SEEDS:
            self.fail(f"{value!r} is too large; a seed has at most 64 bits", param, ctx)
        return Drawn(seed)


class When(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A time in ISO 8601; a day is all of it; without a zone it is that of this machine."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Reads a day or a time."""
        if isinstance(value, datetime):
            return value
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is not a time; write it like 2027-01-31 or 2027-01-31T18:00+01:00",
                param,
                ctx,
            )
        if re.fullmatch(r"[\dW-]+", value):
            time += timedelta(days=1)
        return time.astimezone() if time.tzinfo is None else time


ONLY = click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    shell_complete=ANYTHING,
    help="Only this exercise or topic; may be repeated.",
)
PLAIN_SEED = click.option("--seed", default=0, show_default=True, help="Draw other inputs.")
BUBBLEWRAP = click.option(
    "--bubblewrap", is_flag=True, help="Put bubblewrap around the files as well."
)


def seed(kept: bool = False) -> Callable[[F], F]:
    """``--seed``.

    Args:
        kept: whether it stays as it was where nothing is said; otherwise it is as usual.
    """
    return click.option(
        "--seed",
        type=Seed(),
        metavar="N|secret",
        help="Draw other inputs; secret: ones that nobody can know.",
        **_usually("0", kept),
    )


def time_limit(kept: bool = False) -> Callable[[F], F]:
    """``--time-limit``; see `seed`."""
    return click.option(
        "--time-limit",
        type=Seconds(),
        metavar="SECONDS",
        help="For each exercise, wall and processor time.",
        **_usually(TIME_LIMIT_S, kept),
    )


def memory_limit(kept: bool = False) -> Callable[[F], F]:
    """``--memory-limit``; see `seed`."""
    return click.option(
        "--memory-limit",
        type=Memory(),
        metavar="SIZE",
        help="For each exercise, on top of torch itself.",
        **_usually("2G", kept),
    )


def isolation(kept: bool = False) -> Callable[[F], F]:
    """``--isolation``; see `seed`."""
    return click.option(
        "--isolation",
        type=click.Choice(("auto", "strict", "off")),
        help="What holds the files: all that the machine has, all or nothing, or nothing.",
        **_usually("auto", kept),
    )


def _usually(value: Any, kept: bool) -> dict[str, Any]:
    if kept:
        return {"default": None, "show_default": str(value)}
    return {"default": value, "show_default": True}


def again(*words: str) -> str:
    """A command to run next, as it is typed; it names the course that this one was given.

    A course that the environment names goes without saying.
    """
    from grader.submission.files import shown

    context = click.get_current_context(silent=True)
    if context is not None:
        source = context.get_parameter_source("directory")
        if source is click.core.ParameterSource.COMMANDLINE:
            words = (*words, "--course", shown(context.params["directory"]))
    return f"dlgrade {shlex.join(words)}"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How a result is shown, and where it goes."""

    json: Path | None
    formats: tuple[Wanted, ...]
    html: Path | None
    open: bool
    verbosity: int


@dataclass(frozen=True, kw_only=True)
class Options(Shown):
    """What both commands are told."""

    drawn: Drawn
    time_limit: float
    memory_limit: int
    jobs: int
    isolation: Literal["auto", "strict", "off"]
    bubblewrap: bool
    pool: Literal["auto", "fork", "fresh"]
    record: Path | None = None
    after_due: bool = False
    feedback: Feedback = "full"


SHOWN: Final = (
    click.option("--json", type=_PATH, metavar="FILE", help="Write the result for programs."),
    click.option(
        "--html",
        type=_PATH,
        default=Path("report.html"),
        show_default=True,
        metavar="FILE",
        help="Where the report goes.",
    ),
    click.option("--no-html", is_flag=True, help="Write no report."),
    click.option("--open", "open_", is_flag=True, help="Open the report in a browser."),
    click.option("-v", "--verbose", is_flag=True, help="Show every case."),
    click.option("-q", "--quiet", is_flag=True, help="Show the last line only."),
)
"""The options that say how a result is shown."""


def grading_options(command: F) -> F:
    """The options that ``check`` and ``demo`` share."""
    cores = os.cpu_count() or 1
    for option in reversed(
        (
            seed(),
            *SHOWN,
            time_limit(),
            memory_limit(),
            click.option(
                "--jobs",
                type=click.IntRange(min=1),
                default=cores,
                show_default="number of cores",
                metavar="N",
                help="Run this many exercises at a time.",
            ),
            isolation(),
            BUBBLEWRAP,
            click.option(
                "--pool", type=click.Choice(("auto", "fork", "fresh")), default="auto", hidden=True
            ),
        )
    ):
        command = option(command)
    return command


def audience_options(command: F) -> F:
    """The options that say what students see, and where the whole record goes."""
    for option in reversed(
        (
            click.option(
                "--record",
                type=_PATH,
                metavar="FILE",
                help="Write the whole record, for instructors only.",
            ),
            click.option(
                "--due", type=When(), metavar="WHEN", help="Until then cases may be withheld."
            ),
            click.option("--after-due", is_flag=True, help="The due date has passed."),
            click.option(
                "--feedback",
                type=click.Choice(LEVELS),
                default="full",
                show_default=True,
                help="The most that students see of any case.",
            ),
        )
    ):
        command = option(command)
    return command


def shown_options(command: F) -> F:
    """The options that say how a result is shown."""
    for option in reversed(SHOWN):
        command = option(command)
    return command


def read_shown(given: Mapping[str, Any]) -> Shown:
    """How a result is shown, as the command line says.

    Raises:
        click.UsageError: if two options contradict each other.
    """
    if given["verbose"] and given["quiet"]:
        raise click.UsageError("-v and -q contradict each other; give one of them")
    if given["open_"] and given["no_html"]:
        raise click.UsageError("--open needs the report that --no-html leaves out")
    return Shown(
        json=given["json"],
        formats=given.get("formats", ()),
        html=None if given["no_html"] else given["html"],
        open=given["open_"],
        verbosity=1 if given["verbose"] else -1 if given["quiet"] else 0,
    )


def read_options(given: Mapping[str, Any]) -> Options:
    """The options as they were given on the command line.

    Raises:
        click.UsageError: if two of them contradict each other.
    """
    shown = read_shown(given)
    if given["seed"].secret and given.get("record") is None:
        raise click.UsageError(
            "--seed secret needs check's --record FILE: nothing else keeps the seed"
        )
    due = given.get("due")
    if due is not None and given["after_due"]:
        raise click.UsageError("--due and --after-due contradict each other; give one of them")
    return Options(
        drawn=given["seed"],
        json=shown.json,
        formats=shown.formats,
        html=shown.html,
        open=shown.open,
        verbosity=shown.verbosity,
        time_limit=given["time_limit"],
        memory_limit=given["memory_limit"],
        jobs=given["jobs"],
        isolation=given["isolation"],
        bubblewrap=given["bubblewrap"],
        pool=given["pool"],
        record=given.get("record"),
        after_due=given.get("after_due", False) or (due is not None and due <= datetime.now(UTC)),
        feedback=given.get("feedback", "full"),
    )
