"""The warm process as the judge sees it: exec'ed with a clean environment, or a clean fork."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from grader.errors import EngineError
from grader.pool import bubblewrap
from grader.pool.launch import command, environment
from grader.wire.control import FromWarm, Ready, ToWarm
from grader.wire.layers import Held, Policy

WARM_UP_S: Final = 120.0
"""How long a warm process may take to import everything."""

_CLOSE_S: Final = 5.0
_MESSAGE: Final = 65_536
_LAST_WORDS: Final = 2_000


class _Process(Protocol):
    """What is needed of a child process; `subprocess.Popen` has it."""

    pid: int

    def wait(self, timeout: float) -> int: ...
    def kill(self) -> None: ...


class WarmProcess:
    """A connection to the warm process.

    Args:
        policy: how its workers shall be held.
        forked: to fork this process instead of executing a new one. That spares the memory and the
            time of a second import of torch, but whatever is in this process's memory is then in
            every worker: nothing of a course may be there, nor anything of its environment.
    """

    def __init__(self, policy: Policy, forked: bool = False) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = os.memfd_create("warm", os.MFD_CLOEXEC)
        self.last_words = ""
        self.held: Held | None = None
        self.began = time.monotonic()
        self.unwrapped = bubblewrap.unavailable(policy.hidden) if policy.bubblewrap else ""
        start = _forked if forked else _executed
        try:
            self._process: _Process = start(policy, theirs, self._log, not self.unwrapped)
        except OSError as error:
            self._socket.close()
            os.close(self._log)
            raise EngineError(f"the warm process cannot be started: {error}") from error
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_ready(self) -> bool:
        """Whether it has imported everything and tested itself."""
        return self.held is not None

    def send(self, message: ToWarm, descriptors: Sequence[int] = ()) -> None:
        """Tells it something; if it is dead, `receive` will say so."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            socket.send_fds(self._socket, [msgspec.msgpack.encode(message)], list(descriptors))

    def speaks(self, deadline: float) -> bool:
        """Whether it says something before the deadline, or dies."""
        patience = max(deadline - time.monotonic(), 0.0)
        return bool(select.select([self._socket], [], [], patience)[0])

    def receive(self, deadline: float) -> FromWarm | None:
        """The next message; None if the process is dead or silent beyond the deadline."""
        if not self.speaks(deadline):
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
            self._process.wait(_CLOSE_S)
        printed = os.pread(self._log, _MESSAGE, 0).decode("utf-8", "replace")
        self.last_words = printed[-_LAST_WORDS:].strip()
        os.close(self._log)


def _executed(policy: Policy, channel: socket.socket, log: int, wrapped: bool) -> _Process:
    words = command(
        "grader.worker.warm",
        f"warm.main({channel.fileno()}, sys.argv[2])",
        msgspec.json.encode(policy).decode(),
    )
    if policy.bubblewrap and wrapped:
        words = bubblewrap.wrapped(words, policy.hidden)
    return subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        env=environment(),
        pass_fds=[channel.fileno()],
    )


def _forked(policy: Policy, channel: socket.socket, log: int, _: bool) -> _Process:
    from grader.worker import warm

    pid = os.fork()
    if pid:
        return _Forked(pid)
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, target)
        # It must not hold what its parent talks through, or nobody would see the parent's end.
        own = channel.fileno()
        os.closerange(3, own)
        os.closerange(own + 1, os.sysconf("SC_OPEN_MAX"))
        warm.main(own, msgspec.json.encode(policy).decode())
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


class _Forked:
    """A forked child, waited for like `subprocess.Popen` does."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._pidfd = os.pidfd_open(pid)

    def wait(self, timeout: float) -> int:
        if not select.select([self._pidfd], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        os.close(self._pidfd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self) -> None:
        signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
