"""What happens while a learner works, in the order in which it happened."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from grader.course import Entry


@dataclass(frozen=True)
class Saved:
    """Files were saved, or have gone.

    Attributes:
        entries: what they answer.
    """

    entries: frozenset[Entry]


@dataclass(frozen=True)
class Key:
    """A key was pressed.

    Attributes:
        text: the character that it types.
    """

    text: str


@dataclass(frozen=True)
class Redraw:
    """The terminal has another size, or was somebody else's in the meantime."""


@dataclass(frozen=True)
class Left:
    """Nobody sits here any more."""


Event = Saved | Key | Redraw | Left


class Inbox:
    """Events from any thread, and from signal handlers, for the one thread that acts on them."""

    def __init__(self) -> None:
        # Its put may interrupt its own get, as a signal handler's does.
        self._arriving: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._there: deque[Event] = deque()

    def put(self, event: Event) -> None:
        """Adds an event."""
        self._arriving.put(event)

    def next(self) -> Event:
        """The next event; waits for one. Saves that wait together come together."""
        if not self._there:
            self._there.append(self._arriving.get())
        self._gather()
        event = self._there.popleft()
        if isinstance(event, Saved):
            later = [other for other in self._there if isinstance(other, Saved)]
            self._there = deque(o for o in self._there if not isinstance(o, Saved))
            event = Saved(event.entries.union(*(other.entries for other in later)))
        return event

    def next_if(self, wanted: Callable[[Event], bool]) -> Event | None:
        """The next event if one waits and it is such a one; otherwise nothing changes."""
        self._gather()
        return self._there.popleft() if self._there and wanted(self._there[0]) else None

    def holds(self, wanted: Callable[[Event], bool]) -> bool:
        """Whether such an event waits."""
        self._gather()
        return any(wanted(event) for event in self._there)

    def _gather(self) -> None:
        while True:
            try:
                self._there.append(self._arriving.get_nowait())
            except queue.Empty:
                return
