"""What holds a worker: layers that it applies to itself before any of the learner's code.

`prepare` finds out once what this machine has, and tests itself; `lock_down` applies it in a
worker. Each layer is explained where it is made: `landlock` (files), `seccomp` (system calls),
`identity` (users and powers), `layers` (all of them, in order).
"""

from __future__ import annotations

import os
import traceback
from dataclasses import replace

import msgspec

from grader.errors import EngineError
from grader.wire.control import Limits
from grader.wire.layers import Held
from grader.worker.sandbox.ground import prepare
from grader.worker.sandbox.layers import KEPT_DESCRIPTORS, Ground, Setting
from grader.worker.sandbox.probe import possible

__all__ = ["KEPT_DESCRIPTORS", "Ground", "Setting", "lock_down", "prepare", "self_test", "tested"]


def lock_down(ground: Ground, setting: Setting) -> tuple[str, ...]:
    """Applies every layer to this process; returns their names.

    Raises:
        OSError: if one cannot be applied; this process must then not run anything of a learner's.
    """
    for layer in ground.layers:
        layer.apply(ground, setting)
    return tuple(layer.name for layer in ground.layers)


def self_test(ground: Ground) -> tuple[Ground, Held]:
    """Has a child process lock itself down and try what no worker may do.

    Returns:
        The ground without the layers that cannot be applied, and what holds: a layer that let
        something through counts as missing, with what that was.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(writing, KEPT_DESCRIPTORS - 1)
            outcome = tested(ground, Setting(limits=Limits(), parent=parent))
            os.write(KEPT_DESCRIPTORS - 1, msgspec.msgpack.encode(outcome))
        except BaseException:  # whatever happens, this process must not go on as its parent's copy
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:
        found = file.read()
    os.waitpid(pid, 0)
    if not found:
        raise EngineError("the self-test of the layers that hold workers did not end")
    applied, held = msgspec.msgpack.decode(found, type=tuple[tuple[str, ...], Held])
    return replace(ground, layers=tuple(x for x in ground.layers if x.name in applied)), held


def tested(ground: Ground, setting: Setting) -> tuple[tuple[str, ...], Held]:
    """Locks this process down and tries what no worker may do.

    Returns:
        The names of the layers that could be applied, and what holds.
    """
    refused: dict[str, str] = {}
    for layer in ground.layers:
        try:
            layer.apply(ground, setting)
        except OSError as error:
            refused[layer.name] = f"the kernel says: {error.strerror or error}"
    applied = tuple(layer.name for layer in ground.layers if layer.name not in refused)
    let_through = possible(applied, ground, setting)
    return applied, Held(
        layers=tuple(name for name in applied if name not in let_through),
        missing={**ground.missing, **refused, **let_through},
    )
