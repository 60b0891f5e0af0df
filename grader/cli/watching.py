"""``dlgrade watch``: the verdict on a file as it is saved, and one-key commands."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from grader.cli.keys import keys
from grader.cli.options import COURSE, PLAIN_SEED, isolation, time_limit
from grader.cli.window import Window, signals
from grader.errors import DlgradeError

if TYPE_CHECKING:
    from grader.course import Course
    from grader.home import Home
    from grader.live import LivePage


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--web", is_flag=True, help="Serve the report on this machine, and refresh it.")
@click.option("--port", type=int, default=0, metavar="N", help="For --web (default: a free one).")
@PLAIN_SEED
@time_limit()
@isolation()
@COURSE
def watch(folder: Path | None, directory: Path | None, **given: Any) -> None:
    """Judge each file as you save it: keep it beside your editor.

    FOLDER is the folder of exercises; without it, exercises/ here, or the one that you are in.
    Stays at the exercise that you are at until you press n or save another one. The keys are shown
    below the verdict: n goes on, h shows a hint, q leaves.

    \b
    Example: dlgrade watch --web
      Shows each verdict here, and the report at an address to open in a browser.
    """
    from grader.course import find
    from grader.home import find as find_home

    course = find(directory)
    home = find_home(course, folder if folder is not None else Path())
    watch_home(course, home, **given)


def sits_in_home() -> bool:
    """Whether a learner sits at a terminal in their folder, so that plain ``dlgrade`` watches it.

    Only what ``dlgrade init`` has made counts: a folder that looks like a course does not.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    from grader.course import find
    from grader.home import sought
    from grader.progress import is_kept

    directory = os.environ.get("DLGRADE_COURSE")
    try:
        home = sought(find(Path(directory) if directory else None))
    except (DlgradeError, OSError):
        return False
    return home is not None and is_kept(home.folder)


def watch_home(
    course: Course,
    home: Home,
    *,
    web: bool,
    port: int,
    seed: int,
    time_limit: float,
    isolation: Literal["auto", "strict", "off"],
) -> None:
    """Watches a learner's folder until they leave."""
    from grader.pool import Limits
    from grader.service import Service
    from grader.settings import Settings

    settings = Settings(
        seed=seed, limits=Limits(wall_s=time_limit, cpu_s=time_limit), pictures=False
    )
    with contextlib.ExitStack() as stack:
        # Before anything else, for it imports torch meanwhile.
        service = stack.enter_context(Service(course, mode=isolation))
        from grader.cli.session import Session
        from grader.watch import Desk, Files, Inbox, Key, Left, Redraw

        inbox = Inbox()
        page = stack.enter_context(_page(port)) if web else None
        desk = Desk(home, service, settings)
        files = Files(home, inbox)
        files.start()
        stack.callback(files.stop)
        window = Window(page.address if page else "")
        take_keys = stack.enter_context(
            keys(lambda key: inbox.put(Key(key)), lambda: inbox.put(Left()))
        )

        def take(wanted: bool) -> None:
            take_keys(wanted)
            window.take(wanted)

        stack.enter_context(signals(lambda: inbox.put(Left()), lambda: inbox.put(Redraw()), take))
        stack.enter_context(window.opened())
        session = Session(desk, inbox, window, page)
        session.run()
    session.take_leave()


def _page(port: int) -> LivePage:
    from grader.live import LivePage

    return LivePage(port)
