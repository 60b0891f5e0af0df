"""A frame that fills the terminal while a learner works, or plain lines where it cannot."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import click

from grader.cli.screen import Screen, screen_of

if TYPE_CHECKING:
    from grader.writers.typeset import Line
    from grader.writers.watching import Place, Setting

Body = Callable[[Screen], "list[Line]"]
"""What a learner looks at, set for a screen."""

_ENTER: Final = "\x1b[?1049h\x1b[?25l"
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
"""A screen of its own, so that afterwards the terminal is as it was; no cursor there."""

_STALE: Final = "\0"
"""Stands for a row of which nothing is known; no row is like it."""

_ROWS: Final = 24
"""Where the terminal does not say how many it has."""


class Window:
    """The terminal: only what has changed is written, so that nothing flickers or scrolls.

    Where the terminal cannot be written on at will (``TERM=dumb``, a pipe), each body comes below
    the one before.

    Args:
        live: address of the live page, if there is one.
    """

    def __init__(self, live: str = "") -> None:
        self._live = live
        self._framed = sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "")
        self._body: Body = lambda _: []
        self._place: Place | None = None
        self._aside = False
        self._note = self._busy = self._calm = ""
        self._page = self._pages = 0
        self._rows: list[str] = []
        self._size = (0, 0)
        self._told = ""

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Takes the terminal until the end."""
        self.take(True)
        try:
            yield
        finally:
            self.take(False)

    def take(self, wanted: bool) -> None:
        """Takes the terminal, or gives it back as it was; may be called from a signal handler."""
        if self._framed:
            # Not by way of the stream, which a signal may have interrupted while it wrote.
            with contextlib.suppress(OSError):
                os.write(sys.stdout.fileno(), (_ENTER if wanted else _LEAVE).encode())

    def show(self, place: Place, body: Body, *, aside: bool = False, calm: str = "") -> None:
        """Shows a body from its beginning.

        Args:
            place: where the learner is.
            body: what they look at.
            aside: whether it is something else than the verdict on what they are at.
            calm: what is said beside it while nothing else is.
        """
        self._body, self._page, self._aside, self._calm = body, 0, aside, calm
        # All of it is written, which mends what another program may have left on the screen.
        self._rows = [_STALE] * len(self._rows)
        self.update(place)

    def update(self, place: Place) -> None:
        """Shows the same body around which something may have changed."""
        self._place = place
        self._draw()

    def turn(self, pages: int) -> None:
        """Goes forth or back in a body that does not fit."""
        self._page = max(min(self._page + pages, self._pages - 1), 0)
        self._draw()

    def busy(self, text: str) -> None:
        """Says what is under way, in place of the note; empty when it is over."""
        if text != self._busy:
            self._busy = text
            if self._framed:
                self._draw()

    def note(self, text: str) -> None:
        """Says something beside the body, until something else is said; empty for nothing."""
        if text != self._note:
            self._note = text
            if self._framed:
                self._draw()
            elif text:
                click.echo(text)

    def redraw(self) -> None:
        """Draws everything anew: the terminal was somebody else's, or has another size."""
        self._rows = []
        self._draw()

    def _draw(self) -> None:
        if self._place is None:
            return
        if not self._framed:
            self._print()
            return
        from grader.writers.watching import frame

        screen, rows = self._measured()
        setting = setting_of(screen)
        body = self._body(screen)
        made = frame(
            self._place,
            body,
            setting,
            rows,
            note=self._busy or self._note,
            live=self._live,
            page=self._page,
            aside=self._aside,
            calm=self._calm,
        )
        self._page, self._pages = made.page, made.pages
        self._write(made.lines, screen)

    def _measured(self) -> tuple[Screen, int]:
        """What the frame is set for, and how many rows it has."""
        screen = screen_of(sys.stdout)
        try:
            columns, rows = os.get_terminal_size(sys.stdout.fileno())
        except OSError:
            columns, rows = 0, 0
        if (columns, rows) != self._size:
            self._size, self._rows = (columns, rows), []
        width = min(screen.width, columns) if columns else screen.width
        return Screen(width, screen.colour, screen.ascii_only), rows or _ROWS

    def _write(self, lines: tuple[Line, ...], screen: Screen) -> None:
        from grader.cli.screen import painted

        rows: list[str] = []
        for line in lines:
            text = painted([line], screen)
            # What is too wide is cut by the terminal, whatever it takes for a character's width;
            # an address goes on in the next row, where it can be clicked.
            linked = any(span.role == "link" for span in line.spans)
            rows.append(f"\x1b[?7h{text}" if linked else text)
            if linked:
                rows += [""] * ((line.width - 1) // screen.width)
        parts = [] if self._rows else ["\x1b[H\x1b[2J"]
        old = self._rows or [""] * len(rows)
        for number, text in enumerate(rows, 1):
            if number > len(old) or old[number - 1] != text:
                parts.append(f"\x1b[{number};1H\x1b[2K{text}\x1b[?7l")
        self._rows = rows
        # The terminal may be gone; the signal that says so is on its way.
        with contextlib.suppress(OSError):
            sys.stdout.write("\x1b[?7l" + "".join(parts) + "\x1b[?7h" if parts else "")
            sys.stdout.flush()

    def _print(self) -> None:
        from grader.cli.screen import painted

        screen = screen_of(sys.stdout)
        text = painted(self._body(screen), screen)
        if text != self._told:
            self._told = text
            click.echo(text, color=True)


def setting_of(screen: Screen) -> Setting:
    """The same, for those who write the frame."""
    from grader.writers.watching import Setting

    return Setting(screen.width, screen.ascii_only)


@contextlib.contextmanager
def signals(
    leave: Callable[[], None], redraw: Callable[[], None], take: Callable[[bool], None]
) -> Iterator[None]:
    """Turns what the terminal says about itself into calls.

    Args:
        leave: nobody sits here any more. The second interrupt raises KeyboardInterrupt.
        redraw: another size, or back from where ``take`` gave the terminal away.
        take: takes the terminal, or gives it back, when the shell stops this process.
    """

    def left(number: int, _: object) -> None:
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        leave()

    def stopped(number: int, _: object) -> None:
        take(False)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        # Here it goes on when the process does.
        signal.signal(number, stopped)
        take(True)
        redraw()

    def back(_: int, __: object) -> None:
        take(True)
        redraw()

    wanted = {
        "SIGINT": left,
        "SIGTERM": left,
        "SIGHUP": left,
        "SIGTSTP": stopped,
        "SIGCONT": back,
        "SIGWINCH": lambda _, __: redraw(),
    }
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
