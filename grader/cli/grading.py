"""``dlgrade check`` and ``dlgrade demo``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from grader.cli.completing import ANYTHING
from grader.cli.options import COURSE, FORMAT, Options, grading_options, read_options
from grader.cli.publishing import check_targets, growing, guarded, publish, takes_screen
from grader.cli.recording import record
from grader.cli.screen import progress, screen_of
from grader.cli.words import FAILED, GRADER_FAILED, PASSED
from grader.errors import UsageError
from grader.files import check_writable, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.course import Course
    from grader.pool import Pool
    from grader.result import Exercise, Quiz, Result
    from grader.settings import Settings
    from grader.submission import Submitted

DEMO_FOLDER: Final = Path("dlgrade-demo")


@click.command(no_args_is_help=False)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@COURSE
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    shell_complete=ANYTHING,
    help="Only this exercise or topic; may be repeated.",
)
@FORMAT
@grading_options
def check(
    paths: tuple[Path, ...], directory: Path | None, only: tuple[str, ...], **given: Any
) -> int:
    """Grade exercises and quizzes, and write a report.

    PATH is a folder that mirrors exercises/, a topic's folder, a zip or tar of either, or a file:
    code, a notebook or quiz.toml. Without one, exercises/ in the current folder, or the folder of
    exercises that you are in.

    \b
    Example: dlgrade check exercises/normalization/layer_norm.py -v
      Grades one file and shows every case, the passed ones too.
    Exit codes: 0 all pass, 1 something fails, 2 wrong usage, 3 the grader failed.
    """
    from grader.course import find

    course = find(directory)
    return _grade(course, paths or (_usual_folder(course),), only, read_options(given))


@click.command()
@grading_options
def demo(**given: Any) -> int:
    """See classical mistakes recognised and explained.

    Grades a learner who made some of them. The files go to dlgrade-demo/, for you to mend; if they
    are there already, they are graded as they are now.

    \b
    Example: dlgrade demo --open
      Prints what is wrong and why, and opens report.html in your browser.
    """
    from grader.course import find

    course = find()
    if not course.demo.is_dir():
        raise UsageError(f"the course in {course.solutions.parent} ships no demo")
    if not DEMO_FOLDER.exists():
        check_writable(DEMO_FOLDER / "x") if DEMO_FOLDER.is_dir() else check_writable(DEMO_FOLDER)
        shutil.copytree(course.demo, DEMO_FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
    options = read_options(given)
    started = [
        entry.label for entry in course.whole if course.demo.joinpath(*entry.parts).is_file()
    ]
    code = _grade(course, (DEMO_FOLDER,), started, options)
    if options.verbosity >= 0:
        click.echo(f"Mend one of the files in {DEMO_FOLDER}/ and run: dlgrade check {DEMO_FOLDER}")
    return PASSED if code == FAILED else code


def _usual_folder(course: Course) -> Path:
    from grader.home import sought

    for folder in (Path("exercises"), Path()):
        if any((folder / topic).is_dir() for topic in course.topics):
            return folder
    home = sought(course)
    if home is not None:
        return home.folder
    raise UsageError("there is no exercises/ here; name a folder or file, or run: dlgrade init")


def _grade(course: Course, paths: Sequence[Path], only: Sequence[str], options: Options) -> int:
    from grader.submission import collect

    with guarded(options.formats):
        submission = collect(course, paths, only)
        check_targets(options.formats, (options.json, options.html))
        result = _run(course, submission, options)
        record(submission, result)
        _write(result, options)
    publish(result, options.formats)
    if options.open and options.html is not None:
        click.launch(options.html.absolute().as_uri())
    if result.status == "grader_error":
        return GRADER_FAILED
    return PASSED if result.status == "passed" else FAILED


def _run(course: Course, submission: Sequence[Submitted], options: Options) -> Result:
    """Starts the untrusted side first: it imports torch on another core while we do."""
    from grader import isolation, pool

    policy = isolation.policy(options.isolation, [course.solutions], options.bubblewrap)
    with (
        pool.create(options.pool, options.jobs, policy) as sandbox,
        progress(len(submission), "starting torch") as advance,
    ):
        from grader.judge import grade
        from grader.settings import Settings

        if options.isolation == "strict":
            isolation.require(sandbox.held())
        settings = Settings(
            seed=options.seed,
            isolation=options.isolation,
            pictures=options.html is not None,
            limits=pool.Limits(
                wall_s=options.time_limit,
                cpu_s=options.time_limit,
                memory_bytes=options.memory_limit,
            ),
        )
        grow = _growth(submission, sandbox, settings, options)

        def finished(record: Exercise | Quiz) -> None:
            advance(record.name)
            grow(record)

        return grade(submission, sandbox, settings, finished)


def _growth(
    submission: Sequence[Submitted], sandbox: Pool, settings: Settings, options: Options
) -> Callable[[Exercise | Quiz], None]:
    """What takes the record of each finished exercise to the files that grow with them."""
    formats = growing(options.formats)
    if not formats:
        return lambda _: None
    from grader.judge import environment_of
    from grader.unfinished import Unfinished

    unfinished = Unfinished(submission, environment_of(settings, sandbox.held()))
    publish(unfinished.result(), formats)

    def grow(record: Exercise | Quiz) -> None:
        unfinished.finish(record)
        publish(unfinished.result(), formats)

    return grow


def _write(result: Result, options: Options) -> None:
    from grader.result import to_json
    from grader.writers import terminal

    aside = takes_screen(options.formats)
    screen = screen_of(sys.stderr if aside else sys.stdout)
    report = str(options.html) if options.html else None
    text = terminal.render(
        result,
        width=screen.width,
        colour=screen.colour,
        ascii_only=screen.ascii_only,
        verbosity=options.verbosity,
        report=report,
    )
    click.echo(text, nl=not text.endswith("\n"), color=True, err=aside)
    if options.json is not None:
        write(options.json, to_json(result))
    if options.html is not None:
        from grader.writers import html

        write(options.html, html.render(result).encode("utf-8"))
