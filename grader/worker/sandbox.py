"""The layers that hold a worker, each a function that the worker applies to itself.

`lock_down` runs them in order, before any of the learner's code, and returns the names of those
that took hold. A further layer is one more function in `LAYERS`; order matters (descriptors before
the limit on their number, the parent's death after anything that changes the user).
"""

from __future__ import annotations

import ctypes
import math
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from grader.wire.control import Limits
from grader.worker.processes import virtual_bytes

KEPT_DESCRIPTORS: Final = 6
"""Descriptors 0 to 5 stay: null, printed text twice, request, answers, and the report of layers."""

_OPEN_FILES: Final = 64
_MOST_DESCRIPTORS: Final = 65_536
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38


@dataclass(frozen=True)
class Setting:
    """What a layer may need to know.

    Attributes:
        limits: what the worker may use.
        parent: the process whose death ends this one, 0 if there is no such tie.
    """

    limits: Limits
    parent: int


@dataclass(frozen=True)
class Layer:
    """One thing that holds a worker.

    Attributes:
        name: as reported.
        apply: takes hold of this process; returns False where the platform does not have it.
    """

    name: str
    apply: Callable[[Setting], bool]


def lock_down(setting: Setting) -> tuple[str, ...]:
    """Applies every layer to this process; returns the names of those that hold."""
    return tuple(layer.name for layer in LAYERS if layer.apply(setting))


def prctl(option: int, value: int) -> bool:
    """Linux's ``prctl(option, value)``; False if it is refused or the system has none."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0) == 0)


def signal_at_parent_death(number: int) -> bool:
    """Has the kernel send this process a signal when the thread that started it ends."""
    return prctl(_PR_SET_PDEATHSIG, number)


def _own_process_group(_: Setting) -> bool:
    if sys.platform == "win32":
        return False
    if os.getsid(0) != os.getpid():
        os.setsid()
    return True


def _closed_descriptors(_: Setting) -> bool:
    os.closerange(KEPT_DESCRIPTORS, _MOST_DESCRIPTORS)
    return True


def _resource_limits(setting: Setting) -> bool:
    if sys.platform == "win32":
        return False
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
    return True


def _parent_death(setting: Setting) -> bool:
    if not setting.parent or not signal_at_parent_death(signal.SIGKILL):
        return False
    if os.getppid() != setting.parent:
        os._exit(0)  # it died before the line above
    return True


def _no_new_privileges(_: Setting) -> bool:
    return prctl(_PR_SET_NO_NEW_PRIVS, 1)


LAYERS: Final = (
    Layer("process group", _own_process_group),
    Layer("closed descriptors", _closed_descriptors),
    Layer("resource limits", _resource_limits),
    Layer("parent-death signal", _parent_death),
    Layer("no new privileges", _no_new_privileges),
)
