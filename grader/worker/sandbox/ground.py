"""What can hold workers on this machine: found out once, before the first of them."""

from __future__ import annotations

import os
import secrets
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from grader.wire.layers import (
    CALLS,
    CAPABILITIES,
    DEATH,
    FILES,
    LIMITS,
    NO_FILES,
    PRIVILEGES,
    PROCESS,
    USER,
    Policy,
)
from grader.worker.installed import remember_installed
from grader.worker.preload import preload
from grader.worker.sandbox import identity, landlock, seccomp
from grader.worker.sandbox.kernel import IS_LINUX, MACHINE
from grader.worker.sandbox.layers import KEPT_DESCRIPTORS, LAYERS, Ground

_IS_WINDOWS: Final = sys.platform == "win32"
_OWN: Final = Path(__file__).parents[2]
"""This package; a wheel's course lies inside of it, in ``bundled``."""

_SYSTEM: Final = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)
"""Shared libraries, and what libraries want to know about the machine when they are first used."""


class _Unavailable(Exception):
    """A layer cannot be had here; the text is the reason, as a clause."""


def prepare(policy: Policy) -> Ground:
    """Finds out which layers can be had, and prepares what they need."""
    ground = Ground(policy, readable=tuple(_readable()))
    missing: dict[str, str] = {}
    names: list[str] = []
    for layer in LAYERS:
        if layer.name in policy.without or layer.name in _not_wanted(names):
            continue
        try:
            ground = _PREPARE.get(layer.name, _as_it_is)(ground)
        except (_Unavailable, OSError) as reason:
            missing[layer.name] = _clause(reason)
        else:
            names.append(layer.name)
    if NO_FILES in names:
        missing.pop(FILES, None)
    return replace(
        ground,
        layers=tuple(layer for layer in LAYERS if layer.name in names),
        missing=missing,
    )


def _not_wanted(names: list[str]) -> tuple[str, ...]:
    """Layers that this process has no need of: another one does it, or there is nothing to do."""
    unneeded = []
    if FILES in names:
        unneeded.append(NO_FILES)
    if _IS_WINDOWS or os.geteuid() != 0:
        unneeded.append(USER)
    return tuple(unneeded)


def _as_it_is(ground: Ground) -> Ground:
    return ground


def _with_posix(ground: Ground) -> Ground:
    if _IS_WINDOWS:
        raise _Unavailable("Windows has nothing like it")
    return ground


def _with_linux(ground: Ground) -> Ground:
    if not IS_LINUX:
        raise _Unavailable("only Linux has it")
    return ground


def _with_capabilities(ground: Ground) -> Ground:
    if not IS_LINUX or not MACHINE:
        raise _Unavailable("only Linux on x86-64 and ARM64 has it here")
    return ground


def _with_users(ground: Ground) -> Ground:
    import torch

    users = identity.free_users(ground.policy.slots, secrets.randbelow(10_000))
    if users is None:
        raise _Unavailable("no user numbers are free")
    needed = [os.__file__, torch.__file__, *(path for path in sys.path if os.path.isabs(path))]
    path = identity.unreadable(users[0], [each for each in needed if os.path.exists(each)])
    if path:
        raise _Unavailable(
            f"other users cannot read the Python environment ({path}); "
            "install it where all may read it, such as /opt"
        )
    return replace(ground, users=users)


def _with_rules(ground: Ground) -> Ground:
    import fcntl

    rules = landlock.ruleset(ground.readable)
    # Out of the way of the descriptors that a worker arranges for itself.
    kept = fcntl.fcntl(rules, fcntl.F_DUPFD_CLOEXEC, KEPT_DESCRIPTORS)
    os.close(rules)
    remember_installed()
    return replace(ground, rules=kept)


def _without_files(ground: Ground) -> Ground:
    _with_linux(ground)
    if CALLS in ground.policy.without:
        raise _Unavailable("it is done by the filter of system calls, which is left out")
    calls = seccomp.program(opens_files=False)
    preload()
    return replace(ground, calls=calls)


def _with_calls(ground: Ground) -> Ground:
    _with_linux(ground)
    return ground if ground.calls is not None else replace(ground, calls=seccomp.program())


_PREPARE: Final[dict[str, Callable[[Ground], Ground]]] = {
    PROCESS: _with_posix,
    LIMITS: _with_posix,
    USER: _with_users,
    CAPABILITIES: _with_capabilities,
    DEATH: _with_linux,
    PRIVILEGES: _with_linux,
    FILES: _with_rules,
    NO_FILES: _without_files,
    CALLS: _with_calls,
}


def _readable() -> Iterator[Path]:
    """Python, its libraries, the installed packages, and this package without its course."""
    yield from map(Path, _SYSTEM)
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    packages |= {*site.getsitepackages(), site.getusersitepackages()}
    left_out = {*packages, str(_OWN), str(_OWN / "bundled")}
    libraries = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    for folder in map(Path, [*libraries, *packages, str(_OWN)]):
        if folder.is_dir():
            yield from (path for path in folder.iterdir() if str(path) not in left_out)


def _clause(reason: Exception) -> str:
    if isinstance(reason, OSError) and reason.strerror:
        return f"the kernel says: {reason.strerror}"
    return str(reason)
