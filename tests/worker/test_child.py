"""The last steps of a worker before the learner's code."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable

import pytest

from grader.wire.control import Limits
from grader.wire.frames import Request, pack
from grader.wire.layers import Policy

if not sys.platform.startswith("linux"):
    pytest.skip("memory files are Linux's", allow_module_level=True)

from grader.worker import child, runner
from grader.worker.sandbox import Ground, Setting

REHEARSED = 7


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], int]:
    """Runs a worker that waits, to which something was said already; how it leaves."""
    monkeypatch.setattr(runner, "warm_up", lambda: os._exit(REHEARSED))
    request = Request(name="empty", filename="empty.py", source=b"", functions={})

    def run(said: bytes) -> int:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        files = [os.memfd_create(name) for name in ("request", "answers", "printed")]
        os.write(files[0], pack(request))
        if said:
            here.send(said)
        pid = os.fork()
        if pid == 0:
            waits = Setting(limits=Limits(), parent=0, waits=True)
            child.run(*files, there.detach(), Ground(Policy()), waits)
        there.close()
        left = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        here.close()
        for file in files:
            os.close(file)
        return left

    return run


def test_a_worker_rehearses_while_it_waits(status: Callable[[bytes], int]) -> None:
    """Nobody waits for it, so what a fork's first time costs is paid."""
    assert status(b"") == REHEARSED


def test_a_request_that_comes_at_once_is_not_kept_waiting(status: Callable[[bytes], int]) -> None:
    """It is one of many: the rehearsal would take longer than it spares."""
    assert status(child.GO) == 0
