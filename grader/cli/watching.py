"""``dlgrade watch``: the verdict on a file as it is saved, and one-key commands."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from grader.cli.keys import BACK, FORTH, UP, keys
from grader.cli.options import COURSE, again
from grader.cli.screen import Screen
from grader.cli.window import Body, Window, setting_of, signals
from grader.errors import DlgradeError, EngineError, IsolationError, Stopped

if TYPE_CHECKING:
    from grader.course import Course, Entry
    from grader.home import Home
    from grader.live import LivePage
    from grader.result import Exercise, Quiz, Result
    from grader.watch import Desk, Inbox
    from grader.watch.inbox import Event
    from grader.writers.typeset import Line
    from grader.writers.watching import Place

REPORT: Final = Path("report.html")

_PATIENCE_S: Final = 0.4
"""What takes longer than this says that it is under way."""

_JUDGED: Final = "Judged. Enter shows the verdict."
_CALM: Final = "The verdict comes in a moment."


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--web", is_flag=True, help="Serve the report on this machine, and refresh it.")
@click.option("--port", type=int, default=0, metavar="N", help="For --web (default: a free one).")
@click.option("--seed", default=0, show_default=True, help="Draw other inputs.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="For each exercise, wall and processor time.",
)
@click.option(
    "--isolation",
    type=click.Choice(("auto", "strict", "off")),
    default="auto",
    show_default=True,
    help="What holds your files: all that the machine has, all or nothing, or nothing.",
)
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
    web: bool = False,
    port: int = 0,
    seed: int = 0,
    time_limit: float = 10.0,
    isolation: Literal["auto", "strict", "off"] = "auto",
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
        service = stack.enter_context(Service(course, jobs=_jobs(), mode=isolation))
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
        watcher = _Watch(desk, inbox, window, page)
        watcher.run()
    watcher.take_leave()


def _jobs() -> int:
    return max(1, min(4, os.cpu_count() or 1))


def _page(port: int) -> LivePage:
    from grader.live import LivePage

    return LivePage(port)


class _Watch:
    """What happens at each event."""

    def __init__(self, desk: Desk, inbox: Inbox, window: Window, page: LivePage | None) -> None:
        self._desk = desk
        self._inbox = inbox
        self._window = window
        self._page = page
        self._waiting: set[Entry] = {desk.current}
        self._undrawn: set[Entry] = set(desk.home.course.whole) if page else set()
        self._greeting = self._welcome()
        self._asks_reset = False
        self._hinted = False
        self._turned = False
        self._left = False
        self._acts: dict[str, Callable[[], None]] = {
            "n": self._next,
            "h": self._hint,
            "d": self._details,
            "l": self._list,
            "c": self._check_all,
            "o": self._open,
            "r": self._reset,
            "?": self._keys,
            BACK: self._show_verdict,
            FORTH: lambda: self._window.turn(1),
            UP: lambda: self._window.turn(-1),
        }

    def run(self) -> None:
        """Acts until the learner leaves."""
        with contextlib.suppress(KeyboardInterrupt):
            self._window.show(self._place(), self._verdict())
            while not self._left:
                if self._waiting and not self._inbox.holds(_urgent):
                    self._judge_waiting()
                elif self._page and self._undrawn and not self._inbox.holds(_any):
                    self._refresh(self._page)
                else:
                    self._meet(self._inbox.next())

    def take_leave(self) -> None:
        """Says where the learner is, once the terminal is as it was."""
        with contextlib.suppress(OSError):
            place = self._place()
            at = f"{place.passed} of {place.whole} pass; you are at {place.name}."
            click.echo(f"{at} Go on: {again('watch')}")

    def _meet(self, event: Event) -> None:
        from grader.watch import Key, Redraw, Saved

        if isinstance(event, Saved):
            self._waiting |= event.entries
            self._greeting = ""
        elif isinstance(event, Redraw):
            self._window.redraw()
        elif isinstance(event, Key) and event.text not in _QUIT:
            self._press(event.text)
        else:
            self._left = True

    def _press(self, key: str) -> None:
        if self._asks_reset:
            self._asks_reset = False
            self._put_back() if key in "yY" else self._show_verdict()
        elif key in self._acts:
            self._turned = True
            self._window.note("")
            if key not in "h":
                self._hinted = False
            self._acts[key]()

    def _show(self, body: Body, aside: bool = False) -> None:
        self._greeting = ""
        self._window.show(self._place(), body, aside=aside)

    # Verdicts.

    def _judge_waiting(self) -> None:
        """Judges what was saved; a save in the meantime starts over."""
        saved = set(self._waiting)
        if len(saved) == 1 and self._desk.current not in saved:
            (entry,) = saved
            self._desk.go(entry)
            self._window.show(self._place(), self._verdict())
        result = self._judged(lambda tell, stop: self._desk.judge(saved, tell, stop), len(saved))
        if result is None:
            return
        self._waiting -= saved
        self._undrawn |= saved
        self._hinted = False
        if self._turned:
            # What they asked for meanwhile stays.
            self._window.update(self._place())
            self._window.note(_JUDGED)
        else:
            several = len(saved) > 1
            body = _whole(result) if several else self._verdict()
            # The verdict may look as the one before did: that it is a new one shall be seen.
            calm = f"judged at {datetime.now():%H:%M:%S}"
            self._window.show(self._place(), body, aside=several, calm=calm)
        self._greeting = "" if self._desk.verdict(self._desk.current) else self._greeting
        self._keep()

    def _judged(
        self,
        act: Callable[..., Result],
        total: int,
        stopping: Callable[[Event], bool] | None = None,
    ) -> Result | None:
        """A verdict, None if it was stopped or could not be had.

        Args:
            act: judges, given whom to tell of each part and what to ask whether to stop.
            total: how many parts there are.
            stopping: the events that matter more; by default a save, and leaving.
        """
        try:
            return self._tried(act, total, stopping or _urgent)
        except Stopped:
            return None
        except IsolationError:
            raise
        except DlgradeError as error:
            self._waiting.clear()
            self._undrawn.clear()
            self._show(_text(f"No verdict: {error}"))
            return None
        finally:
            self._window.busy("")

    def _tried(
        self, act: Callable[..., Result], total: int, stopping: Callable[[Event], bool]
    ) -> Result:
        began = time.monotonic()
        done: list[str] = []
        self._turned = False

        def stop() -> bool:
            while event := self._inbox.next_if(_light):
                self._meet(event)
            if time.monotonic() - began > _PATIENCE_S and not self._turned:
                at = f" {min(len(done) + 1, total)} of {total}" if total > 1 else ""
                doing = "judging" if self._desk.is_warm else "warming up"
                self._window.busy(f"{doing}{at} ...")
            return self._inbox.holds(stopping)

        try:
            return act(lambda part: done.append(part.name), stop)
        except EngineError:
            # It is asked of a new process once: the old one may have been killed long ago.
            done.clear()
            return act(lambda part: done.append(part.name), stop)

    def _show_verdict(self) -> None:
        self._show(self._verdict())

    def _verdict(self, verbosity: int = 0) -> Body:
        """What is known about the current exercise or quiz, and what to do about it."""
        desk = self._desk
        entry, verdict = desk.current, desk.verdict(desk.current)
        state = verdict.status if verdict is not None else desk.standing(entry).state
        greeting, after, gone = self._greeting, self._after(verdict), ""
        if desk.is_missing(entry):
            gone = f"There is no {desk.home.file(entry).name}. r puts the course's stub there."

        def lines(screen: Screen) -> list[Line]:
            from msgspec import structs

            from grader.writers import terminal, watching
            from grader.writers.typeset import Line

            setting = setting_of(screen)
            above = watching.greeted(greeting, setting)
            if gone:
                return [*above, *watching.paragraph(gone, setting)]
            if state == "not_started" and not entry.is_quiz and verbosity == 0:
                return [*above, *watching.to_write(entry.name, entry.signatures, setting)]
            if verdict is None:
                return [*above, *watching.paragraph(_CALM, setting)]
            # The place stands in the head already.
            own = terminal.part(
                structs.replace(verdict, file="", line=None),
                width=screen.width,
                ascii_only=screen.ascii_only,
                verbosity=verbosity,
                whole="d",
                hint="h for a hint",
            )
            below = [Line(()), *watching.paragraph(after, setting)] if after else []
            return [*above, *own, *below]

        return lines

    def _after(self, verdict: Exercise | Quiz | None) -> str:
        """What comes next, where the verdict itself does not say it."""
        entry = self._desk.current
        if verdict is None:
            return ""
        if entry.is_quiz and verdict.status == "not_started":
            command = again("quiz", entry.topic)
            return f"In another terminal: {command}. Or write the answers into the file."
        if verdict.status != "passed":
            return ""
        left = [s for s in self._desk.standings if s.state != "passed"]
        if not left:
            return "Well done: every exercise and every quiz of the course passes."
        following = self._desk.following()
        assert following is not None
        name = following.label if following.is_quiz else following.name
        if not any(s.entry.topic == entry.topic for s in left):
            return f"Well done: all of {entry.topic} passes. n goes on to {name}."
        return f"Well done. n goes on to {name}."

    def _welcome(self) -> str:
        """The first line of the first verdict."""
        desk = self._desk
        if desk.is_new:
            return "Welcome. Each time you save a file, its verdict appears here."
        passed = sum(standing.state == "passed" for standing in desk.standings)
        due = desk.due()
        review = f" {due} to review today: {again('review')}" if due else ""
        return f"Welcome back: {passed} of {len(desk.standings)} pass.{review}"

    def _keep(self) -> None:
        try:
            self._desk.keep()
        except (DlgradeError, OSError) as error:
            self._window.note(f"Your progress was not kept: {error}")

    def _refresh(self, page: LivePage) -> None:
        """Brings the live page up to date, unless something more urgent happens."""
        from grader.writers import html

        result = self._judged(
            lambda tell, stop: self._desk.draw(self._undrawn, tell, stop),
            len(self._desk.standings),
            stopping=_any,
        )
        if result is not None:
            self._undrawn.clear()
            page.show(html.render(result))
            self._window.update(self._place())

    # Keys.

    def _next(self) -> None:
        if not self._desk.next():
            self._show(_text("There is nothing else that does not pass."))
            return
        if self._desk.verdict(self._desk.current) is None:
            self._waiting.add(self._desk.current)
            self._turned = False
        self._show_verdict()
        self._keep()

    def _hint(self) -> None:
        entry = self._desk.current
        verdict = self._desk.verdict(entry)
        if entry.is_quiz:
            command = again("quiz", entry.topic)
            self._show(_text(f"A quiz is explained as you answer: {command}"))
            return
        if verdict is not None and verdict.status == "passed":
            command = again("solution", entry.name)
            self._show(_text(f"It passes. How its author writes it: {command}"))
            return
        hints = self._desk.hints(more=self._hinted)
        if hints is None:
            self._show(_text("Hints come with the first verdict, in a moment."))
            return
        self._hinted = True
        if len(hints.steps) < hints.total:
            after = f"h shows one more ({len(hints.steps)} of {hints.total} seen)."
        else:
            after = (
                f"That is the last hint. How its author writes it: {again('solution', entry.name)}"
            )

        def lines(screen: Screen) -> list[Line]:
            from grader.writers import watching

            return watching.hints(hints.aimed, hints.steps, after, setting_of(screen))

        self._show(lines)
        self._keep()

    def _details(self) -> None:
        self._show(self._verdict(verbosity=1), aside=True)

    def _list(self) -> None:
        def table(screen: Screen) -> list[Line]:
            from grader.cli.overview import Table

            home = self._desk.home
            made = Table.of(home, home.course.whole, screen, detailed=False)
            return [*made.topics(), *made.end()]

        self._show(table, aside=True)

    def _keys(self) -> None:
        def lines(_: Screen) -> list[Line]:
            from grader.writers.watching import keys

            return keys()

        self._show(lines, aside=True)

    def _check_all(self) -> None:
        whole = self._desk.home.course.whole
        result = self._judged(lambda tell, stop: self._desk.judge(whole, tell, stop), len(whole))
        if result is None:
            return
        self._undrawn |= set(whole)
        self._waiting.clear()
        self._show(_whole(result), aside=True)
        self._keep()

    def _open(self) -> None:
        if self._page is not None:
            opened = _launch(self._page.address)
            where = "opens in your browser" if opened else "is the address below"
            self._window.note(f"The live page {where}.")
            return
        from grader.files import write
        from grader.writers import html

        result = self._judged(
            lambda tell, stop: self._desk.draw(self._desk.home.course.whole, tell, stop),
            len(self._desk.standings),
        )
        if result is None:
            return
        try:
            write(REPORT, html.render(result).encode())
        except (DlgradeError, OSError) as error:
            self._window.note(f"There is no report: {error}")
        else:
            opened = _launch(REPORT.absolute().as_uri())
            what = "it opens in your browser" if opened else "open it in a browser"
            self._window.note(f"The report is {REPORT}: {what}.")
        self._keep()

    def _reset(self) -> None:
        home, entry = self._desk.home, self._desk.current
        file = home.file(entry)
        if not os.path.lexists(file):
            self._put_back()
            return
        if home.is_untouched(entry):
            self._show(
                _text(f"{file.name} is as the course gave it: there is nothing to put back.")
            )
            return
        self._asks_reset = True
        self._show(_text(f"Put the course's stub back? Your {file.name} is kept beside it. y / n"))

    def _put_back(self) -> None:
        home, entry = self._desk.home, self._desk.current
        try:
            beside = home.put_back(entry)
        except (DlgradeError, OSError) as error:
            self._show(_text(str(error)))
            return
        self._waiting.add(entry)
        self._show_verdict()
        kept = f"; your version lies beside it, {beside.name}" if beside else ""
        self._window.note(f"The course's stub is back{kept}.")

    def _place(self) -> Place:
        from grader.submission.files import shown
        from grader.writers.watching import Place

        desk = self._desk
        entry = desk.current
        verdict = desk.verdict(entry)
        in_topic = [s.entry for s in desk.standings if s.entry.topic == entry.topic]
        file = shown(desk.home.file(entry))
        if verdict is not None:
            file = verdict.file
            if verdict.line and verdict.status not in ("passed", "not_started"):
                file = f"{file}:{verdict.line}"
        lesson = desk.home.folder / entry.topic / "README.md"
        return Place(
            name=entry.label if entry.is_quiz else entry.name,
            title="" if entry.is_quiz else entry.title,
            asks="" if entry.is_quiz else entry.asks,
            topic=entry.topic,
            number=in_topic.index(entry) + 1,
            of=len(in_topic),
            edit=file,
            lesson=shown(lesson) if lesson.is_file() else "",
            passed=sum(s.state == "passed" for s in desk.standings),
            whole=len(desk.standings),
        )


_QUIT: Final = "q\x04"


def _urgent(event: Event) -> bool:
    """Whether a verdict under way is not worth waiting for any more."""
    from grader.watch import Key, Left, Saved

    return isinstance(event, Saved | Left) or (isinstance(event, Key) and event.text in _QUIT)


def _any(_: Event) -> bool:
    return True


def _light(event: Event) -> bool:
    """Whether it can be met while something is judged."""
    from grader.watch import Key, Redraw

    return isinstance(event, Redraw) or (isinstance(event, Key) and event.text not in f"co{_QUIT}")


def _text(*texts: str) -> Body:
    def lines(screen: Screen) -> list[Line]:
        from grader.writers.watching import paragraph

        return [line for text in texts for line in paragraph(text, setting_of(screen))]

    return lines


def _whole(result: Result) -> Body:
    def lines(screen: Screen) -> list[Line]:
        from grader.writers.watching import overview

        return overview(result, setting_of(screen))

    return lines


def _launch(address: str) -> bool:
    """Opens a browser that has a window of its own; a text browser would take the terminal."""
    if not sys.platform.startswith("linux"):
        return click.launch(address) == 0
    opener = shutil.which("xdg-open")
    if opener is None or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    # Browsers write about themselves on the terminal, and some stay as long as their window.
    quiet = subprocess.DEVNULL
    act = [opener, address]
    threading.Thread(
        target=lambda: subprocess.run(
            act, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, check=False
        ),
        daemon=True,
    ).start()
    return True
