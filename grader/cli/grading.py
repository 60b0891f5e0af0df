"""``dlgrade check`` and ``dlgrade demo``."""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from grader.cli.options import (
    COURSE,
    FORMAT,
    ONLY,
    Options,
    Shown,
    audience_options,
    grading_options,
    read_options,
    read_shown,
    shown_options,
)
from grader.cli.publishing import check_targets, growing, guarded, publish, takes_screen
from grader.cli.recording import record
from grader.cli.screen import progress, screen_of
from grader.cli.words import FAILED, GRADER_FAILED, PASSED
from grader.errors import UsageError
from grader.files import check_writable, read, write
from grader.uncollected import uncollected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.course import Course
    from grader.pool import Pool
    from grader.result import Exercise, Quiz, Result
    from grader.settings import Settings
    from grader.submission import Submitted

DEMO_FOLDER: Final = Path("dlgrade-demo")


@click.command(no_args_is_help=False)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@COURSE
@ONLY
@click.option("--whole", is_flag=True, help="Count what is not handed in, too.")
@FORMAT
@grading_options
@audience_options
def check(
    paths: tuple[Path, ...],
    directory: Path | None,
    only: tuple[str, ...],
    whole: bool,
    **given: Any,
) -> int:
    """Grade exercises and quizzes, and write a report.

    PATH is a folder that mirrors exercises/, a topic's folder, a zip or tar of either, or a file:
    code, a notebook or quiz.toml. Without one, exercises/ in the current folder, or the folder of
    exercises that you are in.

    Everything that is written is what students may see, --record aside.

    \b
    Example: dlgrade check exercises/normalization/layer_norm.py -v
      Grades one file and shows every case, the passed ones too.
    Exit codes: 0 all pass, 1 something fails, 2 wrong usage, 3 the grader failed.
    """
    from grader.course import find

    course = find(directory)
    places = paths or (_usual_folder(course),)
    return _grade(course, places, only, read_options(given), whole)


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


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--students", is_flag=True, help="Show what students may see of it.")
@click.option("--after-due", is_flag=True, help="With --students: the due date has passed.")
@shown_options
def report(file: Path, students: bool, after_due: bool, **given: Any) -> int:
    """Show a record that was kept, or the one that a report carries.

    FILE is what `check --record` or --json wrote, or a page, such as one that cohort made for a
    student. All that it holds is shown, for the instructor; with --students, what they may see.
    Nothing is graded, and the exit code is 0.

    \b
    Example: dlgrade report record.json --students --after-due
      Writes the page that a student may have once the due date has passed.
    """
    from grader.audience import students_view

    if after_due and not students:
        raise click.UsageError("--after-due says what students see; give --students with it")
    options = read_shown(given)
    for target in (options.json, options.html):
        if target is not None:
            check_writable(target)
    result = _kept(file)
    _write(students_view(result, after_due=after_due) if students else result, options)
    _open_page(options)
    return PASSED


def _kept(file: Path) -> Result:
    """The record in a file, or in a page that was made of one."""
    import msgspec

    from grader.result import from_json
    from grader.writers.html import record_of

    data = read(file)
    try:
        return record_of(data.decode()) if data.startswith(b"<") else from_json(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{file} is no record of check --record or --json, and no report: {error}"
        ) from error


def _usual_folder(course: Course) -> Path:
    from grader.home import sought

    for folder in (Path("exercises"), Path()):
        if any((folder / topic).is_dir() for topic in course.topics):
            return folder
    home = sought(course)
    if home is not None:
        return home.folder
    raise UsageError("there is no exercises/ here; name a folder or file, or run: dlgrade init")


def _grade(
    course: Course,
    paths: Sequence[Path],
    only: Sequence[str],
    options: Options,
    missing_too: bool = False,
) -> int:
    from grader.audience import students_view
    from grader.result import to_json
    from grader.submission import collect, collect_whole

    with guarded(options.formats):
        submission = (collect_whole if missing_too else collect)(course, paths, only)
        check_targets(options.formats, (options.json, options.html, options.record))
        whole = _run(course, submission, options)
        if options.record is not None:
            write(options.record, to_json(whole), private=True)
        # From here on nobody knows more than students may.
        result = students_view(whole, after_due=options.after_due)
        record(submission, result)
        _write(result, options)
    publish(whole, options.formats, options.after_due)
    _open_page(options)
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
        _authors_are_silent(),
    ):
        with uncollected():
            from grader.judge import grade
            from grader.settings import Settings

        if options.isolation == "strict":
            isolation.require(sandbox.held())
        settings = Settings(
            seed=options.drawn.seed,
            secret_seed=options.drawn.secret,
            feedback=options.feedback,
            isolation=options.isolation,
            pictures=options.html is not None or options.record is not None,
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

    unfinished = Unfinished(submission, environment_of(settings, sandbox.held()), settings.feedback)
    publish(unfinished.result(), formats, options.after_due)

    def grow(record: Exercise | Quiz) -> None:
        unfinished.finish(record)
        publish(unfinished.result(), formats, options.after_due)

    return grow


@contextlib.contextmanager
def _authors_are_silent() -> Iterator[None]:
    """What an author's code prints, or warns of, may show inputs and the reference's lines."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _write(result: Result, options: Shown) -> None:
    """Prints a result, and writes what is asked for."""
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


def _open_page(options: Shown) -> None:
    if options.open and options.html is not None:
        click.launch(options.html.absolute().as_uri())
