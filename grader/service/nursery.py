"""One import of torch for the judges of several services: a process that forks them."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
from typing import IO, Final

import msgspec

from grader.pool import Policy
from grader.pool.launch import command, environment
from grader.service.messages import Fork

_REPLY_S: Final = 5.0
_REPLY: Final = 64
_LAST_WORDS: Final = 2_000


class Nursery:
    """Forks judges for `Service`; Linux only. Use it as a context manager, or call `close`.

    Its process never hears of a course. If it dies, the judges that it has forked live on, and the
    next one comes from a new process. Threads may share it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._popen: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this

    @property
    def pid(self) -> int | None:
        """The number of its process; None if there is none."""
        return None if self._popen is None else self._popen.pid

    @property
    def said(self) -> str:
        """What its process wrote last, if anything went wrong there; empty if it is closed."""
        if self._errors.closed:
            return ""
        descriptor = self._errors.fileno()
        start = max(os.fstat(descriptor).st_size - _LAST_WORDS, 0)
        return os.pread(descriptor, _LAST_WORDS, start).decode("utf-8", "replace").strip()

    def fork(self, jobs: int, policy: Policy, errors: int) -> Forked:
        """Has a judge forked; returns at once, also while torch is still imported.

        Args:
            jobs: how many workers of the judge may run at the same time.
            policy: how they shall be held.
            errors: descriptor that takes what goes wrong in the judge.

        Raises:
            OSError: if no process can be started.
        """
        message = msgspec.msgpack.encode(Fork(jobs, policy))
        stdin, writing = os.pipe()
        reading, stdout = os.pipe()
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        forked = Forked(os.fdopen(writing, "wb"), os.fdopen(reading, "rb"), here)
        try:
            self._send(message, [stdin, stdout, errors, there.fileno()])
        except OSError:
            forked.let_go()
            raise
        finally:
            os.close(stdin)
            os.close(stdout)
            there.close()
        return forked

    def close(self) -> None:
        """Ends the process; may be called twice. Its judges end when their services close."""
        with self._lock:
            self._end()
            self._errors.close()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, message: bytes, descriptors: list[int]) -> None:
        with self._lock:
            if self._errors.closed:
                raise OSError("the nursery is closed")
            if self._socket is not None:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    socket.send_fds(self._socket, [message], descriptors)
                    return
                self._end()
            socket.send_fds(self._begun(), [message], descriptors)

    def _begun(self) -> socket.socket:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._popen = subprocess.Popen(
                command("grader.service.nurse", f"nurse.main({there.fileno()})"),
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                env=environment(),
                pass_fds=[there.fileno()],
                # An interrupt at the terminal is for whoever asks; this goes when they do.
                start_new_session=True,
            )
        except OSError:
            here.close()
            raise
        finally:
            there.close()
        self._socket = here
        return here

    def _end(self) -> None:
        """Kills the process: it has nothing to put away."""
        if self._socket is not None and self._popen is not None:
            self._socket.close()
            self._popen.kill()
            self._popen.wait()
        self._socket = self._popen = None


class Forked:
    """A judge that a nursery forks: what a service needs of `subprocess.Popen`.

    Attributes:
        stdin: takes what is asked.
        stdout: gives the answers.
    """

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], reply: socket.socket) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self._reply = reply
        self._reply.settimeout(_REPLY_S)
        self._known: tuple[int, int] | None = None

    @property
    def pid(self) -> int:
        """Its number; waits until it is forked.

        Raises:
            ProcessLookupError: if it never was, as the nursery is dead or does not answer.
        """
        return self._forked()[0]

    def wait(self, timeout: float | None = None) -> None:
        """Waits until it has ended.

        Raises:
            subprocess.TimeoutExpired: if it has not.
        """
        with contextlib.suppress(ProcessLookupError):
            pid, pidfd = self._forked()
            if not select.select([pidfd], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"judge {pid}", timeout or 0.0)

    def kill(self) -> None:
        """Ends it, if it runs."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._forked()[1], signal.SIGKILL)

    def let_go(self) -> None:
        """Closes all that leads to it."""
        self.stdin.close()
        self.stdout.close()
        self._reply.close()
        if self._known is not None:
            os.close(self._known[1])
            self._known = None

    def _forked(self) -> tuple[int, int]:
        """Its number, and a descriptor that means it even if the number is somebody else's."""
        if self._known is None:
            data, descriptors = b"", list[int]()
            with contextlib.suppress(OSError):
                data, descriptors, _, _ = socket.recv_fds(self._reply, _REPLY, 1)
            if not descriptors:
                raise ProcessLookupError("the nursery has not forked it")
            self._known = msgspec.msgpack.decode(data, type=int), descriptors[0]
        return self._known
