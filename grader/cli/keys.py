"""Single keys from the terminal, while the rest of the command goes on."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator

Put = Callable[[str], None]


@contextlib.contextmanager
def keys(put: Put, end: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Reads keys as they are pressed, without echo; the terminal is put back at the end.

    Args:
        put: takes each key, in another thread.
        end: called when there will be no more, as the terminal has gone.

    Yields:
        What to call when this process comes back to the front of its terminal.
    """
    if not sys.stdin.isatty():
        yield lambda: None
        return
    if sys.platform == "win32":
        _start(lambda: _listen_windows(put))
        yield lambda: None
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        _start(lambda: _listen(descriptor, put, end))
        yield lambda: tty.setcbreak(descriptor)
    finally:
        # The terminal may be gone, as when a window is closed.
        with contextlib.suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


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
        # An arrow or a function key comes as an escape sequence: it is no letter of ours.
        if not data.startswith(b"\x1b"):
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
