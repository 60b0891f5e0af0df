"""``dlgrade check`` and ``dlgrade demo``."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import click

from grader.cli.files import check_writable, write
from grader.cli.screen import progress, screen_of
from grader.cli.words import FAILED, GRADER_FAILED, PASSED
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course import Course
    from grader.result import Result
    from grader.submission import Submitted

F = TypeVar("F", bound=Callable[..., Any])

DEMO_FOLDER: Final = Path("dlgrade-demo")
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


@dataclass(frozen=True)
class Options:
    """What both commands are told."""

    seed: int
    json: Path | None
    html: Path | None
    open: bool
    verbosity: int
    time_limit: float
    memory_limit: int
    jobs: int
    pool: Literal["auto", "fork", "fresh"]


def grading_options(command: F) -> F:
    """The options that ``check`` and ``demo`` share."""
    cores = os.cpu_count() or 1
    path = click.Path(path_type=Path, dir_okay=True)
    for option in reversed(
        (
            click.option("--seed", default=0, show_default=True, help="Draw other inputs."),
            click.option("--json", type=path, metavar="FILE", help="Write the result record."),
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
            click.option(
                "--time-limit",
                type=click.FloatRange(min=0, min_open=True),
                default=10.0,
                show_default=True,
                metavar="SECONDS",
                help="For each exercise, wall and processor time.",
            ),
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
            click.option(
                "--pool", type=click.Choice(("auto", "fork", "fresh")), default="auto", hidden=True
            ),
        )
    ):
        command = option(command)
    return command


@click.command(no_args_is_help=False)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--course",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="A folder with exercises/ and solutions/ (default: the bundled course).",
)
@click.option(
    "--only", multiple=True, metavar="NAME", help="Only this exercise or topic; may be repeated."
)
@grading_options
def check(
    paths: tuple[Path, ...], directory: Path | None, only: tuple[str, ...], **given: Any
) -> int:
    """Grade exercises and quizzes.

    PATH is a folder that mirrors exercises/, a topic's folder, or a file: code or quiz.toml.
    Without one, exercises/ in the current folder.

    \b
    Example: dlgrade check exercises/normalization/layer_norm.py -v
    Exit codes: 0 all pass, 1 something fails, 2 wrong usage, 3 the grader failed.
    """
    from grader.course import find

    course = find(directory)
    return _grade(course, paths or (_usual_folder(course),), only, _options(given))


@click.command()
@grading_options
def demo(**given: Any) -> int:
    """Grade a learner who made some classical mistakes.

    The learner's files are copied to dlgrade-demo/, for you to mend.

    \b
    Example: dlgrade demo --open
    """
    from grader.course import find

    course = find()
    if not course.demo.is_dir():
        raise UsageError(f"the course in {course.solutions.parent} ships no demo")
    if not DEMO_FOLDER.exists():
        check_writable(DEMO_FOLDER / "x") if DEMO_FOLDER.is_dir() else check_writable(DEMO_FOLDER)
        shutil.copytree(course.demo, DEMO_FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
    options = _options(given)
    started = sorted(path.stem for path in course.demo.glob("*/*.py"))
    code = _grade(course, (DEMO_FOLDER,), started, options)
    if options.verbosity >= 0:
        click.echo(f"Mend one of the files in {DEMO_FOLDER}/ and run: dlgrade check {DEMO_FOLDER}")
    return PASSED if code == FAILED else code


def _options(given: dict[str, Any]) -> Options:
    if given["verbose"] and given["quiet"]:
        raise click.UsageError("-v and -q contradict each other; give one of them")
    if given["open_"] and given["no_html"]:
        raise click.UsageError("--open needs the report that --no-html leaves out")
    return Options(
        seed=given["seed"],
        json=given["json"],
        html=None if given["no_html"] else given["html"],
        open=given["open_"],
        verbosity=1 if given["verbose"] else -1 if given["quiet"] else 0,
        time_limit=given["time_limit"],
        memory_limit=given["memory_limit"],
        jobs=given["jobs"],
        pool=given["pool"],
    )


def _usual_folder(course: Course) -> Path:
    for folder in (Path("exercises"), Path()):
        if any((folder / topic).is_dir() for topic in course.topics):
            return folder
    raise UsageError("there is no exercises/ here; name a folder or file, or run: dlgrade init")


def _grade(course: Course, paths: Sequence[Path], only: Sequence[str], options: Options) -> int:
    from grader.submission import collect

    submission = collect(course, paths, only)
    for target in (options.json, options.html):
        if target is not None:
            check_writable(target)
    result = _run(submission, options)
    return _write(result, options)


def _run(submission: Sequence[Submitted], options: Options) -> Result:
    """Starts the untrusted side first: it imports torch on another core while we do."""
    from grader import pool

    with (
        pool.create(options.pool, options.jobs) as sandbox,
        progress(len(submission), "starting torch") as advance,
    ):
        from grader.judge import Settings, grade

        settings = Settings(
            seed=options.seed,
            pictures=options.html is not None,
            limits=pool.Limits(
                wall_s=options.time_limit,
                cpu_s=options.time_limit,
                memory_bytes=options.memory_limit,
            ),
        )
        return grade(submission, sandbox, settings, lambda record: advance(record.name))


def _write(result: Result, options: Options) -> int:
    from grader.result import to_json
    from grader.writers import terminal

    screen = screen_of(sys.stdout)
    report = str(options.html) if options.html else None
    text = terminal.render(
        result,
        width=screen.width,
        colour=screen.colour,
        ascii_only=screen.ascii_only,
        verbosity=options.verbosity,
        report=report,
    )
    click.echo(text, nl=not text.endswith("\n"), color=True)
    if options.json is not None:
        write(options.json, to_json(result))
    if options.html is not None:
        from grader.writers import html

        write(options.html, html.render(result).encode("utf-8"))
        if options.open:
            click.launch(options.html.absolute().as_uri())
    if result.status == "grader_error":
        return GRADER_FAILED
    return PASSED if result.status == "passed" else FAILED
