"""Grades a class on this machine: as many judges side by side as it has cores.

Each judge is a process of its own with an untrusted side of its own; where there is fork they all
share one import of torch. Here are only threads that wait for them.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Final

from grader import isolation
from grader.cohort.bench import Bench
from grader.cohort.engine import Done, Work
from grader.course import Course
from grader.errors import Stopped
from grader.pool.interface import STOP_POLL_S, Stop, never
from grader.service import Nursery

_AHEAD: Final = 2
"""Submissions in hand for each judge: one under way, and the next, so that none waits for us."""


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalEngine:
    """An `grader.cohort.engine.Engine` of judges on this machine.

    Args:
        course: what is judged.
        width: how many judges; by default one per core.
        mode: how well the workers shall be isolated.
        bubblewrap: whether that is wanted around them as well.
    """

    name = "local"

    def __init__(
        self,
        course: Course,
        *,
        width: int | None = None,
        mode: isolation.Mode = "auto",
        bubblewrap: bool = False,
    ) -> None:
        count = width or cores()
        self._nursery = Nursery() if sys.platform.startswith("linux") else None
        self._benches = [
            Bench(course, mode=mode, bubblewrap=bubblewrap, nursery=self._nursery)
            for _ in range(count)
        ]
        self._idle: queue.SimpleQueue[Bench] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(count, "bench")
        self._ending = threading.Event()

    @property
    def width(self) -> int:
        """How many submissions it grades at a time."""
        return len(self._benches)

    def start(self) -> None:
        """Begins to warm up; returns at once.

        Raises:
            EngineError: if no process can be started.
        """
        for bench in self._benches:
            bench.start()
            self._idle.put(bench)

    def grade(self, works: Iterable[Work], stop: Stop = never) -> Iterator[Done]:
        """Grades all; see `grader.cohort.engine.Engine.grade`."""
        ahead = iter(works)
        under_way: set[Future[Done]] = set()
        while True:
            for work in islice(ahead, _AHEAD * self.width - len(under_way)):
                under_way.add(self._threads.submit(self._graded, work))
            if not under_way:
                return
            finished, under_way = wait(under_way, STOP_POLL_S, FIRST_COMPLETED)
            if stop():
                raise Stopped("the class is not graded to its end")
            for future in finished:
                yield future.result()

    def close(self) -> None:
        """Ends the judges and whatever is under way; may be called twice."""
        self._ending.set()
        self._threads.shutdown(cancel_futures=True)
        if self._nursery is not None:
            self._nursery.close()  # First: nobody then waits for a judge that it has yet to fork.
        for bench in self._benches:
            bench.close()

    def __enter__(self) -> LocalEngine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _graded(self, work: Work) -> Done:
        bench = self._idle.get()
        try:
            return bench.grade(work, self._ending.is_set)
        finally:
            self._idle.put(bench)
