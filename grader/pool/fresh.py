"""The engine for platforms without fork: processes that serve one request, warmed ahead of time."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.errors import EngineError, Stopped
from grader.pool import report
from grader.pool.interface import Limits, Pool, Report, Stop, default_jobs, never
from grader.pool.launch import command, environment
from grader.wire.control import MOST_ENTERED, READY, Ended, Order
from grader.wire.frames import Request, pack
from grader.wire.layers import Held, Policy
from grader.worker import scratch
from grader.worker.processes import kill_group, resident_bytes, tree_memory

_WARM_UP_S: Final = 120.0
_POLL_S: Final = 0.005
_LISTEN_S: Final = 1.0
_MESSAGE: Final = 2_000
_MEMORY_POLL_S: Final = 0.05
_IS_WINDOWS: Final = sys.platform == "win32"


@dataclass(frozen=True)
class _Job:
    """A request that waits."""

    id: int
    frame: bytes
    limits: Limits


class FreshPool(Pool):
    """Keeps a few processes warm; each serves one request and is gone.

    A process that leaves its group is found by nobody here: this engine guards against accidents.

    Args:
        jobs: how many workers may run at the same time.
        spare: how many processes are kept warm ahead of time.
        policy: how they shall be held.
    """

    name = "fresh"

    def __init__(
        self, jobs: int | None = None, spare: int = 2, policy: Policy | None = None
    ) -> None:
        self._jobs = jobs or default_jobs()
        self._policy = msgspec.structs.replace(policy or Policy(), slots=self._jobs)
        self._held: Held | None = None
        self._spare = spare
        self._idle: deque[_Process] = deque()
        self._queue: deque[_Job] = deque()
        self._running: dict[int, _Run] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> None:
        """See `Pool.start`."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="dlgrade-")
            self._restock()

    def held(self) -> Held:
        """See `Pool.held`."""
        self.start()
        if self._held is None:
            process = self._taken()
            process.order(
                Order(
                    request="",
                    answers="",
                    printed="",
                    limits=Limits(),
                    dies_with_parent=_dies_with_parent(),
                    policy=self._policy,
                    tests_itself=True,
                )
            )
            while process.ended() is None:
                if time.monotonic() > process.began + _WARM_UP_S:
                    process.terminate()
                time.sleep(_POLL_S)
            process.listened()
            said = process.close()
            self._restock()
            if not process.entered:
                raise EngineError(f"a worker did not start:\n{said}")
            self._held = msgspec.msgpack.decode(process.entered, type=Held)
        return self._held

    def submit(self, id: int, request: Request, limits: Limits) -> None:
        """See `Pool.submit`."""
        if id in self._running or any(job.id == id for job in self._queue):
            raise EngineError(f"job {id} is already running")
        self.start()
        self._queue.append(_Job(id=id, frame=pack(request), limits=limits))
        self._feed()

    def wait(self, stop: Stop = never) -> Report:
        """See `Pool.wait`."""
        if not self._running and not self._queue:
            raise EngineError("nothing is submitted")
        while True:
            if stop():
                raise Stopped("nobody waits for the verdict any more")
            self._feed()
            for id, run in list(self._running.items()):
                ended = run.step()
                if ended is not None:
                    del self._running[id]
                    self._restock()
                    return run.report(ended)
            time.sleep(_POLL_S)

    def drop(self) -> None:
        """See `Pool.drop`."""
        for run in self._running.values():
            run.process.kill()
            run.close()
        self._running.clear()
        self._queue.clear()

    def close(self) -> None:
        """See `Pool.close`."""
        self.drop()
        for process in self._idle:
            process.kill()
        self._idle.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _taken(self) -> _Process:
        """A process for one order, a warm one if there is any."""
        return self._idle.popleft() if self._idle else _Process()

    def _restock(self) -> None:
        while len(self._idle) < self._spare:
            self._idle.append(_Process())

    def _feed(self) -> None:
        if self._folder is None:
            raise EngineError("the pool is closed")
        while self._queue and len(self._running) < self._jobs:
            process = self._taken()
            job = self._queue.popleft()
            folder = Path(tempfile.mkdtemp(dir=self._folder.name))
            taken = {run.slot for run in self._running.values()}
            slot = next(slot for slot in itertools.count() if slot not in taken)
            self._running[job.id] = _Run.begin(job, process, folder, self._policy, slot)


class _Process:
    """A one-shot process as the judge sees it."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._popen = subprocess.Popen(
                command("grader.worker.oneshot", "oneshot.main()"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=os.path.abspath(os.sep),
                env=environment(),
                start_new_session=not _IS_WINDOWS,
            )
        except OSError as error:
            self._errors.close()
            raise EngineError(f"a worker cannot be started: {error}") from error
        self.pid = self._popen.pid
        self.began = time.monotonic()
        self.ready_at: float | None = None
        self.entered = b""
        # A pipe can be waited for on every platform only by a thread.
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def order(self, order: Order) -> None:
        """Hands over the one request; a process that is dead already shows later."""
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError):
            self._popen.stdin.write(msgspec.msgpack.encode(order))
            self._popen.stdin.close()

    def ended(self) -> tuple[int, float, int] | None:
        """Return code, processor time and largest resident size of a dead process."""
        if _IS_WINDOWS:
            code = self._popen.poll()
            return None if code is None else (code, 0.0, 0)
        if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        kill_group(self.pid)
        _, status, usage = os.wait4(self.pid, 0)
        self._popen.returncode = os.waitstatus_to_exitcode(status)
        scale = 1 if sys.platform == "darwin" else 1024
        return (
            self._popen.returncode,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss * scale,
        )

    def terminate(self) -> None:
        """Kills the process and its group; it must still be reaped."""
        if not _IS_WINDOWS:
            kill_group(self.pid)
        self._popen.kill()

    def kill(self) -> None:
        """Ends the process and its group, and lets its descriptors go."""
        self.terminate()
        self._popen.wait()
        self.close()

    def close(self) -> str:
        """Lets the descriptors of a dead process go; returns what it printed while warming up."""
        self.listened()
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        with self._errors:
            self._errors.seek(0)
            return self._errors.read(_MESSAGE).decode("utf-8", "replace").strip()

    def listened(self) -> None:
        """Waits until everything that a dead process said is read."""
        self._listener.join(_LISTEN_S)

    def _listen(self) -> None:
        assert self._popen.stdout is not None
        if self._popen.stdout.readline() == READY:
            self.ready_at = time.monotonic()
            self.entered = self._popen.stdout.read(MOST_ENTERED + 1)


@dataclass
class _Run:
    """A request in its process."""

    job: _Job
    process: _Process
    answers: int
    printed: int
    sent: float
    slot: int
    scratch: str
    base_memory: int = 0
    next_look: float = 0.0
    why: Literal["itself", "timeout", "memory", "scratch"] = "itself"

    @classmethod
    def begin(cls, job: _Job, process: _Process, folder: Path, policy: Policy, slot: int) -> _Run:
        """Lays the files out and gives the order."""
        (folder / "request").write_bytes(job.frame)
        answers, printed = (_made(folder / name) for name in ("answers", "printed"))
        own = scratch.make() if job.limits.scratch_bytes else ""
        process.order(
            Order(
                request=str(folder / "request"),
                answers=str(folder / "answers"),
                printed=str(folder / "printed"),
                limits=job.limits,
                dies_with_parent=_dies_with_parent(),
                policy=policy,
                slot=slot,
                scratch=own,
            )
        )
        return cls(job, process, answers, printed, time.monotonic(), slot, scratch=own)

    def step(self) -> Ended | None:
        """Enforces the limits; says how the process ended once it is dead."""
        dead = self.process.ended()
        now = time.monotonic()
        if dead is None:
            self._enforce(now)
            return None
        self.process.listened()
        code, cpu_s, max_rss = dead
        return Ended(
            id=self.job.id,
            exit_code=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            why=self.why,
            cpu_s=cpu_s,
            wall_s=now - self._began,
            max_rss=max_rss,
            entered=self.process.entered,
        )

    def report(self, ended: Ended) -> Report:
        """The report; the files are let go."""
        try:
            said = self.process.close()
            if self.process.ready_at is None:
                raise EngineError(f"a worker did not start:\n{said}")
            return report.build(ended, self.job.limits, self.answers, self.printed)
        finally:
            self.close()

    def close(self) -> None:
        """Lets the files go."""
        os.close(self.answers)
        os.close(self.printed)
        if self.scratch:
            scratch.remove(self.scratch)

    @property
    def _began(self) -> float:
        return max(self.process.ready_at or self.sent, self.sent)

    def _enforce(self, now: float) -> None:
        if self.process.ready_at is None:
            if now > self.process.began + _WARM_UP_S:
                self._end("timeout")
        elif now >= self._began + self.job.limits.wall_s:
            self._end("timeout")
        elif now >= self.next_look:
            self.next_look = now + _MEMORY_POLL_S
            self.base_memory = self.base_memory or resident_bytes(self.process.pid)
            if tree_memory(self.process.pid) > self.base_memory + self.job.limits.memory_bytes:
                self._end("memory")
            elif self.scratch and scratch.is_full(self.scratch, self.job.limits.scratch_bytes):
                self._end("scratch")

    def _end(self, why: Literal["timeout", "memory", "scratch"]) -> None:
        self.why = why
        self.process.terminate()


def _made(path: Path) -> int:
    """A new file, open for reading."""
    path.touch()
    return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))


def _dies_with_parent() -> bool:
    """Whether the thread that starts workers, whose death the kernel reports, lives to the end."""
    return threading.current_thread() is threading.main_thread()
