"""What a pool and the processes that it starts say to each other; no learner's code is near.

These messages travel between the judge and its own warm processes, before a worker exists or after
it is dead. One is a worker's own, `Entered`: it is written before any of the learner's code runs,
over a channel that is closed before then too.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from grader.errors import WireError
from grader.wire.bounds import check_bounds
from grader.wire.frames import Count, ForbiddenUse, Line, Text
from grader.wire.layers import Held, Policy

MOST_ENTERED: Final = 2**14
"""The longest `Entered`, bytes: a quarter of what a pipe holds, so that writing never blocks."""

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
    """Fork a worker; three descriptors come with it: request, answers, printed text.

    Attributes:
        id: its number.
        limits: what it may use.
        waits: it goes ahead as far as it can without a request, and waits for `Go`.
    """

    id: int
    limits: Limits
    waits: bool = False


class Go(msgspec.Struct, frozen=True, tag="go"):
    """The request of a worker that waits has been written; its time begins."""

    id: int


class Kill(msgspec.Struct, frozen=True, tag="kill"):
    """Nobody wants to know any more what a worker answers; it ends like any other."""

    id: int


ToWarm = Start | Go | Kill


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


class Flag(msgspec.Struct, frozen=True):
    """Something in the learner's file that an instructor should look at.

    Attributes:
        line: where.
        what: what the file does there, such as ``uses exec``.
        why: why the text cannot tell what comes of it; empty if it reaches for the machine.
    """

    line: Line | None
    what: Text
    why: Text = ""


class Scan(msgspec.Struct, frozen=True):
    """What was found in the text of the learner's file, before any of it ran.

    Attributes:
        uses: forbidden names in reach of the exercise's functions.
        flags: what the text does not decide, and what reaches for the machine.
        cut: how many findings were left out.
        fault: why the text could not be searched to its end; empty if it was.
    """

    uses: Annotated[tuple[ForbiddenUse, ...], msgspec.Meta(max_length=500)] = ()
    flags: Annotated[tuple[Flag, ...], msgspec.Meta(max_length=500)] = ()
    cut: Count = 0
    fault: Text = ""


class Entered(msgspec.Struct, frozen=True, tag="entered"):
    """A worker is locked down and has read the learner's file, of which nothing ran yet.

    Attributes:
        layers: names of the isolation layers that hold it.
        scan: what it found in the file.
    """

    layers: tuple[Text, ...]
    scan: Scan


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
        entered: the bytes of its `Entered`, as they came; empty if it did not get there.
    """

    id: int
    exit_code: int | None
    signal: int | None
    why: Literal["itself", "timeout", "memory", "scratch"]
    cpu_s: float
    wall_s: float
    max_rss: int
    entered: bytes


FromWarm = Ready | Ended

_ENTERED: Final = msgspec.msgpack.Decoder(Entered)


def pack_entered(entered: Entered) -> bytes:
    """The bytes of a message that fits; findings that do not are counted as cut."""
    while True:
        data = msgspec.msgpack.encode(entered)
        scan = entered.scan
        if len(data) <= MOST_ENTERED or not (scan.uses or scan.flags):
            return data
        entered = Entered(entered.layers, _shorter(scan))


def _shorter(scan: Scan) -> Scan:
    """Drops a flag, or the use that costs nothing to drop: not the last one of its function."""
    cut = scan.cut + 1
    if scan.flags:
        return Scan(scan.uses, scan.flags[:-1], cut, scan.fault)
    functions = [use.function for use in scan.uses]
    place = next(
        (place for place, name in enumerate(functions) if name in functions[:place]),
        len(functions) - 1,
    )
    return Scan((*scan.uses[:place], *scan.uses[place + 1 :]), (), cut, scan.fault)


def read_entered(data: bytes) -> Entered:
    """The message in bytes that a worker wrote.

    Raises:
        WireError: if they are anything else.
    """
    if not data:
        raise WireError("nothing arrived")
    if len(data) > MOST_ENTERED:
        raise WireError(f"it takes more than {MOST_ENTERED} bytes")
    check_bounds(data)
    try:
        return _ENTERED.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"it is not a message of this grader: {error}") from error
