"""What every engine offers."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Literal

import msgspec

from grader.wire.control import Limits, Scan
from grader.wire.frames import Answer, Loaded, Request
from grader.wire.layers import Held

__all__ = ["STOP_POLL_S", "End", "Limits", "Pool", "Report", "Stop", "default_jobs", "never"]

_MOST_JOBS: Final = 4

Stop = Callable[[], bool]

STOP_POLL_S: Final = 0.02
"""How often it is asked."""


def never() -> bool:
    """Does not stop anything."""
    return False


End = Literal[
    "finished",
    "exited",
    "timeout",
    "cpu",
    "memory",
    "scratch",
    "crashed",
    "output",
    "killed",
    "broken",
]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a worker after its death.

    Attributes:
        id: the number it was submitted under.
        loaded: its first message, None if it did not get there.
        answers: the answers that came back whole.
        finished: whether it said that it was done.
        end: how it ended. ``exited``: left early by itself; ``timeout``, ``cpu``, ``memory``,
            ``output``, ``scratch``: ran into that limit; ``crashed``: a fault signal; ``killed``:
            another signal, or the process that it ran under died with it; ``broken``: its frames
            were not well-formed.
        exit_code: None if a signal ended it.
        signal: None if it exited.
        broken: why decoding stopped, empty if it did not; what came before it counts.
        log_head: the first part of what it printed, as text.
        log_tail: the last part; empty if the head is all.
        log_size: how much it printed, bytes.
        cpu_s: processor time.
        wall_s: from start to end.
        max_rss: largest resident size, bytes; 0 if unknown.
        layers: names of the isolation layers that held it.
        scan: what was found in the learner's file before any of it ran, None if that did not come.
        unsearched: why it did not come; empty if it did.
    """

    id: int
    loaded: Loaded | None
    answers: tuple[Answer, ...]
    finished: bool
    end: End
    exit_code: int | None
    signal: int | None
    broken: str
    log_head: str
    log_tail: str
    log_size: int
    cpu_s: float
    wall_s: float
    max_rss: int
    layers: tuple[str, ...]
    scan: Scan | None
    unsearched: str


class Pool(ABC):
    """Runs requests in workers of their own. Use it as a context manager, or call `close`."""

    name: str

    @abstractmethod
    def start(self) -> None:
        """Begins to warm up; returns at once.

        Raises:
            EngineError: if no process can be started.
        """

    @abstractmethod
    def held(self) -> Held:
        """What holds the workers; waits until the self-test has been made.

        Raises:
            EngineError: if the engine does not work.
        """

    @abstractmethod
    def submit(self, id: int, request: Request, limits: Limits) -> None:
        """Queues a request.

        Args:
            id: comes back in the `Report`; must not be in use.
            request: what to run.
            limits: what it may use.

        Raises:
            EngineError: if the engine does not work.
        """

    @abstractmethod
    def wait(self, stop: Stop = never) -> Report:
        """Waits for the next worker to end, in whatever order they do.

        Args:
            stop: asked every few hundredths of a second whether to stop waiting.

        Raises:
            EngineError: if the engine does not work, or nothing is submitted.
            Stopped: if ``stop`` said so; everything that was submitted goes on.
        """

    @abstractmethod
    def drop(self) -> None:
        """Forgets everything that was submitted: it is ended, and its reports never come."""

    @abstractmethod
    def close(self) -> None:
        """Ends every process of this pool; may be called twice."""

    def __enter__(self) -> Pool:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def default_jobs() -> int:
    """How many workers may run at once: one per core, at most 4, as each has its own memory."""
    return max(1, min(_MOST_JOBS, os.cpu_count() or 1))
