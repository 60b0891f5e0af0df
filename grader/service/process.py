"""The process of a service: a judge that answers over its standard streams.

It is executed with a clean environment, or is the fork of a nursery that was. Where there is fork,
it has torch before it forks the warm process, and only then learns which course it judges.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NoReturn

import msgspec

from grader.course import Entry
from grader.errors import DlgradeError, EngineError, Stopped, UsageError
from grader.pool import Policy, Pool
from grader.result import Exercise, Quiz
from grader.service.messages import (
    Failed,
    Grade,
    Graded,
    Handed,
    Judged,
    Ready,
    Sit,
    ToService,
    asked,
    send,
)
from grader.submission import Submitted
from grader.uncollected import uncollected

if TYPE_CHECKING:
    from grader.judge import Judge

_IN: Final = 0
_OUT: Final = 1
_ERRORS: Final = 2


def main(jobs: int, policy: str) -> NoReturn:
    """Warms up and serves; see `serve`.

    Args:
        jobs: how many workers may run at the same time.
        policy: how they shall be held, as JSON.
    """
    if sys.platform.startswith("linux"):
        warm_up()
    serve(jobs, msgspec.json.decode(policy, type=Policy))


def warm_up() -> None:
    """Imports torch, and makes this process one that may be forked.

    Raises:
        EngineError: if it has more than one thread.
    """
    import gc

    with uncollected():
        from grader.worker import runner
        from grader.worker.processes import thread_count

    runner.warm_up()
    gc.collect()
    gc.freeze()
    threads = thread_count()
    if threads != 1:
        raise EngineError(f"the judge's process has {threads} threads; it must have one to fork")


def serve(jobs: int, policy: Policy) -> NoReturn:
    """Serves until whoever started it closes the stream, which their death does too.

    Args:
        jobs: how many workers may run at the same time.
        policy: how they shall be held.
    """
    reading, writing = _streams()
    pool = _started(jobs, policy)
    try:
        _serve(reading, writing, pool)
    except OSError:
        pass  # nobody reads any more
    finally:
        pool.close()
        os._exit(0)  # taking torch down in good order takes half a second


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """The streams to the other end; what an author's file prints goes to standard error."""
    reading, writing = os.fdopen(os.dup(_IN), "rb"), os.fdopen(os.dup(_OUT), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _IN)
    os.dup2(_ERRORS, _OUT)
    os.close(nothing)
    return reading, writing


def _started(jobs: int, policy: Policy) -> Pool:
    if not sys.platform.startswith("linux"):
        from grader.pool import create

        pool = create("auto", jobs, policy)
        pool.start()
        return pool
    from grader.pool.fork import ForkPool

    forked = ForkPool(jobs, policy, spare=True)
    forked.start_forked()
    return forked


def _serve(reading: BinaryIO, writing: BinaryIO, pool: Pool) -> None:
    heard: queue.SimpleQueue[ToService | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(reading, heard), daemon=True).start()
    sit = heard.get()
    if not isinstance(sit, Sit):
        return
    try:
        from grader.course import find
        from grader.judge import Judge

        course, judge = find(Path(sit.course)), Judge(pool)
        send(writing, Ready(pool.held()))
    except DlgradeError as error:
        send(writing, _failed(-1, error))
        return
    bench = _Bench(judge, {entry.label: entry for entry in course.whole}, writing, heard)
    while (message := heard.get()) is not None:
        if isinstance(message, Grade):  # otherwise it is a stop that came too late
            bench.grade(message)


@dataclass(frozen=True)
class _Bench:
    """Where a service judges."""

    judge: Judge
    entries: Mapping[str, Entry]
    writing: BinaryIO
    heard: queue.SimpleQueue[ToService | None]

    def grade(self, asked: Grade) -> None:
        """Judges what is asked, and says how it went."""

        def tell(record: Exercise | Quiz) -> None:
            if isinstance(record, Quiz):
                send(self.writing, Judged(asked.number, quiz=record))
            else:
                send(self.writing, Judged(asked.number, exercise=record))

        try:
            submission = [self._submitted(handed) for handed in asked.submission]
            # Whatever comes next, a stop or the end, means that nobody waits for this one.
            result = self.judge.grade(
                submission, asked.settings, tell, lambda: not self.heard.empty()
            )
        except DlgradeError as error:
            send(self.writing, _failed(asked.number, error))
        else:
            send(self.writing, Graded(asked.number, result))

    def _submitted(self, handed: Handed) -> Submitted:
        if handed.label not in self.entries:
            raise UsageError(f"the course has no {handed.label} any more; start again")
        return Submitted(
            entry=self.entries[handed.label],
            file=handed.file,
            source=handed.source,
            fault=handed.fault,
            missing=handed.missing,
            cells=handed.cells,
            notes=handed.notes,
        )


def _failed(number: int, error: DlgradeError) -> Failed:
    return Failed(
        number,
        str(error),
        stopped=isinstance(error, Stopped),
        usage=isinstance(error, UsageError),
    )


def _listen(reading: BinaryIO, heard: queue.SimpleQueue[ToService | None]) -> None:
    while (message := asked(reading)) is not None:
        heard.put(message)
    heard.put(None)
