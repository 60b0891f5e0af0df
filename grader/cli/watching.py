"""``dlgrade watch``: the verdict on a file as it is saved, and one-key commands."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from grader.cli.keys import keys
from grader.cli.options import COURSE, again
from grader.cli.screen import Screen, screen_of
from grader.errors import DlgradeError, EngineError, Stopped

if TYPE_CHECKING:
    from grader.course import Course, Entry
    from grader.home import Home
    from grader.live import LivePage
    from grader.result import Result
    from grader.watch import Desk, Inbox
    from grader.writers.typeset import Line
    from grader.writers.watching import Place, Setting

Body = Callable[[Screen], "list[Line]"]

REPORT: Final = Path("report.html")

_PATIENCE_S: Final = 0.4
"""What takes longer than this says that it is under way."""


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
        from grader.watch import Desk, Files, Inbox, Key, Left

        inbox = Inbox()
        page = stack.enter_context(_page(port)) if web else None
        desk = Desk(home, service, settings)
        files = Files(home, inbox)
        files.start()
        stack.callback(files.stop)
        resume = stack.enter_context(
            keys(lambda key: inbox.put(Key(key)), lambda: inbox.put(Left()))
        )
        stack.enter_context(_signals(inbox, resume))
        _Watch(desk, inbox, _View(page.address if page else ""), page).run()


def _jobs() -> int:
    return max(1, min(4, os.cpu_count() or 1))


def _page(port: int) -> LivePage:
    from grader.live import LivePage

    return LivePage(port)


@contextlib.contextmanager
def _signals(inbox: Inbox, resume: Callable[[], None]) -> Iterator[None]:
    """Turns what the terminal says about itself into events."""
    from grader.watch import Left, Redraw

    def redraw(number: int, _: object) -> None:
        if number == getattr(signal, "SIGCONT", None):
            resume()
        inbox.put(Redraw())

    def leave(_: int, __: object) -> None:
        inbox.put(Left())

    wanted = {"SIGWINCH": redraw, "SIGCONT": redraw, "SIGTERM": leave, "SIGHUP": leave}
    before = {
        getattr(signal, name): signal.signal(getattr(signal, name), act)
        for name, act in wanted.items()
        if hasattr(signal, name)
    }
    try:
        yield
    finally:
        for number, act in before.items():
            signal.signal(number, act)


class _View:
    """The terminal: a frame that is drawn anew, or lines one after another where it is none.

    Args:
        live: address of the live page, if there is one.
    """

    def __init__(self, live: str) -> None:
        self._live = live
        self._interactive = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._body: Body = lambda _: []
        self._flows = False
        self._busy = False

    def draw(self, place: Place, body: Body | None = None, flows: bool = False) -> None:
        """Shows a body in its frame; the last one again if none is given.

        Args:
            place: where the learner is.
            body: its lines, for a screen.
            flows: whether it is shown whole however long it is; otherwise it is cut to the screen.
        """
        from grader.writers import watching
        from grader.writers.typeset import paint

        if body is not None:
            self._body, self._flows = body, flows
        screen = screen_of(sys.stdout)
        setting = _setting(screen)
        head, foot = watching.head(place, setting), watching.foot(setting, self._live)
        lines = self._body(screen)
        self._busy = False
        if not self._interactive:
            click.echo(paint([*lines], screen.colour), color=True)
        elif self._flows:
            self._write("\x1b[H\x1b[2J", paint([*lines, *foot], screen.colour))
        else:
            room = os.get_terminal_size(sys.stdout.fileno()).lines - len(head) - len(foot)
            text = paint([*head, *_cut(lines, room, setting), *foot], screen.colour)
            self._write("\x1b[H\x1b[2J", text)

    def busy(self, what: str) -> None:
        """Says what is under way, on the line below the keys."""
        if self._interactive:
            screen = screen_of(sys.stdout)
            self._busy = True
            self._write("\r\x1b[2K", _setting(screen).text(what)[: screen.width - 1])

    def say(self, text: str) -> None:
        """A line that is no verdict."""
        if self._busy:
            self._write("\r\x1b[2K")
            self._busy = False
        click.echo(text)

    def leave(self) -> None:
        """Leaves the cursor on a line of its own."""
        if self._interactive:
            self._write("\r\x1b[2K")

    def _write(self, *parts: str) -> None:
        # In one piece, so that nothing flickers.
        sys.stdout.write("".join(parts))
        sys.stdout.flush()


class _Watch:
    """What happens at each event."""

    def __init__(self, desk: Desk, inbox: Inbox, view: _View, page: LivePage | None) -> None:
        self._desk = desk
        self._inbox = inbox
        self._view = view
        self._page = page
        self._waiting: set[Entry] = {desk.current}
        self._undrawn: set[Entry] = set()
        self._asks_reset = False
        self._acts: dict[str, Callable[[], None]] = {
            "n": self._next,
            "h": self._hint,
            "d": self._details,
            "l": self._list,
            "c": self._check_all,
            "o": self._open,
            "r": self._reset,
        }

    def run(self) -> None:
        """Acts until the learner leaves."""
        from grader.watch import Key, Left, Redraw, Saved

        with contextlib.suppress(KeyboardInterrupt):
            self._view.draw(self._place(), _text("Starting: the first verdict takes a moment."))
            while True:
                if self._waiting and not self._inbox.holds(_urgent):
                    self._judge_waiting()
                    continue
                event = self._inbox.next()
                if isinstance(event, Saved):
                    self._waiting |= event.entries
                elif isinstance(event, Redraw):
                    self._view.draw(self._place())
                elif isinstance(event, Left) or (isinstance(event, Key) and event.text in "q\x04"):
                    break
                else:
                    self._press(event.text)
        self._view.leave()

    def _press(self, key: str) -> None:
        if self._asks_reset:
            self._asks_reset = False
            self._put_back() if key in "yY" else self._show_verdict()
        elif key in self._acts:
            self._acts[key]()

    # Verdicts.

    def _judge_waiting(self) -> None:
        """Judges what was saved; a save in the meantime starts over."""
        saved = set(self._waiting)
        if len(saved) == 1 and self._desk.current not in saved:
            (entry,) = saved
            self._desk.go(entry)
        result = self._judged(lambda tell, stop: self._desk.judge(saved, tell, stop), len(saved))
        if result is None:
            return
        self._waiting -= saved
        if len(saved) == 1:
            self._show_verdict()
        else:
            self._view.draw(self._place(), _whole(result), flows=True)
        self._keep()
        self._undrawn |= saved
        self._refresh()

    def _judged(self, act: Callable[..., Result], total: int) -> Result | None:
        """A verdict, None if it was stopped or could not be had."""
        began = time.monotonic()
        done: list[str] = []

        def stop() -> bool:
            late = time.monotonic() - began > _PATIENCE_S
            if late:
                at = f" {len(done)} of {total}" if total > 1 else ""
                self._view.busy(f"judging{at} ...")
            return self._inbox.holds(_urgent)

        try:
            return act(lambda part: done.append(part.name), stop)
        except Stopped:
            return None
        except EngineError as error:
            # The next save asks a new process.
            self._waiting.clear()
            self._view.draw(self._place(), _text(f"No verdict: {error}"))
            return None

    def _show_verdict(self) -> None:
        self._view.draw(self._place(), self._verdict())

    def _verdict(self, verbosity: int = 0) -> Body:
        from grader.writers import terminal

        verdict = self._desk.verdict(self._desk.current)
        if verdict is None:
            return _text("Not judged yet.")
        following = self._after_passing() if verdict.status == "passed" else ""

        def lines(screen: Screen) -> list[Line]:
            own = terminal.part(
                verdict, width=screen.width, ascii_only=screen.ascii_only, verbosity=verbosity
            )
            return [*own, *(_text(following)(screen) if following else [])]

        return lines

    def _after_passing(self) -> str:
        left = [s for s in self._desk.standings if s.state != "passed"]
        if not left:
            return "Every exercise and every quiz of the course passes."
        topic = self._desk.current.topic
        if not any(s.entry.topic == topic for s in left):
            return f"All of {topic} passes. Press n to go on."
        return "Press n to go on."

    def _keep(self) -> None:
        try:
            self._desk.keep()
        except DlgradeError as error:
            self._view.say(f"Your progress was not kept: {error}")

    def _refresh(self) -> None:
        """Brings the live page up to date, unless something more urgent happens."""
        from grader.writers import html

        if self._page is None or not self._undrawn:
            return
        result = self._judged(
            lambda tell, stop: self._desk.draw(self._undrawn, tell, stop),
            len(self._desk.standings),
        )
        if result is not None:
            self._undrawn.clear()
            self._page.show(html.render(result))
            self._view.draw(self._place())

    # Keys.

    def _next(self) -> None:
        if not self._desk.next():
            self._view.draw(self._place(), _text("There is nothing else that does not pass."))
            return
        if self._desk.verdict(self._desk.current) is None:
            self._waiting.add(self._desk.current)
        else:
            self._show_verdict()
            self._keep()

    def _hint(self) -> None:
        if self._desk.current.is_quiz:
            command = again("quiz", self._desk.current.topic)
            self._view.draw(self._place(), _text(f"A quiz is explained as you answer: {command}"))
            return
        hints, total = self._desk.hints(more=self._hinted == self._desk.current.label)
        self._hinted = self._desk.current.label
        if not hints:
            self._view.draw(self._place(), _text("Save the file first: hints come with a verdict."))
            return
        more = f"h: one more ({len(hints)} of {total})" if len(hints) < total else ""
        self._view.draw(self._place(), _paragraphs([*hints, *([more] if more else [])]))

    _hinted: str = ""

    def _details(self) -> None:
        self._view.draw(self._place(), self._verdict(verbosity=1), flows=True)

    def _list(self) -> None:
        self._view.draw(self._place(), self._table, flows=True)

    def _table(self, screen: Screen) -> list[Line]:
        from grader.cli.overview import Table

        table = Table.of(self._desk.home, self._desk.home.course.whole, screen, detailed=False)
        return [*table.topics(), *table.end()]

    def _check_all(self) -> None:
        whole = self._desk.home.course.whole
        result = self._judged(lambda tell, stop: self._desk.judge(whole, tell, stop), len(whole))
        if result is not None:
            self._view.draw(self._place(), _whole(result), flows=True)
            self._keep()
            self._undrawn |= set(whole)
            self._refresh()

    def _open(self) -> None:
        if self._page is not None:
            _launch(self._page.address)
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
        except DlgradeError as error:
            self._view.draw(self._place(), _text(str(error)))
            return
        opened = _launch(REPORT.absolute().as_uri())
        said = "open in your browser" if opened else "open it in a browser"
        self._view.draw(self._place(), _text(f"The report is {REPORT}: {said}."))

    def _reset(self) -> None:
        self._asks_reset = True
        file = self._desk.home.file(self._desk.current)
        self._view.draw(
            self._place(),
            _text(f"Put the course's stub back? Your {file.name} is kept beside it. y / n"),
        )

    def _put_back(self) -> None:
        home, entry = self._desk.home, self._desk.current
        try:
            beside = home.put_back(entry)
        except DlgradeError as error:
            self._view.draw(self._place(), _text(str(error)))
            return
        kept = f"Your version lies beside it: {beside.name}" if beside else "It was the stub."
        self._view.draw(self._place(), _text(kept))

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


def _urgent(event: object) -> bool:
    """Whether a verdict under way is not worth waiting for any more."""
    from grader.watch import Key, Left, Saved

    return isinstance(event, Saved | Left) or (isinstance(event, Key) and event.text in "q\x04")


def _setting(screen: Screen) -> Setting:
    from grader.writers.watching import Setting

    return Setting(screen.width, screen.ascii_only)


def _text(text: str) -> Body:
    return _paragraphs([text])


def _paragraphs(texts: Sequence[str]) -> Body:
    def lines(screen: Screen) -> list[Line]:
        from grader.writers.typeset import hanging

        setting = _setting(screen)
        return [
            line for text in texts for line in hanging((), setting.text(text, 4000), screen.width)
        ]

    return lines


def _whole(result: Result) -> Body:
    """All that was judged together: a line for each, and failures below their own."""
    from grader.writers import terminal, words

    def lines(screen: Screen) -> list[Line]:
        parts = [
            line
            for part in words.parts(result)
            for line in terminal.part(part, width=screen.width, ascii_only=screen.ascii_only)
        ]
        return [*parts, *_text(words.headline(result))(screen)]

    return lines


def _cut(lines: list[Line], room: int, setting: Setting) -> list[Line]:
    """The lines that the screen has room for."""
    from grader.writers.typeset import Line, Span

    if len(lines) <= room:
        return lines
    kept = max(room - 1, 1)
    note = f"{setting.cut} {len(lines) - kept} more lines: d"
    return [*lines[:kept], Line((Span(note, "dim"),))]


def _launch(address: str) -> bool:
    """Opens a browser that has a window of its own; a text browser would take the terminal."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    return click.launch(address) == 0
