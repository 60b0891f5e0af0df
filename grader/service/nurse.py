"""The process of a nursery: imports torch once, and forks a judge whenever it is asked for one.

It is executed with a clean environment, has one thread, and never hears of a course: that is told
to the judge alone, over a pipe that is not read here, when the judge has forked its untrusted side.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

import msgspec

from grader.pool import Policy
from grader.service import process
from grader.service.messages import Fork
from grader.worker.sandbox.kernel import PR_SET_DUMPABLE, prctl

_MESSAGE: Final = 65_536
_DESCRIPTORS: Final = 4


def main(channel: int) -> NoReturn:
    """Serves until whoever started it closes the channel, which their death does too.

    Args:
        channel: descriptor of the socket on which judges are asked for.
    """
    # A worker of the same user must not read or write what later judges are forked from.
    prctl(PR_SET_DUMPABLE, 0)
    process.warm_up()
    asker = socket.socket(fileno=channel)
    while True:
        data, descriptors, _, _ = socket.recv_fds(asker, _MESSAGE, _DESCRIPTORS)
        if not data:
            os._exit(0)  # taking torch down in good order takes half a second
        _reap()
        if len(descriptors) == _DESCRIPTORS:
            fork = msgspec.msgpack.decode(data, type=Fork)
            _bear(fork.jobs, fork.policy, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _bear(jobs: int, policy: Policy, descriptors: Sequence[int]) -> None:
    """Forks a judge, and says which process it is.

    Args:
        jobs: how many workers it may run at the same time.
        policy: how they shall be held.
        descriptors: its three standard streams, and the socket that takes the reply.
    """
    *streams, reply = descriptors
    pid = os.fork()
    if pid == 0:
        _become(jobs, policy, streams)
    pidfd = os.pidfd_open(pid)
    with socket.socket(fileno=os.dup(reply)) as asker, contextlib.suppress(OSError):
        socket.send_fds(asker, [msgspec.msgpack.encode(pid)], [pidfd])
    os.close(pidfd)


def _become(jobs: int, policy: Policy, streams: Sequence[int]) -> NoReturn:
    """Goes on as a judge, with nothing in hand but its streams."""
    try:
        # As if it was executed: the kernel shares the processors out by sessions.
        os.setsid()
        for descriptor, target in zip(streams, range(3), strict=True):
            os.dup2(descriptor, target)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        process.serve(jobs, policy)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def _reap() -> None:
    """Lets the judges go that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
