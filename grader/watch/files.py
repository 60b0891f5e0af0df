"""Noticing that a file was saved, however an editor does it and wherever the folder is.

The system's events only wake the thread up; what was saved is found by looking at the files. It
looks twice a second without them too, for where events don't arrive (network and shared folders).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from grader.course import Entry
from grader.home import Home
from grader.submission.files import NOTEBOOK
from grader.watch.inbox import Inbox, Saved

Stamp = tuple[int, int, int]

STEP_MS: Final = 5
"""How often the library asks whether more events of a burst have come."""

POLL_MS: Final = 500
"""How often the files are looked at where no event says so."""

SETTLE_S: Final = 0.006
"""A file that does not change for so long has been written to its end."""

LATEST_S: Final = 0.5
"""A file that is empty, absent or still growing after so long is looked at as it is."""


class Files(threading.Thread):
    """Looks at a learner's files until it is stopped.

    Args:
        home: whose.
        inbox: where it says which were saved.
    """

    def __init__(self, home: Home, inbox: Inbox) -> None:
        super().__init__(name="dlgrade-files", daemon=True)
        self._home = home
        self._inbox = inbox
        self._stopped = threading.Event()
        self._places = {
            path: entry for entry in home.course.whole for path in files_of(home, entry)
        }
        self._known = self._stamps()

    def run(self) -> None:
        """See `threading.Thread.run`."""
        try:
            for _ in self._wakings():
                self._look()
        except (OSError, RuntimeError):
            # The system has no more watches to give, or the folder was moved: looking goes on.
            while not self._stopped.wait(POLL_MS / 1000):
                self._look()

    def stop(self) -> None:
        """Ends the thread, and waits for its end."""
        self._stopped.set()
        if self.is_alive():
            self.join()

    def _wakings(self) -> Iterator[object]:
        from watchfiles import watch

        # Each on its own, as a learner's folder may have an environment with thousands of folders.
        topics = [self._home.folder / topic for topic in self._home.course.topics]
        return watch(
            *(topic for topic in topics if topic.is_dir()),
            watch_filter=None,
            debounce=20 * STEP_MS,
            step=STEP_MS,
            rust_timeout=POLL_MS,
            yield_on_timeout=True,
            stop_event=self._stopped,
            raise_interrupt=False,
            force_polling=False,
            recursive=False,
        )

    def _look(self) -> None:
        """Says what was saved since the last look, once it is written to its end."""
        seen = self._stamps()
        if seen == self._known:
            return
        changed = _changed(self._known, seen)
        deadline = time.monotonic() + LATEST_S
        while time.monotonic() < deadline and not self._stopped.wait(SETTLE_S):
            before, seen = seen, self._stamps()
            changed = _changed(self._known, seen)
            # Editors empty a file before they write it, or take it away before they put another.
            unfinished = any(path not in seen or not seen[path][1] for path in changed)
            if seen == before and not unfinished:
                break
        self._known = seen
        if changed:
            self._inbox.put(Saved(frozenset(self._places[path] for path in changed)))

    def _stamps(self) -> dict[Path, Stamp]:
        stamps = {}
        for path in self._places:
            try:
                found = os.stat(path)
            except OSError:
                continue
            stamps[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
        return stamps


def files_of(home: Home, entry: Entry) -> Iterator[Path]:
    """The files that may answer an exercise or quiz in a learner's folder."""
    yield home.file(entry)
    if not entry.is_quiz:
        yield home.file(entry).with_suffix(NOTEBOOK)


def _changed(before: Mapping[Path, Stamp], after: Mapping[Path, Stamp]) -> set[Path]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
