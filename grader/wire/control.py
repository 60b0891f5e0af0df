"""What a pool and the processes that it starts say to each other; no learner's code is near.

These messages travel between the judge and its own warm processes, before a worker exists or after
it is dead.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from grader.wire.layers import Held, Policy

READY: Final = b"ready\n"
"""What a one-shot process writes when it has imported everything."""


class Limits(msgspec.Struct, frozen=True):
    """What a worker may use.

    Attributes:
        wall_s: seconds from its start to its end.
        cpu_s: seconds of processor time, rounded up to whole ones.
        memory_bytes: memory on top of what the warm process already takes.
        output_bytes: size of the result file, and of the printed text.
        scratch_bytes: size of a folder of its own that it may write to; 0 for none.
    """

    wall_s: float = 20.0
    cpu_s: float = 20.0
    memory_bytes: int = 2 * 2**30
    output_bytes: int = 64 * 2**20
    scratch_bytes: int = 0


class Start(msgspec.Struct, frozen=True, tag="start"):
    """Run a worker; three descriptors come with it: request, answers, printed text."""

    id: int
    limits: Limits


class Order(msgspec.Struct, frozen=True, tag="order"):
    """What a one-shot process is given instead: the same three as files.

    Attributes:
        request: path of the request.
        answers: path of the file for the answers.
        printed: path of the file for standard output and error.
        limits: what it may use.
        dies_with_parent: whether the thread that started it lives as long as the judge.
        policy: how it shall be held.
        slot: its number among those that run at the same time.
        scratch: a folder that it may write to; empty for none.
        tests_itself: to run the self-test instead of the request, and to report `Held`.
    """

    request: str
    answers: str
    printed: str
    limits: Limits
    dies_with_parent: bool
    policy: Policy
    slot: int = 0
    scratch: str = ""
    tests_itself: bool = False


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The warm process has imported everything.

    Attributes:
        threads: how many threads it has; a fork is safe only with one.
        held: what holds its workers.
    """

    threads: int
    held: Held


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """A worker and everything that it started are dead and reaped.

    Attributes:
        id: of its `Start`.
        exit_code: None if a signal ended it.
        signal: None if it exited.
        why: whether it was ended by itself, the clock, or its use of memory or of its folder.
        cpu_s: processor time, its waited-for children's included.
        wall_s: from fork to end.
        max_rss: largest resident size, bytes.
        layers: names of the isolation layers it reported before it ran any of the learner's code.
    """

    id: int
    exit_code: int | None
    signal: int | None
    why: Literal["itself", "timeout", "memory", "scratch"]
    cpu_s: float
    wall_s: float
    max_rss: int
    layers: tuple[str, ...]


FromWarm = Ready | Ended
