"""The options of the commands, and what they mean once they are read."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import click

from grader.cli.publishing import FormatOption, Named, Wanted
from grader.usual import TIME_LIMIT_S

COURSE = click.option(
    "--course",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    envvar="DLGRADE_COURSE",
    show_envvar=True,
    help="A folder with exercises/ and solutions/ (default: the bundled course).",
)
SEED = click.option("--seed", default=0, show_default=True, help="Draw other inputs.")
TIME_LIMIT = click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=TIME_LIMIT_S,
    show_default=True,
    metavar="SECONDS",
    help="For each exercise, wall and processor time.",
)
ISOLATION = click.option(
    "--isolation",
    type=click.Choice(("auto", "strict", "off")),
    default="auto",
    show_default=True,
    help="What holds the files: all that the machine has, all or nothing, or nothing.",
)

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

UNITS: Final = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


class Memory(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A size such as ``2G`` or ``512M``, in bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads a number with an optional unit K, M or G."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?", str(value).strip(), re.I)
        if match is None or float(match[1]) == 0:
            self.fail(f"{value!r} is not a size; write it like 512M or 2G", param, ctx)
        return int(float(match[1]) * UNITS[match[2].upper()])


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


@dataclass(frozen=True)
class Options:
    """What both commands are told."""

    seed: int
    json: Path | None
    formats: tuple[Wanted, ...]
    html: Path | None
    open: bool
    verbosity: int
    time_limit: float
    memory_limit: int
    jobs: int
    isolation: Literal["auto", "strict", "off"]
    bubblewrap: bool
    pool: Literal["auto", "fork", "fresh"]


def grading_options(command: F) -> F:
    """The options that ``check`` and ``demo`` share."""
    cores = os.cpu_count() or 1
    path = click.Path(path_type=Path, dir_okay=True)
    for option in reversed(
        (
            SEED,
            click.option(
                "--json", type=path, metavar="FILE", help="Write the result for programs."
            ),
            click.option(
                "--html",
                type=path,
                default=Path("report.html"),
                show_default=True,
                metavar="FILE",
                help="Where the report goes.",
            ),
            click.option("--no-html", is_flag=True, help="Write no report."),
            click.option("--open", "open_", is_flag=True, help="Open the report in a browser."),
            click.option("-v", "--verbose", is_flag=True, help="Show every case."),
            click.option("-q", "--quiet", is_flag=True, help="Show the last line only."),
            TIME_LIMIT,
            click.option(
                "--memory-limit",
                type=Memory(),
                default="2G",
                show_default=True,
                metavar="SIZE",
                help="For each exercise, on top of torch itself.",
            ),
            click.option(
                "--jobs",
                type=click.IntRange(min=1),
                default=cores,
                show_default="number of cores",
                metavar="N",
                help="Run this many exercises at a time.",
            ),
            ISOLATION,
            click.option(
                "--bubblewrap", is_flag=True, help="Put bubblewrap around the files as well."
            ),
            click.option(
                "--pool", type=click.Choice(("auto", "fork", "fresh")), default="auto", hidden=True
            ),
        )
    ):
        command = option(command)
    return command


def read_options(given: Mapping[str, Any]) -> Options:
    """The options as they were given on the command line.

    Raises:
        click.UsageError: if two of them contradict each other.
    """
    if given["verbose"] and given["quiet"]:
        raise click.UsageError("-v and -q contradict each other; give one of them")
    if given["open_"] and given["no_html"]:
        raise click.UsageError("--open needs the report that --no-html leaves out")
    return Options(
        seed=given["seed"],
        json=given["json"],
        formats=given.get("formats", ()),
        html=None if given["no_html"] else given["html"],
        open=given["open_"],
        verbosity=1 if given["verbose"] else -1 if given["quiet"] else 0,
        time_limit=given["time_limit"],
        memory_limit=given["memory_limit"],
        jobs=given["jobs"],
        isolation=given["isolation"],
        bubblewrap=given["bubblewrap"],
        pool=given["pool"],
    )
