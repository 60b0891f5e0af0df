"""The self-test: a worker without a learner tries what no worker may do.

A layer counts as holding only if everything that it has to refuse was refused. An attempt that
succeeds does no harm by itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from grader.wire.layers import (
    CALLS,
    CAPABILITIES,
    DEATH,
    DESCRIPTORS,
    FILES,
    LIMITS,
    NO_FILES,
    PRIVILEGES,
    PROCESS,
    USER,
)
from grader.worker.sandbox.identity import has_capabilities
from grader.worker.sandbox.kernel import PR_GET_NO_NEW_PRIVS, PR_GET_PDEATHSIG, prctl
from grader.worker.sandbox.layers import KEPT_DESCRIPTORS, Ground, Setting

_DESCRIPTORS_TRIED: Final = 64
_USER_NAMESPACE: Final = 0x10000000
_CREATE: Final = 0o1600

Attempt = Callable[[], object]
"""Raises `OSError` or returns False if what it tries is not possible."""


def possible(layers: Iterable[str], ground: Ground, setting: Setting) -> dict[str, str]:
    """Tries everything in this process, which must be locked down already.

    Args:
        layers: names of those that were applied.
        ground: what they were made of.
        setting: what was this process's own.

    Returns:
        Layer → what was still possible; empty if all layers hold.
    """
    found: dict[str, str] = {}
    for name in layers:
        for what, attempt in _ATTEMPTS[name](ground, setting):
            if _succeeds(attempt):
                found.setdefault(name, f"the self-test could still {what}")
    return found


def _succeeds(attempt: Attempt) -> bool:
    try:
        return attempt() is not False
    except OSError:
        return False


Attempts = Iterator[tuple[str, Attempt]]


def _of_files(ground: Ground, _: Setting) -> Attempts:
    for path in (*ground.policy.hidden, "/", "/etc/passwd"):
        yield f"read {path}", partial(_reads, path)
    yield "write a file", _writes


def _reads(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def _writes() -> None:
    path = f"/tmp/dlgrade-{os.getpid()}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)


def _of_calls(_: Ground, setting: Setting) -> Attempts:
    parent = setting.parent or os.getppid()
    yield "start a process", _forks
    yield "signal another process", partial(os.kill, parent, 0)
    yield "change the priority of another process", partial(_renices, parent)
    yield "make a memory file", lambda: os.memfd_create("probe") >= 0
    yield "open a socket", _opens_a_socket
    yield "run a program", _runs
    yield "make a user namespace", lambda: _libc("unshare", _USER_NAMESPACE)
    yield "make shared memory", _shares_memory


def _renices(pid: int) -> None:
    os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid))


def _forks() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _opens_a_socket() -> bool:
    descriptor = int(ctypes.CDLL(None, use_errno=True).socket(1, 1, 0))
    if descriptor < 0:
        return False
    os.close(descriptor)
    return True


def _runs() -> None:
    # Not to be found: then the kernel went and looked for it.
    with contextlib.suppress(FileNotFoundError):
        os.execv("/dlgrade/nothing", ["nothing"])


def _shares_memory() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    number = int(libc.shmget(0, 4096, _CREATE))
    if number < 0:
        return False
    libc.shmctl(number, 0, None)
    return True


def _libc(function: str, *arguments: int) -> bool:
    return int(getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments)) >= 0


def _of_user(ground: Ground, _: Setting) -> Attempts:
    yield "stay another user", lambda: set(os.getresuid()) - set(ground.users or ()) != set()
    yield "become root again", partial(os.setresuid, 0, 0, 0)


def _of_capabilities(_: Ground, __: Setting) -> Attempts:
    yield "use powers of root", has_capabilities


def _of_death(_: Ground, setting: Setting) -> Attempts:
    yield (
        "outlive the process that started it",
        lambda: setting.parent != 0 and _parent_death_signal() != signal.SIGKILL,
    )


def _parent_death_signal() -> int:
    number = ctypes.c_int()
    ctypes.CDLL(None).prctl(PR_GET_PDEATHSIG, ctypes.byref(number), 0, 0, 0)
    return number.value


def _of_privileges(_: Ground, __: Setting) -> Attempts:
    yield "gain rights from a program", lambda: prctl(PR_GET_NO_NEW_PRIVS) != 1


def _of_descriptors(ground: Ground, _: Setting) -> Attempts:
    for number in range(KEPT_DESCRIPTORS, _DESCRIPTORS_TRIED):
        if number != ground.rules:
            yield f"use descriptor {number}", partial(os.fstat, number)


def _of_limits(_: Ground, setting: Setting) -> Attempts:
    import resource

    most = {
        "dump its memory": (resource.RLIMIT_CORE, 0),
        "write more than it may": (resource.RLIMIT_FSIZE, setting.limits.output_bytes),
        "compute longer than it may": (resource.RLIMIT_CPU, int(setting.limits.cpu_s) + 2),
    }
    for what, (which, value) in most.items():
        yield what, partial(_exceeds, resource.getrlimit(which)[1], value)


def _exceeds(limit: int, most: int) -> bool:
    return not 0 <= limit <= most  # a negative one is none


def _of_process(_: Ground, __: Setting) -> Attempts:
    yield "stay in the group of its parent", lambda: os.getpgid(0) != os.getpid()


_ATTEMPTS: Final[dict[str, Callable[[Ground, Setting], Attempts]]] = {
    PROCESS: _of_process,
    DESCRIPTORS: _of_descriptors,
    LIMITS: _of_limits,
    USER: _of_user,
    CAPABILITIES: _of_capabilities,
    DEATH: _of_death,
    PRIVILEGES: _of_privileges,
    FILES: _of_files,
    NO_FILES: _of_files,
    CALLS: _of_calls,
}
