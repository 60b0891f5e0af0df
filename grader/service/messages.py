"""What a service and whoever asks it say to each other, over the standard streams of the service.

Both ends are ours and of one version; the bounds of untrusted frames are not needed here.
"""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

import msgspec

from grader.pool import Policy
from grader.result import Exercise, Quiz, Result
from grader.settings import Settings
from grader.wire.layers import Held

_LENGTH: Final = struct.Struct("<Q")


class Sit(msgspec.Struct, frozen=True, tag="sit"):
    """The first message: which course is judged.

    Attributes:
        course: folder with ``exercises`` and ``solutions``.
    """

    course: str


class Fork(msgspec.Struct, frozen=True):
    """To a nursery: a judge is wanted.

    Attributes:
        jobs: how many workers it may run at the same time.
        policy: how they shall be held.
    """

    jobs: int
    policy: Policy


class Handed(msgspec.Struct, frozen=True):
    """A `grader.submission.Submitted`; its entry goes by its label."""

    label: str
    file: str
    source: bytes | None
    fault: str
    missing: bool
    cells: tuple[int, ...]
    notes: tuple[str, ...]


class Grade(msgspec.Struct, frozen=True, tag="grade"):
    """Judge these files."""

    number: int
    submission: tuple[Handed, ...]
    settings: Settings


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """The verdict under way is not wanted any more."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The service is warm.

    Attributes:
        held: what holds the workers.
    """

    held: Held


class Judged(msgspec.Struct, frozen=True, tag="judged"):
    """An exercise or a quiz is finished; the whole comes later."""

    number: int
    exercise: Exercise | None = None
    quiz: Quiz | None = None


class Graded(msgspec.Struct, frozen=True, tag="graded"):
    """The verdict."""

    number: int
    result: Result


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """There is no verdict.

    Attributes:
        number: of what was asked for; -1 if the service could not begin.
        why: what happened and what to do next.
        stopped: whether it was stopped as it was asked to.
        usage: whether what was asked for is not there.
    """

    number: int
    why: str
    stopped: bool = False
    usage: bool = False


ToService = Sit | Grade | Stop
FromService = Ready | Judged | Graded | Failed

_TO_SERVICE: Final = msgspec.msgpack.Decoder(ToService)
_FROM_SERVICE: Final = msgspec.msgpack.Decoder(FromService)


def send(stream: BinaryIO, message: ToService | FromService) -> None:
    """Writes a message.

    Raises:
        OSError: if the other end is gone.
    """
    data = msgspec.msgpack.encode(message)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def asked(stream: BinaryIO) -> ToService | None:
    """The next message to a service; None if nobody is there to send one."""
    data = _frame(stream)
    return None if data is None else _TO_SERVICE.decode(data)


def answered(stream: BinaryIO) -> FromService | None:
    """The next message from a service; None if it is gone."""
    data = _frame(stream)
    return None if data is None else _FROM_SERVICE.decode(data)


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
