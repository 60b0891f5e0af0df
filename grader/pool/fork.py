"""The engine for Linux: one warm process that forks a worker per request."""

from __future__ import annotations

import fcntl
import itertools
import os
import signal
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from grader.errors import EngineError, Stopped
from grader.pool import report
from grader.pool.interface import STOP_POLL_S, Limits, Pool, Report, Stop, default_jobs, never
from grader.pool.warm import WARM_UP_S, WarmProcess
from grader.wire.control import Ended, Go, Kill, Start
from grader.wire.frames import Request, pack
from grader.wire.layers import BUBBLEWRAP, JUDGE, Held, Policy
from grader.worker.sandbox.kernel import PR_SET_DUMPABLE, prctl

_GRACE_S: Final = 15.0
_SEALED: Final = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


@dataclass(frozen=True)
class _Job:
    """A request on its way.

    Attributes:
        id: its number.
        frame: the request.
        limits: what its worker may use.
        attempts: how often it ran when the warm process died.
        was_killed: whether somebody killed its worker.
    """

    id: int
    frame: bytes
    limits: Limits
    attempts: int = 0
    was_killed: bool = False


@dataclass(frozen=True)
class _Worker:
    """A worker that the warm process was asked for.

    Attributes:
        number: what the two call it.
        limits: what it was started with.
        request: descriptor of the file that its request is in, or will be.
        answers: descriptor that it writes its frames to.
        printed: descriptor of its standard output and error.
    """

    number: int
    limits: Limits
    request: int
    answers: int
    printed: int

    @property
    def files(self) -> tuple[int, int, int]:
        return self.request, self.answers, self.printed

    def give(self, frame: bytes) -> None:
        """Writes its request, which nobody can change afterwards."""
        with open(self.request, "wb", closefd=False) as file:
            file.write(frame)
        fcntl.fcntl(self.request, fcntl.F_ADD_SEALS, _SEALED)

    def close(self) -> None:
        for descriptor in self.files:
            os.close(descriptor)


@dataclass(frozen=True)
class _Running:
    """A job and its worker.

    Attributes:
        job: what runs.
        worker: where.
        sent: when it was handed over.
    """

    job: _Job
    worker: _Worker
    sent: float


class ForkPool(Pool):
    """Starts a warm process by exec, and hands it requests and memory files over a socket.

    If the warm process dies, what it had is run once more in a new one, each worker alone.

    Args:
        jobs: how many workers may run at the same time.
        policy: how they shall be held.
        spare: to keep a worker ready between jobs, so that nobody waits for the fork.
    """

    name = "fork"

    def __init__(
        self, jobs: int | None = None, policy: Policy | None = None, spare: bool = False
    ) -> None:
        self._jobs = jobs or default_jobs()
        self._policy = msgspec.structs.replace(policy or Policy(), slots=self._jobs + spare)
        self._keeps_spare = spare
        self._spare: _Worker | None = None
        self._numbers = itertools.count()
        self._warm: WarmProcess | None = None
        self._queue: deque[_Job] = deque()
        self._running: dict[int, _Running] = {}

    def start(self) -> None:
        """See `Pool.start`."""
        self._start(forked=False)

    def start_forked(self) -> None:
        """Starts with a fork of this process; see `WarmProcess` for when that may be done."""
        self._start(forked=not self._policy.bubblewrap)

    def _start(self, forked: bool) -> None:
        if self._warm is None:
            if JUDGE not in self._policy.without:
                # Other processes of the same user must not look into this one, which knows answers.
                prctl(PR_SET_DUMPABLE, 0)
            self._warm = WarmProcess(self._policy, forked)

    def held(self) -> Held:
        """See `Pool.held`."""
        self.start()
        while (process := self._process()).held is None:
            if process.receive(process.began + WARM_UP_S) is None:
                self.close()
                raise EngineError(f"the warm process did not start:\n{process.last_words}")
        own = () if JUDGE in self._policy.without else (JUDGE,)
        wall = (BUBBLEWRAP,) if self._policy.bubblewrap and not process.unwrapped else ()
        return Held(
            layers=(*process.held.layers, *own, *wall),
            missing=process.held.missing
            | ({BUBBLEWRAP: process.unwrapped} if process.unwrapped else {}),
        )

    def submit(self, id: int, request: Request, limits: Limits) -> None:
        """See `Pool.submit`."""
        if any(job.id == id for job in (*(r.job for r in self._running.values()), *self._queue)):
            raise EngineError(f"job {id} is already running")
        self.start()
        self._queue.append(_Job(id=id, frame=pack(request), limits=limits))
        self._feed()

    def wait(self, stop: Stop = never) -> Report:
        """See `Pool.wait`."""
        if not self._running and not self._queue:
            raise EngineError("nothing is submitted")
        while True:
            self._feed()
            self._wait_for_word(stop)
            message = self._process().receive(self._deadline())
            if isinstance(message, Ended):
                collected = self._collect(message)
                if collected is not None:
                    return collected
            elif message is None:
                blamed = self._recover()
                if blamed is not None:
                    return blamed
            else:
                self._restart_clocks()

    def drop(self) -> None:
        """See `Pool.drop`."""
        for number, running in self._running.items():
            self._process().send(Kill(number))
            running.worker.close()
        self._running.clear()
        self._queue.clear()

    def close(self) -> None:
        """See `Pool.close`."""
        if self._warm is not None:
            self._warm.close()
            self._warm = None
        self._let_go()
        self._queue.clear()

    def _let_go(self) -> None:
        """Closes the files of all workers; their process is dead."""
        for running in self._running.values():
            running.worker.close()
        self._running.clear()
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def _process(self) -> WarmProcess:
        if self._warm is None:
            raise EngineError("the pool is closed")
        return self._warm

    def _wait_for_word(self, stop: Stop) -> None:
        """Waits until `receive` has something to say."""
        while not stop():
            deadline = self._deadline()
            soon = deadline if stop is never else min(deadline, time.monotonic() + STOP_POLL_S)
            if self._process().speaks(soon) or time.monotonic() >= deadline:
                return
        raise Stopped("nobody waits for the verdict any more")

    def _feed(self) -> None:
        while self._queue and self._may_begin(self._queue[0]):
            job = self._queue.popleft()
            running = self._begun(job)
            self._running[running.worker.number] = running

    def _begun(self, job: _Job) -> _Running:
        """The job in a worker: the one that waits if it is as the job needs it."""
        spare = self._spare
        if spare is not None and spare.limits == job.limits and self._is_alive(spare):
            self._spare = None
            spare.give(job.frame)
            self._process().send(Go(spare.number))
            return _Running(job, spare, time.monotonic())
        worker = self._made(job.limits)
        worker.give(job.frame)
        self._process().send(Start(worker.number, job.limits), worker.files)
        return _Running(job, worker, time.monotonic())

    def _is_alive(self, spare: _Worker) -> bool:
        """Whether nobody killed it meanwhile, as far as is known; see `_was_killed`."""
        if self._running:
            return False  # the answers of others must not be missed
        while self._process().speaks(0.0):
            message = self._process().receive(0.0)
            if message is None or (isinstance(message, Ended) and message.id == spare.number):
                spare.close()
                self._spare = None
                return False
        return True

    def _made(self, limits: Limits) -> _Worker:
        request, answers, printed = map(_memory_file, ("request", "answers", "printed"))
        return _Worker(next(self._numbers), limits, request, answers, printed)

    def _replace_spare(self, limits: Limits) -> None:
        """Has a worker made ready for a job like the last one, once nothing else is to be done."""
        if not self._keeps_spare or self._running or self._queue:
            return
        if self._spare is not None and self._spare.limits != limits:
            self._process().send(Kill(self._spare.number))
            self._spare.close()
            self._spare = None
        if self._spare is None and not limits.scratch_bytes:
            self._spare = self._made(limits)
            self._process().send(Start(self._spare.number, limits, waits=True), self._spare.files)

    def _may_begin(self, job: _Job) -> bool:
        """Whether there is room; what ran when the warm process died must run alone."""
        alone = job.attempts or any(each.job.attempts for each in self._running.values())
        return len(self._running) < (1 if alone else self._jobs)

    def _deadline(self) -> float:
        if not self._process().is_ready:
            return self._process().began + WARM_UP_S
        return (
            min(
                (running.sent + running.job.limits.wall_s for running in self._running.values()),
                default=time.monotonic(),
            )
            + _GRACE_S
        )

    def _restart_clocks(self) -> None:
        """Counts the time of what was handed over early from the moment it can begin."""
        now = time.monotonic()
        self._running = {n: replace(each, sent=now) for n, each in self._running.items()}

    def _collect(self, ended: Ended) -> Report | None:
        """The report of a worker that has ended; None if nobody waits for it, or it is not over."""
        running = self._running.pop(ended.id, None)
        if running is None:
            return None
        job, worker, limits = running.job, running.worker, running.job.limits
        try:
            fcntl.fcntl(worker.answers, fcntl.F_ADD_SEALS, _SEALED)
            ended = msgspec.structs.replace(ended, id=job.id)
            found = report.build(ended, limits, worker.answers, worker.printed)
            if _was_killed(found) and not job.was_killed:
                self._queue.appendleft(replace(job, was_killed=True))
                return None
            return found
        finally:
            worker.close()
            self._replace_spare(limits)

    def _recover(self) -> Report | None:
        """The warm process is dead or does not answer: a new one takes over what it had.

        What was running is run once more, each alone. A worker under which it dies again is to
        blame; it gets no third try.
        """
        old = self._process()
        old.close()
        self._warm = None
        if not old.is_ready:
            raise EngineError(f"the warm process did not start:\n{old.last_words}")
        blamed = [each for each in self._running.values() if each.job.attempts]
        again = [replace(each.job, attempts=1) for each in self._running.values()]
        self._let_go()
        self.start()
        if blamed:
            return report.under_which_it_died(blamed[0].job.id)
        self._queue.extendleft(reversed(again))
        return None


def _was_killed(found: Report) -> bool:
    """Whether a worker was killed, and not by us: by the system, or by whoever may.

    A file that kills itself looks the same; it does so again when it is begun once more.
    """
    return found.end == "killed" and found.signal == signal.SIGKILL


def _memory_file(name: str) -> int:
    return os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
