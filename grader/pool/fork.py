"""The engine for Linux: one warm process that forks a worker per request."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import socket
import subprocess
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from grader.errors import EngineError
from grader.pool import bubblewrap, report
from grader.pool.interface import Limits, Pool, Report, default_jobs
from grader.pool.launch import command, environment
from grader.wire.control import Ended, FromWarm, Ready, Start
from grader.wire.frames import Request, pack
from grader.wire.layers import BUBBLEWRAP, JUDGE, Held, Policy
from grader.worker.sandbox.kernel import PR_SET_DUMPABLE, prctl

_GRACE_S: Final = 15.0
_WARM_UP_S: Final = 120.0
_CLOSE_S: Final = 5.0
_MESSAGE: Final = 65_536
_LAST_WORDS: Final = 2_000
_SEALED: Final = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


@dataclass(frozen=True)
class _Job:
    """A request on its way."""

    id: int
    frame: bytes
    limits: Limits
    attempts: int = 0


@dataclass(frozen=True)
class _Running:
    """A job that the warm process has.

    Attributes:
        job: what runs.
        answers: descriptor that the worker writes its frames to.
        printed: descriptor of its standard output and error.
        sent: when it was handed over.
    """

    job: _Job
    answers: int
    printed: int
    sent: float

    def close(self) -> None:
        os.close(self.answers)
        os.close(self.printed)


class ForkPool(Pool):
    """Starts a warm process by exec, and hands it requests and memory files over a socket.

    If the warm process dies, what it had is run once more in a new one, each worker alone.

    Args:
        jobs: how many workers may run at the same time.
        policy: how they shall be held.
    """

    name = "fork"

    def __init__(self, jobs: int | None = None, policy: Policy | None = None) -> None:
        self._jobs = jobs or default_jobs()
        self._policy = msgspec.structs.replace(policy or Policy(), slots=self._jobs)
        self._warm: _WarmProcess | None = None
        self._queue: deque[_Job] = deque()
        self._running: dict[int, _Running] = {}

    def start(self) -> None:
        """See `Pool.start`."""
        if self._warm is None:
            if JUDGE not in self._policy.without:
                # Other processes of the same user must not look into this one, which knows answers.
                prctl(PR_SET_DUMPABLE, 0)
            self._warm = _WarmProcess(self._policy)

    def held(self) -> Held:
        """See `Pool.held`."""
        self.start()
        while (process := self._process()).held is None:
            if process.receive(process.began + _WARM_UP_S) is None:
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
        if id in self._running or any(job.id == id for job in self._queue):
            raise EngineError(f"job {id} is already running")
        self.start()
        self._queue.append(_Job(id=id, frame=pack(request), limits=limits))
        self._feed()

    def wait(self) -> Report:
        """See `Pool.wait`."""
        if not self._running and not self._queue:
            raise EngineError("nothing is submitted")
        while True:
            self._feed()
            message = self._process().receive(self._deadline())
            if isinstance(message, Ended) and message.id in self._running:
                return self._collect(message)
            if message is None:
                blamed = self._recover()
                if blamed is not None:
                    return blamed
            else:
                self._restart_clocks()

    def close(self) -> None:
        """See `Pool.close`."""
        if self._warm is not None:
            self._warm.close()
            self._warm = None
        for running in self._running.values():
            running.close()
        self._running.clear()
        self._queue.clear()

    def _process(self) -> _WarmProcess:
        if self._warm is None:
            raise EngineError("the pool is closed")
        return self._warm

    def _feed(self) -> None:
        while self._queue and self._may_begin(self._queue[0]):
            job = self._queue.popleft()
            answers, printed = _memory_file("answers"), _memory_file("printed")
            self._running[job.id] = _Running(job, answers, printed, time.monotonic())
            request = _sealed(job.frame)
            try:
                self._process().send(Start(job.id, job.limits), [request, answers, printed])
            finally:
                os.close(request)

    def _may_begin(self, job: _Job) -> bool:
        """Whether there is room; what ran when the warm process died must run alone."""
        alone = job.attempts or any(each.job.attempts for each in self._running.values())
        return len(self._running) < (1 if alone else self._jobs)

    def _deadline(self) -> float:
        if not self._process().is_ready:
            return self._process().began + _WARM_UP_S
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
        self._running = {id: replace(each, sent=now) for id, each in self._running.items()}

    def _collect(self, ended: Ended) -> Report:
        running = self._running.pop(ended.id)
        try:
            fcntl.fcntl(running.answers, fcntl.F_ADD_SEALS, _SEALED)
            return report.build(ended, running.job.limits, running.answers, running.printed)
        finally:
            running.close()

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
        for each in self._running.values():
            each.close()
        self._running.clear()
        self.start()
        if blamed:
            return report.under_which_it_died(blamed[0].job.id)
        self._queue.extendleft(reversed(again))
        return None


class _WarmProcess:
    """The warm process as the judge sees it."""

    def __init__(self, policy: Policy) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = _memory_file("warm")
        self.last_words = ""
        self.held: Held | None = None
        self.began = time.monotonic()
        self.unwrapped = bubblewrap.unavailable(policy.hidden) if policy.bubblewrap else ""
        words = command(
            "warm",
            f"warm.main({theirs.fileno()}, sys.argv[2])",
            msgspec.json.encode(policy).decode(),
        )
        if policy.bubblewrap and not self.unwrapped:
            words = bubblewrap.wrapped(words, policy.hidden)
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                cwd="/",
                env=environment(),
                pass_fds=[theirs.fileno()],
            )
        except OSError as error:
            self._socket.close()
            os.close(self._log)
            raise EngineError(f"the warm process cannot be started: {error}") from error
        finally:
            theirs.close()

    @property
    def is_ready(self) -> bool:
        """Whether it has imported everything and tested itself."""
        return self.held is not None

    def send(self, start: Start, descriptors: list[int]) -> None:
        """Hands a job over; if the process is dead, `receive` will say so."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            socket.send_fds(self._socket, [msgspec.msgpack.encode(start)], descriptors)

    def receive(self, deadline: float) -> FromWarm | None:
        """The next message; None if the process is dead or silent beyond the deadline."""
        patience = max(deadline - time.monotonic(), 0.0)
        if not select.select([self._socket], [], [], patience)[0]:
            return None
        try:
            data = self._socket.recv(_MESSAGE)
        except ConnectionResetError:
            return None
        if not data:
            return None
        message: FromWarm = msgspec.msgpack.decode(data, type=FromWarm)
        if isinstance(message, Ready):
            self.held = message.held
        return message

    def close(self) -> None:
        """Ends the process and its workers: it leaves by itself when the socket closes."""
        self._socket.close()
        try:
            self._process.wait(_CLOSE_S if self.is_ready else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        printed = os.pread(self._log, _MESSAGE, 0).decode("utf-8", "replace")
        self.last_words = printed[-_LAST_WORDS:].strip()
        os.close(self._log)


def _sealed(data: bytes) -> int:
    """A memory file with this content that nobody can change."""
    descriptor = _memory_file("request")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALED)
    return descriptor


def _memory_file(name: str) -> int:
    return os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
