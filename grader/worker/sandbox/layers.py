"""The layers that hold a worker: what each needs, and how a worker applies it to itself.

The order is that of `LAYERS`: descriptors before the limit on their number, the death of the parent
after the change of user (which makes the kernel forget it), Landlock before the filter of system
calls (which would refuse it).
"""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from grader.wire.control import Limits
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
    Policy,
)
from grader.worker.processes import virtual_bytes
from grader.worker.sandbox import identity, landlock, seccomp
from grader.worker.sandbox.kernel import (
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    prctl,
)

KEPT_DESCRIPTORS: Final = 6
"""Descriptors 0 to 5 stay: null, printed text twice, request, answers, and the report of layers."""

_OPEN_FILES: Final = 64
_MOST_DESCRIPTORS: Final = 65_536


@dataclass(frozen=True)
class Ground:
    """What is prepared once, for all workers that come from this process.

    Attributes:
        policy: what was asked for.
        layers: the layers that every worker applies, in order.
        missing: layer → why it cannot be had here.
        users: user numbers for workers; None if they stay who they are.
        readable: what they may read.
        rules: descriptor of the Landlock rules for that.
        calls: the filter of system calls.
    """

    policy: Policy
    layers: tuple[Layer, ...] = ()
    missing: dict[str, str] = field(default_factory=dict)
    users: range | None = None
    readable: tuple[Path, ...] = ()
    rules: int | None = None
    calls: seccomp.Filter | None = None


@dataclass(frozen=True)
class Setting:
    """What differs from worker to worker.

    Attributes:
        limits: what it may use.
        parent: the process whose death ends this one, 0 if there is no such tie.
        slot: its number among those that run at the same time.
        scratch: a folder that it may write to; empty for none.
        waits: it is there before its request is, and has the time to rehearse.
    """

    limits: Limits
    parent: int
    slot: int = 0
    scratch: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Layer:
    """One thing that holds a worker.

    Attributes:
        name: as reported.
        apply: takes hold of this process; raises `OSError` if it cannot.
    """

    name: str
    apply: Callable[[Ground, Setting], None]


def _own_process_group(_: Ground, __: Setting) -> None:
    if os.getsid(0) != os.getpid():
        os.setsid()


def _closed_descriptors(ground: Ground, _: Setting) -> None:
    rules = ground.rules or KEPT_DESCRIPTORS - 1
    os.closerange(KEPT_DESCRIPTORS, rules)
    os.closerange(rules + 1, _MOST_DESCRIPTORS)


def _resource_limits(_: Ground, setting: Setting) -> None:
    import resource

    limits = setting.limits
    cpu = math.ceil(limits.cpu_s)
    wanted = [
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, limits.output_bytes, limits.output_bytes),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
    ]
    taken = virtual_bytes(os.getpid())
    if taken:
        space = taken + limits.memory_bytes
        wanted.append((resource.RLIMIT_AS, space, space))
    for which, soft, hard in wanted:
        most = resource.getrlimit(which)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(which, (soft, hard))


def _own_user(ground: Ground, setting: Setting) -> None:
    assert ground.users is not None
    user = ground.users[setting.slot % len(ground.users)]
    if setting.scratch:
        os.chown(setting.scratch, user, user)
    identity.become(user)


def _no_capabilities(_: Ground, __: Setting) -> None:
    identity.drop_capabilities()


def _parent_death(_: Ground, setting: Setting) -> None:
    if not setting.parent:
        return
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != setting.parent:
        os._exit(0)  # it died before the line above


def _no_new_privileges(_: Ground, __: Setting) -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def _files(ground: Ground, setting: Setting) -> None:
    assert ground.rules is not None
    rules = ground.rules
    if setting.scratch:
        rules = landlock.ruleset(ground.readable, Path(setting.scratch))
    landlock.restrict(rules)
    os.close(rules)


def _no_files(_: Ground, __: Setting) -> None:
    """Nothing to do: the filter of system calls was made so that it refuses to open anything."""


def _system_calls(ground: Ground, setting: Setting) -> None:
    assert ground.calls is not None
    calls = ground.calls
    if setting.scratch and ground.rules is not None:
        calls = seccomp.program(writes_files=True)
    seccomp.install(calls, os.getpid())


LAYERS: Final = (
    Layer(PROCESS, _own_process_group),
    Layer(DESCRIPTORS, _closed_descriptors),
    Layer(LIMITS, _resource_limits),
    Layer(USER, _own_user),
    Layer(CAPABILITIES, _no_capabilities),
    Layer(DEATH, _parent_death),
    Layer(PRIVILEGES, _no_new_privileges),
    Layer(FILES, _files),
    Layer(NO_FILES, _no_files),
    Layer(CALLS, _system_calls),
)
