"""seccomp: the kernel refuses every system call that a worker has no use for.

A filter is a small program for the kernel's packet machine that reads the number and the arguments
of a call (https://docs.kernel.org/userspace-api/seccomp_filter.html). Ours lists what may pass; a
few calls pass only with certain arguments. What is refused gets EPERM, so that Python raises an
exception with the learner's line; a call made the 32-bit way ends the process.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from grader.worker.sandbox.kernel import MACHINE, syscall
from grader.worker.sandbox.syscalls import NEWEST, NUMBERS, WRITING

_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_ARCHITECTURE: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32: Final = 0x40000000
_SET_MODE_FILTER: Final = 1
_ALL_THREADS: Final = 1

_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000
_ALLOW: Final = 0x7FFF0000

# The packet machine: load a word of the call, compare, return.
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_GREATER: Final = 0x25
_AT_LEAST: Final = 0x35
_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_NUMBER: Final = 0
_ARCH: Final = 4

_CLONE_THREAD: Final = 0x10000
# Names of threads and mappings, and what a process may ask about itself.
_PRCTL: Final = (2, 3, 15, 16, 21, 23, 30, 39, 0x53564D41)
# Sizes and modes of terminals and pipes, close-on-exec.
_IOCTL: Final = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# Duplicates, flags, and the seals of a memory file; not the owner of its signals.
_FCNTL: Final = (0, 1, 2, 3, 4, 1030, 1034)
_OPENING: Final = ("open", "openat")

Instruction = tuple[int, int, int, int]


@dataclass(frozen=True)
class Filter:
    """A program for the kernel.

    Attributes:
        code: its instructions.
        own_pid: where in the code the process's own number belongs.
    """

    code: bytes
    own_pid: tuple[int, ...]


def program(opens_files: bool = True, writes_files: bool = False) -> Filter:
    """The filter of this machine; built once, installed in every worker.

    Args:
        opens_files: whether files may be opened at all; if not, nothing else needs to keep them.
        writes_files: whether there is a folder in which files may be made and deleted.

    Raises:
        OSError: if there is no table of this processor's system calls.
    """
    if not MACHINE:
        raise OSError("there is no table of this processor's system calls")
    left_out = () if writes_files else WRITING
    numbers = {name: number for name, number in NUMBERS[MACHINE].items() if name not in left_out}
    checked = _checked(opens_files)
    plain = [number for name, number in numbers.items() if name not in checked]
    instructions: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, _ARCHITECTURE[MACHINE]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
    ]
    for first, last in _ranges(plain):
        instructions += [(_AT_LEAST, 0, 2, first), (_GREATER, 1, 0, last), (_RETURN, 0, 0, _ALLOW)]
    for name, body in checked.items():
        if name in numbers:
            instructions += [(_EQUAL, 0, len(body), numbers[name]), *body]
    instructions += [
        (_AT_LEAST, 0, 1, NEWEST),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]
    code = b"".join(struct.pack("<HBBI", *each) for each in instructions)
    own = tuple(8 * at + 4 for at, each in enumerate(instructions) if each[3] == _OWN_PID)
    return Filter(code, own)


def install(filter_: Filter, pid: int) -> None:
    """Holds this process to a filter, for good.

    Args:
        filter_: from `program`.
        pid: this process: the only one that it may signal.

    Raises:
        OSError: if the kernel refuses, as it does before ``no_new_privs`` is set.
    """
    code = bytearray(filter_.code)
    for place in filter_.own_pid:
        struct.pack_into("<I", code, place, pid)
    held = ctypes.create_string_buffer(bytes(code), len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(held))
    syscall(
        _SECCOMP[MACHINE],
        _SET_MODE_FILTER,
        _ALL_THREADS,
        ctypes.create_string_buffer(header, len(header)),
    )


_OWN_PID: Final = 0xFFFFFFF0  # no process has this number; `install` writes the real one over it


def _checked(opens_files: bool) -> dict[str, list[Instruction]]:
    """The calls that depend on their arguments: what decides once the number is theirs."""
    own = (_OWN_PID,)
    checks = {
        "clone": [
            _argument(0),
            (_ANY_BIT, 0, 1, _CLONE_THREAD),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        ],
        # A libc that cannot have it takes clone, whose flags can be read here.
        "clone3": [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)],
        "kill": _one_of(0, own),
        "tgkill": _one_of(0, own),
        "sched_setaffinity": _one_of(0, (0, *own)),
        "prctl": _one_of(0, _PRCTL),
        "ioctl": _one_of(1, _IOCTL),
        "fcntl": _one_of(1, _FCNTL),
        # Limits may be asked for, not set: the pointer to the new ones must be null.
        "prlimit64": [
            _argument(2),
            (_EQUAL, 0, 3, 0),
            _argument(2, upper=True),
            (_EQUAL, 0, 1, 0),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        ],
    }
    if not opens_files:
        checks |= {name: [(_RETURN, 0, 0, _ERRNO | errno.EACCES)] for name in _OPENING}
    return checks


def _one_of(argument: int, values: Sequence[int]) -> list[Instruction]:
    """Passes if the argument, as an int, is one of the values."""
    left = range(len(values) - 1, -1, -1)
    return [
        _argument(argument),
        *((_EQUAL, after + 1, 0, value) for after, value in zip(left, values, strict=True)),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _argument(index: int, upper: bool = False) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * index + 4 * upper)


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Sorted numbers as first and last of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
