"""One session of `dlgrade watch`: what happens at each event."""

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
from typing import TYPE_CHECKING, Final

import click

from grader.cli import bodies
from grader.cli.keys import BACK, FORTH, UP
from grader.cli.options import again
from grader.errors import DlgradeError, EngineError, IsolationError, Stopped
from grader.watch import Key, Left, Redraw, Saved

if TYPE_CHECKING:
    from grader.cli.window import Body, Window
    from grader.course import Entry
    from grader.live import LivePage
    from grader.result import Result
    from grader.watch import Desk, Inbox
    from grader.watch.inbox import Event

REPORT: Final = Path("report.html")

_PATIENCE_S: Final = 0.4
"""What takes longer than this says that it is under way."""

_JUDGED: Final = "Judged. Enter shows the verdict."
_QUIT: Final = "q\x04"


class Session:
    """What happens at each event.

    Args:
        desk: where the learner sits.
        inbox: what happened.
        window: what they look at.
        page: the live page, if there is one.
    """

    def __init__(self, desk: Desk, inbox: Inbox, window: Window, page: LivePage | None) -> None:
        self._desk = desk
        self._inbox = inbox
        self._window = window
        self._page = page
        self._waiting: set[Entry] = {desk.current}
        self._undrawn: set[Entry] = set(desk.home.course.whole) if page else set()
        self._greeting = bodies.welcome(desk)
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
            self._window.show(bodies.place(self._desk), self._verdict())
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
            place = bodies.place(self._desk)
            at = f"{place.passed} of {place.whole} pass; you are at {place.name}."
            click.echo(f"{at} Go on: {again('watch')}")

    def _meet(self, event: Event) -> None:
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
        self._window.show(bodies.place(self._desk), body, aside=aside)

    def _say(self, text: str) -> None:
        self._show(bodies.text(text))

    # Verdicts.

    def _judge_waiting(self) -> None:
        """Judges what was saved; a save in the meantime starts over."""
        saved = set(self._waiting)
        if len(saved) == 1 and self._desk.current not in saved:
            (entry,) = saved
            self._desk.go(entry)
            self._window.show(bodies.place(self._desk), self._verdict())
        result = self._judged(lambda tell, stop: self._desk.judge(saved, tell, stop), len(saved))
        if result is None:
            return
        self._waiting -= saved
        self._undrawn |= saved
        self._hinted = False
        if self._turned:
            # What they asked for meanwhile stays.
            self._window.update(bodies.place(self._desk))
            self._window.note(_JUDGED)
        else:
            several = len(saved) > 1
            body = bodies.whole(result) if several else self._verdict()
            # The verdict may look as the one before did: that it is a new one shall be seen.
            calm = f"judged at {datetime.now():%H:%M:%S}"
            self._window.show(bodies.place(self._desk), body, aside=several, calm=calm)
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
            self._say(f"No verdict: {error}")
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
        return bodies.verdict(self._desk, self._greeting, verbosity)

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
            self._window.update(bodies.place(self._desk))

    # Keys.

    def _next(self) -> None:
        if not self._desk.next():
            self._say("There is nothing else that does not pass.")
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
            self._say(f"A quiz is explained as you answer: {command}")
            return
        if verdict is not None and verdict.status == "passed":
            command = again("solution", entry.name)
            self._say(f"It passes. How its author writes it: {command}")
            return
        hints = self._desk.hints(more=self._hinted)
        if hints is None:
            self._say("Hints come with the first verdict, in a moment.")
            return
        self._hinted = True
        self._show(bodies.hints(entry, hints))
        self._keep()

    def _details(self) -> None:
        self._show(self._verdict(verbosity=1), aside=True)

    def _list(self) -> None:
        self._show(bodies.table(self._desk.home), aside=True)

    def _keys(self) -> None:
        self._show(bodies.keys(), aside=True)

    def _check_all(self) -> None:
        whole = self._desk.home.course.whole
        result = self._judged(lambda tell, stop: self._desk.judge(whole, tell, stop), len(whole))
        if result is None:
            return
        self._undrawn |= set(whole)
        self._waiting.clear()
        self._show(bodies.whole(result), aside=True)
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
            self._say(f"{file.name} is as the course gave it: there is nothing to put back.")
            return
        self._asks_reset = True
        self._say(f"Put the course's stub back? Your {file.name} is kept beside it. y / n")

    def _put_back(self) -> None:
        home, entry = self._desk.home, self._desk.current
        try:
            beside = home.put_back(entry)
        except (DlgradeError, OSError) as error:
            self._say(str(error))
            return
        self._waiting.add(entry)
        self._show_verdict()
        kept = f"; your version lies beside it, {beside.name}" if beside else ""
        self._window.note(f"The course's stub is back{kept}.")


def _urgent(event: Event) -> bool:
    """Whether a verdict under way is not worth waiting for any more."""
    return isinstance(event, Saved | Left) or (isinstance(event, Key) and event.text in _QUIT)


def _any(_: Event) -> bool:
    return True


def _light(event: Event) -> bool:
    """Whether it can be met while something is judged."""
    return isinstance(event, Redraw) or (isinstance(event, Key) and event.text not in f"co{_QUIT}")


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
