"""Who a worker is: a user of its own, without the powers of the one that started it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Sequence
from typing import Final

from grader.worker.sandbox.kernel import MACHINE, PR_CAPBSET_DROP, prctl, syscall

FIRST_USER: Final = 61_184
LAST_USER: Final = 64_999
"""Numbers that Debian and systemd keep for users that exist only while something runs."""

MOST_TASKS: Final = 128
"""Threads of a worker that is a user of its own; of others the kernel counts no worker's alone."""

_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_CAPGET: Final = {"x86_64": 125, "aarch64": 90}
_CAPABILITIES: Final = 64
_VERSION_3: Final = 0x20080522
_NOTHING: Final = bytes(24)

if sys.platform != "win32":
    import pwd
    import resource

    def free_users(number: int, start: int) -> range | None:
        """A run of user numbers that nobody has.

        Args:
            number: how many.
            start: where to look first; two runs at once should not look at the same place.
        """
        taken = {each.pw_uid for each in pwd.getpwall()}
        places = LAST_USER - FIRST_USER - number
        for step in range(0, places, number):
            first = FIRST_USER + (start + step) % places
            if taken.isdisjoint(range(first, first + number)):
                return range(first, first + number)
        return None

    def unreadable(user: int, paths: Sequence[str]) -> str:
        """The first of the paths that a user cannot read; empty if there is none.

        It is tried in a child process that becomes this user.
        """
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            become(user)
            for path in paths:
                try:
                    os.close(os.open(path, os.O_RDONLY))
                except OSError:
                    os.write(writing, os.fsencode(path))
                    break
            os._exit(0)
        os.close(writing)
        with open(reading, "rb") as file:
            path = os.fsdecode(file.read())
        os.waitpid(pid, 0)
        return path

    def become(user: int) -> None:
        """Makes this process another user for good, alone in its group.

        Raises:
            OSError: if it may not.
        """
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        resource.setrlimit(resource.RLIMIT_NPROC, (MOST_TASKS, MOST_TASKS))


def drop_capabilities() -> None:
    """Gives up root's powers one by one, those that a program started later could get included.

    Raises:
        OSError: if the kernel refuses.
    """
    # Only root may narrow what it could get again; others cannot get anything. The first refusal is
    # the last: either to all of them, or to the numbers that this kernel does not have.
    with contextlib.suppress(OSError):
        for number in range(_CAPABILITIES):
            prctl(PR_CAPBSET_DROP, number)
    syscall(_CAPSET[MACHINE], _header(), ctypes.create_string_buffer(_NOTHING, 24))


def has_capabilities() -> bool:
    """Whether this process has any of root's powers."""
    held = ctypes.create_string_buffer(24)
    syscall(_CAPGET[MACHINE], _header(), held)
    return any(held.raw)


def _header() -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(struct.pack("<Ii", _VERSION_3, 0), 8)
