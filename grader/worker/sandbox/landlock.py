"""Landlock: the kernel lets this process, and what it starts, reach named files only.

See https://docs.kernel.org/userspace-api/landlock.html. A set of rules is built once, in the warm
process; every worker applies it to itself. An older kernel knows fewer kinds of access, and is
asked for those that it knows. A path that nobody named can still be asked about (``stat``): that is
not Landlock's to refuse.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from grader.worker.sandbox.kernel import IS_LINUX, syscall

# These three numbers are the same on every processor.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446

_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1

_EXECUTE: Final = 1 << 0
_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_TRUNCATE: Final = 1 << 14
_READ: Final = _READ_FILE | _READ_DIR
_FILE_ACCESS: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE

# By version of the interface: the kinds of access to files, those of TCP, and the scopes (abstract
# sockets and signals of other processes) that it can refuse.
_FILES: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP: Final = {4: 0b11}
_SCOPES: Final = {6: 0b11}


def version() -> int:
    """The kernel's version of the interface.

    Raises:
        OSError: if it has none, or it is switched off.
    """
    if not IS_LINUX:
        raise OSError("this system has no Landlock")
    return syscall(_CREATE_RULESET, None, 0, _VERSION)


def ruleset(readable: Iterable[Path], writable: Path | None = None) -> int:
    """A set of rules under which nothing may be reached but what is named.

    Args:
        readable: files, and folders with all that is below them. A path that is not there is left
            out.
        writable: a folder whose files may be written as well.

    Returns:
        A descriptor for `restrict`; it can be inherited.

    Raises:
        OSError: if the kernel has no Landlock.
    """
    newest = version()
    files = _newest(_FILES, newest)
    handled = struct.pack("<QQQ", files, _newest(_TCP, newest), _newest(_SCOPES, newest))
    # A kernel refuses fields that it has never heard of, unless they are zero and left away.
    size = 8 if newest < 4 else 16 if newest < 6 else 24
    rules = syscall(_CREATE_RULESET, ctypes.create_string_buffer(handled[:size], size), size, 0)
    for path in readable:
        _allow(rules, path, _READ & files)
    # To send what a library prints there is honest, and harmless.
    _allow(rules, Path(os.devnull), (_READ | _WRITE_FILE | _TRUNCATE) & files)
    if writable is not None:
        _allow(rules, writable, files & ~_EXECUTE)
    return rules


def restrict(rules: int) -> None:
    """Holds this thread, and what it starts, to a set of rules, for good.

    Raises:
        OSError: if the kernel refuses, as it does before ``no_new_privs`` is set.
    """
    syscall(_RESTRICT_SELF, rules, 0)


def _allow(rules: int, path: Path, access: int) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                access &= _FILE_ACCESS
            rule = struct.pack("<Qi", access, descriptor)
            syscall(
                _ADD_RULE,
                rules,
                _RULE_PATH_BENEATH,
                ctypes.create_string_buffer(rule, len(rule)),
                0,
            )
        finally:
            os.close(descriptor)


def _newest(by_version: dict[int, int], version_: int) -> int:
    return by_version.get(max((v for v in by_version if v <= version_), default=0), 0)
