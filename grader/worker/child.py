"""The last steps of a worker before the learner's code, the same under either engine."""

from __future__ import annotations

import os
import select
import sys
import traceback
from typing import Final, NoReturn

from grader.wire.control import Entered, pack_entered
from grader.worker import runner, scratch
from grader.worker.sandbox import KEPT_DESCRIPTORS, Ground, Setting, lock_down

_REQUEST, _ANSWERS, _REPORT = 3, 4, 5

_AT_ONCE_S: Final = 0.05
"""A request that comes sooner is one of many: to rehearse would take longer than it spares."""

GO: Final = b"go"
"""What comes over the report's socket when the request is there."""


def run(
    request: int, answers: int, printed: int, report: int, ground: Ground, setting: Setting
) -> NoReturn:
    """Turns this process into a worker, runs it and leaves.

    Args:
        request: descriptor to read the request from.
        answers: descriptor to write the frames to.
        printed: descriptor that takes standard output and error.
        report: descriptor that takes an `Entered` and is closed before the learner's code runs;
            one that waits is a socket, and `GO` comes over it.
        ground: the layers of this machine.
        setting: what is this worker's own.
    """
    status = 1
    try:
        _arrange([os.open(os.devnull, os.O_RDONLY), printed, printed, request, answers, report])
        if setting.scratch:
            scratch.enter(setting.scratch)
        elif ground.calls is not None or ground.rules is not None:
            scratch.do_without()
        layers = lock_down(ground, setting)
        if setting.waits:
            if not select.select([_REPORT], [], [], _AT_ONCE_S)[0]:
                # What a fork's first time costs is paid before anybody waits for it.
                runner.warm_up()
            if os.read(_REPORT, len(GO)) != GO:
                os._exit(0)  # whoever would send it is gone
        prepared = runner.prepare(_read(_REQUEST))
        os.write(_REPORT, pack_entered(Entered(layers, prepared.text.scan)))
        os.close(_REPORT)
        runner.run(prepared, _ANSWERS)
        status = 0
    except BaseException:  # whatever happens, this process must not go on as its parent's copy
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _arrange(wanted: list[int]) -> None:
    """Puts the wanted descriptors at 0, 1, 2, ...; copies first, so that none is overwritten."""
    copies = []
    for descriptor in wanted:
        copy = os.dup(descriptor)
        while copy < KEPT_DESCRIPTORS:
            copy = os.dup(copy)
        copies.append(copy)
    for target, copy in enumerate(copies):
        os.dup2(copy, target, inheritable=False)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = open(  # noqa: SIM115
            number, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _read(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts = []
    while part := os.read(descriptor, 2**24):
        parts.append(part)
    os.close(descriptor)
    return b"".join(parts)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
