"""Single keys from the terminal, while the rest of the command goes on."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Final

Put = Callable[[str], None]

BACK: Final = "\r"
FORTH: Final = " "
UP: Final = "b"

_SEQUENCES: Final = {
    b"\x1b": BACK,
    b"\n": BACK,
    b"\x1b[B": FORTH,
    b"\x1bOB": FORTH,
    b"\x1b[6~": FORTH,
    b"\x1b[A": UP,
    b"\x1bOA": UP,
    b"\x1b[5~": UP,
}
"""Escape and enter, and the keys that turn pages."""


@contextlib.contextmanager
def keys(put: Put, end: Callable[[], None]) -> Iterator[Callable[[bool], None]]:
    """Reads keys as they are pressed, without echo; the terminal is put back at the end.

    Args:
        put: takes each key, in another thread.
        end: called when there will be no more, as the terminal has gone.

    Yields:
        What gives the terminal back for a while, and takes it again.
    """
    if not sys.stdin.isatty():
        yield _still
        return
    if sys.platform == "win32":
        _start(lambda: _listen_windows(put))
        yield _still
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def take(wanted: bool) -> None:
        # The terminal may be gone, as when a window is closed.
        with contextlib.suppress(termios.error):
            if wanted:
                tty.setcbreak(descriptor)
            else:
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    take(True)
    try:
        _start(lambda: _listen(descriptor, put, end))
        yield take
    finally:
        take(False)


def _still(wanted: bool) -> None:
    """There is no terminal to be taken."""


def _start(listen: Callable[[], None]) -> None:
    threading.Thread(target=listen, name="dlgrade-keys", daemon=True).start()


def _listen(descriptor: int, put: Put, end: Callable[[], None]) -> None:
    while True:
        try:
            data = os.read(descriptor, 64)
        except OSError:
            data = b""
        if not data:
            end()
            return
        if data in _SEQUENCES:
            put(_SEQUENCES[data])
        # Any other escape sequence is a key that is no letter of ours.
        elif not data.startswith(b"\x1b"):
            for key in data.decode("utf-8", "ignore"):
                put(key)


if sys.platform == "win32":

    def _listen_windows(put: Put) -> None:
        import msvcrt

        while True:
            key = msvcrt.getwch()
            if key in ("\x00", "\xe0"):
                msvcrt.getwch()  # the second half of an arrow or a function key
            else:
                put(key)
