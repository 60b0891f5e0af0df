"""The newest report, and the browsers that are to hear of a newer one.

A listener has no queue: it has a bell, and looks at the board when the bell has rung. However many
reports are shown and however slowly a browser reads, one report is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

LISTENERS: Final = 4
"""Open event streams. A browser opens six connections to an address: two are left for reports."""

ENDED: Final = "event: ended\ndata:\n\n"
"""What the command says when it ends, for good."""

REPLACED: Final = "event: replaced\ndata:\n\n"
"""What the oldest stream is told when one more is opened than is kept."""


@dataclass(frozen=True)
class Report:
    """A report as it is on disk.

    Attributes:
        number: counts the reports of a command; 0 stands for none yet.
        html: its bytes.
    """

    number: int
    html: bytes


class Board:
    """Where the newest report hangs. Only `pin` may be called from any thread."""

    def __init__(self) -> None:
        self.report = Report(0, b"")
        self._pinning = threading.Lock()
        self._bells: list[asyncio.Event] = []
        self._over = False

    def pin(self, html: bytes) -> None:
        """Replaces the report; `ring` says so."""
        with self._pinning:
            self.report = Report(self.report.number + 1, html)

    def ring(self) -> None:
        """Wakes every listener."""
        for bell in self._bells:
            bell.set()

    def end(self) -> None:
        """Ends every stream, and those that are opened from now on."""
        self._over = True
        self.ring()

    async def news(self) -> AsyncIterator[str]:
        """Server-sent events: the number of the newest report, at once and whenever it changes."""
        bell = asyncio.Event()
        self._bells.append(bell)
        if len(self._bells) > LISTENERS:
            self._bells.pop(0).set()
        seen = -1
        try:
            while bell in self._bells:
                if self._over:
                    yield ENDED
                    return
                if seen != self.report.number:
                    seen = self.report.number
                    yield f"data: {seen}\n\n"
                    continue
                await bell.wait()
                bell.clear()
            yield REPLACED
        finally:
            with contextlib.suppress(ValueError):
                self._bells.remove(bell)
