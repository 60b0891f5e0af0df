"""A terminal in which a learner watches their folder."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from grader.home import Home

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30

IGNORED = ("", "\x1b[?7l", "\x1b[?7h", "\x1b[?25l", "\x1b[?25h")
"""Wrapping and the cursor, which change no letter here."""


class Terminal:
    """A terminal with a command in it, and what stands on its screen.

    It knows the few sequences that the command writes, and fails at any other.
    """

    def __init__(self, words: list[str], cwd: Path, env: Mapping[str, str], size: tuple[int, int]):
        import pexpect

        self.columns, self.rows = size
        self.process = pexpect.spawn(
            sys.executable,
            ["-m", "grader", *words],
            cwd=str(cwd),
            env=dict(env),
            dimensions=(self.rows, self.columns),
            encoding="utf-8",
            timeout=PATIENCE_S,
        )
        self.screen: list[str] = [""] * self.rows
        self.main: list[str] = self.screen
        self.row = 0
        self.all = ""
        self._left = ""

    @property
    def text(self) -> str:
        """What can be read."""
        return "\n".join(self.screen)

    def wait(self, *wanted: str, gone: str = "") -> str:
        """Reads until all this stands on the screen, and that does not."""
        return self.until(
            lambda text: all(one in text for one in wanted) and not (gone and gone in text),
            f"{wanted} {f'without {gone!r}' if gone else ''}",
        )

    def until(self, holds: Callable[[str], bool], wanted: str = "what was waited for") -> str:
        """Reads until something holds for the text on the screen."""
        import pexpect

        deadline = time.monotonic() + PATIENCE_S
        while not holds(self.text):
            assert time.monotonic() < deadline, f"no {wanted} on:\n{self.text}"
            try:
                self._feed(self.process.read_nonblocking(4096, timeout=0.2))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                assert holds(self.text), f"ended without {wanted} on:\n{self.text}"
        return self.text

    def press(self, key: str) -> None:
        """Types a key."""
        self.process.send(key)

    def end(self) -> int:
        """Reads to the end of the command; its exit code, or minus the signal that ended it."""
        import pexpect

        self._feed(self.process.read())
        assert isinstance(self.process, pexpect.spawn)
        self.process.close()
        status = self.process.exitstatus
        return -self.process.signalstatus if status is None else status

    def _feed(self, data: str) -> None:
        self.all += data
        data = self._left + data
        # A sequence may come in two pieces.
        whole = re.sub(r"\x1b(\[[?0-9;]*)?$", "", data)
        self._left = data[len(whole) :]
        for part in re.split(r"(\x1b\[[?0-9;]*[A-Za-z]|\r\n|\r|\n)", whole):
            self._take(part)

    def _take(self, part: str) -> None:
        if match := re.fullmatch(r"\x1b\[(\d+);1H", part):
            self.row = int(match[1]) - 1
        elif part == "\x1b[?1049h":
            self.main, self.screen = self.screen, [""] * self.rows
        elif part == "\x1b[?1049l":
            self.screen = self.main
        elif part == "\x1b[2K":
            self.screen[self.row] = ""
        elif part == "\x1b[2J":
            self.screen[:] = [""] * self.rows
        elif part == "\x1b[H":
            self.row = 0
        elif part == "\r\n":
            self.row += 1
            if self.row == self.rows:
                self.screen[:] = [*self.screen[1:], ""]
                self.row -= 1
        elif part not in IGNORED:
            assert part.isprintable(), f"an unknown sequence: {part!r}"
            self.screen[self.row] += part


Watch = Callable[..., Terminal]


@pytest.fixture
def watch(home: Home) -> Iterator[Watch]:
    """Starts the command in a terminal beside the learner's folder."""
    if sys.platform == "win32":
        pytest.skip("there are no such terminals")
    made: list[Terminal] = []

    def start(
        *words: str,
        cwd: Path = home.folder.parent,
        size: tuple[int, int] = (80, 24),
        **env: str,
    ) -> Terminal:
        lost = ("FORCE_COLOR", "COLUMNS", "LINES", "CI", "DISPLAY", "WAYLAND_DISPLAY")
        kept = {name: value for name, value in os.environ.items() if name not in lost}
        course = {
            "DLGRADE_COURSE": str(home.course.exercises.parent),
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            "TERM": "xterm",
            "NO_COLOR": "1",
        }
        made.append(Terminal(list(words), cwd, {**kept, **course, **env}, size))
        return made[-1]

    yield start
    for terminal in made:
        terminal.process.close(force=True)
