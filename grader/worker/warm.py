"""The warm process: holds torch, forks a worker for every request, and ends what must end.

It is started by exec, never forked from the judge: what the judge's memory holds would be in every
worker. It has one thread and never runs a parallel operation (after that, a parallel operation in
a forked child hangs). It passes descriptors on and never looks at what is in them.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

import msgspec

from grader.errors import EngineError
from grader.wire.control import MOST_ENTERED, Ended, Go, Ready, Start, ToWarm
from grader.wire.layers import Policy
from grader.worker import child, runner, scratch
from grader.worker.processes import (
    kill_group,
    kill_strays,
    resident_bytes,
    thread_count,
    tree_memory,
)
from grader.worker.sandbox import Ground, Setting, prepare, self_test
from grader.worker.sandbox.kernel import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    PR_SET_PDEATHSIG,
    prctl,
)

_MEMORY_POLL_S: Final = 0.05
_MESSAGE: Final = 65_536
_DESCRIPTORS: Final = 3


def main(channel: int, policy: str) -> NoReturn:
    """Warms up and serves until the judge closes the channel, which its death does too.

    Args:
        channel: descriptor of the socket to the judge.
        policy: how the workers shall be held, as JSON.
    """
    # Wakes this process if a worker has stopped it. To be killed would be no use: then nobody would
    # end what the workers have started.
    prctl(PR_SET_PDEATHSIG, signal.SIGCONT)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    # Another worker of the same user must not read or write what every later one is forked from.
    prctl(PR_SET_DUMPABLE, 0)
    runner.warm_up()
    ground = prepare(msgspec.json.decode(policy, type=Policy))
    gc.collect()
    gc.freeze()
    threads = thread_count()
    if threads != 1:
        raise EngineError(f"the warm process has {threads} threads; it must have one to fork")
    with socket.socket(fileno=channel) as judge:
        ground, held = self_test(ground)
        judge.send(msgspec.msgpack.encode(Ready(threads=threads, held=held)))
        _Warm(judge, ground).serve()
    os._exit(0)  # taking torch down in good order takes half a second


@dataclass
class _Worker:
    """A running worker."""

    start: Start
    pid: int
    pidfd: int
    report: int
    setting: Setting
    began: float
    waits: bool
    why: Literal["itself", "timeout", "memory", "scratch"] = "itself"

    @property
    def deadline(self) -> float:
        return self.began + self.start.limits.wall_s

    def go(self) -> None:
        """Lets it read its request; its time begins."""
        self.waits = False
        self.began = time.monotonic()
        # If it is dead already, that is said when it is reaped.
        with contextlib.suppress(OSError):
            os.write(self.report, child.GO)


class _Warm:
    """Serves requests; several workers may run at the same time."""

    def __init__(self, judge: socket.socket, ground: Ground) -> None:
        self._judge = judge
        self._ground = ground
        self._workers: dict[int, _Worker] = {}
        self._poll = select.poll()
        self._poll.register(judge, select.POLLIN)
        self._base_memory = resident_bytes(os.getpid())

    def serve(self) -> None:
        """Runs until the judge is gone, then leaves nobody behind."""
        try:
            while True:
                for descriptor, _ in self._poll.poll(self._patience_ms()):
                    worker = self._workers.get(descriptor)
                    if worker is not None:
                        self._end(worker)
                    elif not self._obey():
                        return
                self._enforce()
        finally:
            for worker in list(self._workers.values()):
                kill_group(worker.pid)
            kill_strays(frozenset())

    def _patience_ms(self) -> float | None:
        busy = [worker.deadline for worker in self._workers.values() if not worker.waits]
        if not busy:
            return None
        return 1000 * min(max(min(busy) - time.monotonic(), 0.001), _MEMORY_POLL_S)

    def _obey(self) -> bool:
        """Does what the judge asks for; False if the judge is gone."""
        data, descriptors, _, _ = socket.recv_fds(self._judge, _MESSAGE, _DESCRIPTORS)
        if not data:
            return False
        message: ToWarm = msgspec.msgpack.decode(data, type=ToWarm)
        if isinstance(message, Start):
            self._begin(message, descriptors)
            return True
        for worker in self._workers.values():
            if worker.start.id == message.id:
                if isinstance(message, Go):
                    worker.go()
                else:
                    signal.pidfd_send_signal(worker.pidfd, signal.SIGKILL)
        return True

    def _begin(self, start: Start, descriptors: list[int]) -> None:
        here, report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        here.setblocking(False)
        setting = self._setting(start)
        pid = os.fork()
        if pid == 0:
            request, answers, printed = descriptors
            child.run(request, answers, printed, report.detach(), self._ground, setting)
        for descriptor in descriptors:
            os.close(descriptor)
        report.close()
        pidfd = os.pidfd_open(pid)
        self._workers[pidfd] = _Worker(
            start=start,
            pid=pid,
            pidfd=pidfd,
            report=here.detach(),
            setting=setting,
            began=time.monotonic(),
            waits=start.waits,
        )
        self._poll.register(pidfd, select.POLLIN)

    def _setting(self, start: Start) -> Setting:
        taken = {worker.setting.slot for worker in self._workers.values()}
        return Setting(
            limits=start.limits,
            parent=os.getpid(),
            slot=next(slot for slot in itertools.count() if slot not in taken),
            scratch=scratch.make() if start.limits.scratch_bytes else "",
            waits=start.waits,
        )

    def _enforce(self) -> None:
        now = time.monotonic()
        # Who has ended while this process was busy has not run over; it is reaped at the next turn.
        ended = {descriptor for descriptor, _ in self._poll.poll(0)}
        for descriptor, worker in self._workers.items():
            if descriptor in ended or worker.waits:
                continue
            if now >= worker.deadline:
                worker.why = "timeout"
            elif tree_memory(worker.pid) > self._base_memory + worker.start.limits.memory_bytes:
                worker.why = "memory"
            elif worker.setting.scratch and scratch.is_full(
                worker.setting.scratch, worker.start.limits.scratch_bytes
            ):
                worker.why = "scratch"
            else:
                continue
            signal.pidfd_send_signal(worker.pidfd, signal.SIGKILL)

    def _end(self, worker: _Worker) -> None:
        """Reaps a dead worker with all that it left, and tells the judge."""
        # Before it is reaped its number, and so its group's, cannot be anybody else's.
        kill_group(worker.pid)
        wall_s = time.monotonic() - worker.began
        _, status, usage = os.wait4(worker.pid, 0)
        del self._workers[worker.pidfd]
        kill_strays(frozenset(other.pid for other in self._workers.values()))
        self._poll.unregister(worker.pidfd)
        ended = Ended(
            id=worker.start.id,
            exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            why=worker.why,
            cpu_s=usage.ru_utime + usage.ru_stime,
            wall_s=wall_s,
            max_rss=usage.ru_maxrss * 1024,
            entered=_entered(worker.report),
        )
        os.close(worker.pidfd)
        os.close(worker.report)
        if worker.setting.scratch:
            scratch.remove(worker.setting.scratch)
        self._judge.send(msgspec.msgpack.encode(ended))


def _entered(report: int) -> bytes:
    """What the worker said before any of the learner's code; it has closed its end since.

    It is passed on as it is. One byte too many is enough for the judge to see that it is too long.
    """
    try:
        return os.read(report, MOST_ENTERED + 1)
    except BlockingIOError:
        return b""
