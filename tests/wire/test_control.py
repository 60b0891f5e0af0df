"""What a worker says before the learner's code: bounded, and read with suspicion."""

from __future__ import annotations

import random

import msgspec
import pytest

from grader.errors import WireError
from grader.wire.control import MOST_ENTERED, Entered, Flag, Scan, pack_entered, read_entered
from grader.wire.frames import ForbiddenUse

LAYERS = ("process group", "resource limits")


def scan(uses: int, flags: int, text: str = "x" * 100) -> Scan:
    """A scan with so many findings; every second use is of another function."""
    return Scan(
        uses=tuple(ForbiddenUse(text, line, text, "fg"[line % 2]) for line in range(uses)),
        flags=tuple(Flag(line, text, text) for line in range(flags)),
    )


def test_what_is_packed_is_read() -> None:
    """A message of usual size crosses whole."""
    entered = Entered(LAYERS, scan(3, 4))
    assert read_entered(pack_entered(entered)) == entered


def test_a_message_is_never_too_long() -> None:
    """Flags go first, then uses, and each function keeps one; what went is counted."""
    large = Entered(LAYERS, scan(60, 60))
    data = pack_entered(large)
    small = read_entered(data).scan
    assert len(data) <= MOST_ENTERED
    assert (len(small.uses), small.cut) == (60, 60 - len(small.flags))

    data = pack_entered(Entered(LAYERS, scan(90, 90, "x" * 1000)))
    small = read_entered(data).scan
    assert len(data) <= MOST_ENTERED
    assert {use.function for use in small.uses} == {"f", "g"}
    assert small.cut == 180 - len(small.uses)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xc1",
        b"\xdd\xff\xff\xff\xff",
        msgspec.msgpack.encode({"type": "entered"}),
        msgspec.msgpack.encode({"type": "ready", "threads": 1}),
        msgspec.msgpack.encode({"type": "entered", "layers": ["a" * 9999], "scan": {}}),
        msgspec.msgpack.encode({"type": "entered", "layers": [], "scan": {"cut": -1}}),
        msgspec.msgpack.encode({"type": "entered", "layers": [], "scan": {"uses": [1]}}),
        pack_entered(Entered(LAYERS, Scan()))[:-1],
        pack_entered(Entered(LAYERS, Scan())) + b"\xc0",
        b"\x00" * (MOST_ENTERED + 1),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    """Nothing, too much, and what is no such message."""
    with pytest.raises(WireError):
        read_entered(data)


def test_damaged_messages_are_refused_or_valid() -> None:
    """2000 damaged messages: each is read or refused, nothing else happens."""
    good, source, refused = pack_entered(Entered(LAYERS, scan(3, 3))), random.Random(0), 0
    for _ in range(2000):
        bad = bytearray(good)
        for _ in range(source.randint(1, 4)):
            bad[source.randrange(len(bad))] = source.randrange(256)
        try:
            assert isinstance(read_entered(bytes(bad)), Entered)
        except WireError:
            refused += 1
    assert refused > 500
