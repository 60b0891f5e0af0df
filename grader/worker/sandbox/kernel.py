"""Linux system calls that Python has no function for. Standard library only."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from functools import cache
from typing import Final

IS_LINUX: Final = sys.platform.startswith("linux")

PR_SET_PDEATHSIG: Final = 1
PR_GET_PDEATHSIG: Final = 2
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38
PR_GET_NO_NEW_PRIVS: Final = 39

MACHINE: Final = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "aarch64",
    "arm64": "aarch64",
}.get(platform.machine().lower(), "")
"""The processor in the kernel's words; empty if we have no table of its system calls."""


def prctl(option: int, value: int = 0) -> int:
    """Linux's ``prctl(option, value)``.

    Raises:
        OSError: if it is refused, or the system has no such call.
    """
    if not IS_LINUX:
        raise OSError("this system has no prctl")
    result = int(_libc().prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), 0, 0))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def syscall(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """A system call by its number; buffers are passed by reference.

    Raises:
        OSError: what the kernel answered.
    """
    passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(_libc().syscall(ctypes.c_long(number), *passed))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


@cache
def _libc() -> ctypes.CDLL:
    """The C library of this process; to find it takes longer than most calls of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc
