"""One worker, warmed ahead of time, for platforms without fork (or where fork is unsafe)."""

from __future__ import annotations

import os
import sys

import msgspec

from grader.wire.control import READY, Order
from grader.worker import child, runner
from grader.worker.sandbox import KEPT_DESCRIPTORS, Setting, prepare, tested


def main() -> None:
    """Warms up, says so, waits for one order on standard input, and becomes its worker."""
    runner.warm_up()
    os.write(1, READY)
    data = sys.stdin.buffer.read()
    if not data:
        return  # the judge is gone, or did not need this one
    order = msgspec.msgpack.decode(data, type=Order)
    ground = prepare(order.policy)
    setting = Setting(
        limits=order.limits,
        parent=os.getppid() if order.dies_with_parent else 0,
        slot=order.slot,
        scratch=order.scratch,
    )
    if order.tests_itself:
        os.dup2(1, KEPT_DESCRIPTORS - 1)
        _, held = tested(ground, setting)
        os.write(KEPT_DESCRIPTORS - 1, msgspec.msgpack.encode(held))
        os._exit(0)
    binary = getattr(os, "O_BINARY", 0)
    child.run(
        request=os.open(order.request, os.O_RDONLY | binary),
        answers=os.open(order.answers, os.O_WRONLY | binary),
        printed=os.open(order.printed, os.O_WRONLY | binary),
        report=os.dup(1),
        ground=ground,
        setting=setting,
    )
