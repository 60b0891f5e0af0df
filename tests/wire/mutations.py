"""What a hostile worker may write: honest frames, damaged at random but reproducibly.

Half of the damage is done to bytes, half to the values that msgpack holds, in a frame whose length
is right again: that is the half that gets past the first check.
"""

from __future__ import annotations

import copy
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from grader.wire.frames import (
    Answer,
    DictNode,
    Finished,
    ForbiddenUse,
    FromWorker,
    FunctionFacts,
    GeneratorNode,
    ListNode,
    Loaded,
    OpaqueNode,
    OperationCount,
    Raised,
    SuppliedNode,
    TensorNode,
    TupleNode,
    pack,
    read_frames,
)
from grader.wire.values import DTYPES, decode

HEADER = 4
TAGS = (
    "tensor", "list", "tuple", "dict", "generator", "supplied", "opaque",
    "answer", "loaded", "finished", "request", "ready",
)  # fmt: skip
ODD_FLOATS = (float("nan"), float("inf"), -float("inf"), 5e-324, -0.0, 1.7e308, 1e300, 2.0**53 + 1)
ODD_INTS = (-1, 0, 1, 2**31, 2**40, 2**63 - 1, 2**63, 2**64 - 1, -(2**63))


def _raw(data: bytes) -> msgspec.Raw:
    return msgspec.Raw(data)


# Headers that promise four thousand million items, nesting beyond any bound, text that is none.
ODD_BYTES = tuple(
    map(
        _raw,
        [
            b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff",
            b"\xdb\xff\xff\xff\xff", b"\xdc\xff\xff", b"\xde\x00\x01", b"\xc5\x00", b"\xd9\x05ab",
            b"\x91\xcd\x40\x00", b"\x91" * 200 + b"\xc0", b"\x92\xa4list\x91" * 40 + b"\xc0",
            b"\x81\xa1a" * 90 + b"\xc0", b"\xa2\xff\xfe", b"\xa3\xed\xa0\x80", b"\xa2\xc0\x80",
            b"\xc1", b"\xd4\x01\x00", b"\xd6\xff\x00\x00\x00\x00", b"\xca\x7f\xc0\x00\x00",
            b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x01", b"\xc7\x00\x00", b"\xc0\xc0", b"",
        ],
    )
)  # fmt: skip


def corpus() -> list[bytes]:
    """Files of honest frames: every message, every record and every kind of node."""
    raised = Raised(
        "ValueError", "no", "other", 3, "f", "x = (", ((3, "f"), (9, "g")),
        {"x": "float64 (2,)"}, ("ValueError", "Exception"),
    )  # fmt: skip
    use = ForbiddenUse("layer_norm", 4, "torch.layer_norm", "f")
    facts = FunctionFacts(1, 2, "(x)", True, "keyword", ("x",))
    whole = Loaded({"f": facts, "g": FunctionFacts(None, None, "", False, "no")}, ("f",), None)
    floats = struct.pack("=4d", 1.0, -2.5, 0.0, 1e-3)
    tensor = TensorNode(
        "float64", (2, 2), floats, None, True, TensorNode("float64", (2, 2), floats)
    )
    kinds = tuple(
        TensorNode(name, (2, 3), bytes(6 * dtype.itemsize)) for name, dtype in DTYPES.items()
    )
    numbers: tuple[Any, ...] = (None, True, 7, -(2**40), 0.1, "text", "ü→x", *ODD_FLOATS[:5])
    supplied = SuppliedNode("Step", {"by": 3, "of": ListNode((1, tensor))})
    plain = Answer(
        case="values",
        values=(ListNode(numbers), TupleNode((tensor, *kinds)), DictNode((("k", True), (3, -1)))),
        inputs_after=({"x": tensor, "n": 4}, {"x": tensor}, {}),
        operations=(OperationCount("aten::mul", 3, 2), OperationCount("torch.sum", 1)),
        duration_s=0.5,
        printed=12,
    )
    pulled = Answer(
        case="gradients",
        values=(tensor,),
        gradients=({"x": tensor, "y": None, "z": ListNode((tensor, None))},),
        gradient_problem="none",
        inputs_after=({"x": OpaqueNode("numpy.ndarray", "float64 (2,)")},),
        globals_changed=("the default dtype",),
    )
    odd = Answer(
        case="odd",
        values=(GeneratorNode(1, 2), supplied, TensorNode("int8", (2, 2), b"1234")),
        forbidden=(use,),
        raised=raised,
        call=3,
    )
    messages: list[list[FromWorker]] = [
        [whole, plain, pulled, odd, Finished()],
        [Loaded({}, (), raised), Finished()],
        [whole, pulled],
        [plain],
        [odd],
    ]
    return [b"".join(map(pack, each)) for each in messages]


def mutated(source: random.Random, files: Sequence[bytes]) -> bytes:
    """One of the files, damaged."""
    data = source.choice(files)
    return (
        _bytewise(source, data, files) if source.random() < 0.5 else _valuewise(source, data, files)
    )


def read(data: bytes) -> int:
    """Reads a file as the judge does, the values too; returns how many messages it held.

    Raises:
        WireError: what is to be expected; anything else is a fault of the reader.
    """
    count = 0
    for message in read_frames(data):
        count += 1
        if isinstance(message, Answer):
            for node in nodes(message):
                decode(node)
    return count


def nodes(answer: Answer) -> Iterator[Any]:
    """Everything in an answer that the judge decodes."""
    yield from answer.values
    for each in (*(answer.gradients or ()), *answer.inputs_after):
        yield from each.values()


def frames(data: bytes) -> list[bytes]:
    """The payloads of a file that is well-formed."""
    found, position = [], 0
    while position < len(data):
        start = position + HEADER
        position = start + int.from_bytes(data[position:start], "big")
        found.append(data[start:position])
    return found


def framed(payload: bytes) -> bytes:
    """A frame with any payload."""
    return len(payload).to_bytes(HEADER, "big") + payload


# Damage to bytes.


def _bytewise(source: random.Random, data: bytes, files: Sequence[bytes]) -> bytes:
    payloads = frames(data)
    place = source.randrange(len(payloads))
    keeps_length = source.random() < 0.5
    bad = bytearray(payloads[place] if keeps_length else data)
    for _ in range(source.randint(1, 4)):
        source.choice(_BYTEWISE)(source, bad, files)
    if not keeps_length:
        return bytes(bad)
    return b"".join(map(framed, [*payloads[:place], bytes(bad), *payloads[place + 1 :]]))


def _flip(source: random.Random, bad: bytearray, files: Sequence[bytes]) -> None:
    if bad:
        bad[source.randrange(len(bad))] ^= 1 << source.randrange(8)


def _overwrite(source: random.Random, bad: bytearray, files: Sequence[bytes]) -> None:
    if bad:
        bad[source.randrange(len(bad))] = source.choice(
            (0, 0x7F, 0x80, 0xC1, 0xFF, source.getrandbits(8))
        )


def _insert(source: random.Random, bad: bytearray, files: Sequence[bytes]) -> None:
    place = source.randint(0, len(bad))
    bad[place:place] = source.randbytes(source.randint(1, 9))


def _delete(source: random.Random, bad: bytearray, files: Sequence[bytes]) -> None:
    place = source.randint(0, len(bad))
    del bad[place : place + source.randint(1, 9)]


def _truncate(source: random.Random, bad: bytearray, files: Sequence[bytes]) -> None:
    del bad[source.randint(0, len(bad)) :]


def _splice(source: random.Random, bad: bytearray, files: Sequence[bytes]) -> None:
    other = source.choice(files)
    bad[source.randint(0, len(bad)) :] = other[source.randint(0, len(other)) :]


def _length(source: random.Random, bad: bytearray, files: Sequence[bytes]) -> None:
    """The length of the frame, or whatever stands where it should."""
    bad[:HEADER] = source.choice(
        (0, 1, len(bad), 2**31, 2**32 - 1, source.getrandbits(16))
    ).to_bytes(4, "big")


_BYTEWISE: tuple[Callable[[random.Random, bytearray, Sequence[bytes]], None], ...] = (
    _flip, _flip, _overwrite, _insert, _delete, _truncate, _splice, _length,
)  # fmt: skip


# Damage to values.


class _Slot:
    """A place in a tree of lists and dicts."""

    def __init__(self, holder: Any, key: Any) -> None:
        self.holder, self.key = holder, key

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    @value.setter
    def value(self, value: Any) -> None:
        self.holder[self.key] = value


def _valuewise(source: random.Random, data: bytes, files: Sequence[bytes]) -> bytes:
    payloads = frames(data)
    place = source.randrange(len(payloads))
    payloads[place] = mutated_payload(source, payloads[place], frames(source.choice(files)))
    if source.random() < 0.1:
        source.shuffle(payloads)
    return b"".join(map(framed, payloads))


def mutated_payload(source: random.Random, payload: bytes, others: Sequence[bytes]) -> bytes:
    """One frame's content with one to three of its values changed."""
    root = [msgspec.msgpack.decode(payload)]
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        slot = source.choice(list(_slots(root)))
        if source.random() < 0.15:
            grafts = [msgspec.msgpack.decode(source.choice(others))]
            slot.value = copy.deepcopy(source.choice(list(_slots(grafts))).value)
        else:
            slot.value = _changed(source, slot.value)
    try:
        return msgspec.msgpack.encode(root[0])
    except (OverflowError, ValueError, RecursionError):
        return payload  # several changes together may be more than msgpack can say


def _slots(holder: Any) -> Iterator[_Slot]:
    keys = list(holder) if isinstance(holder, dict) else range(len(holder))
    for key in keys:
        yield _Slot(holder, key)
        if isinstance(holder[key], (list, dict)):
            yield from _slots(holder[key])


def _changed(source: random.Random, value: Any) -> Any:
    if isinstance(value, msgspec.Raw):
        return value
    if source.random() < 0.25:
        return source.choice(
            (*ODD_BYTES, *ODD_FLOATS, *ODD_INTS, None, True, "", b"", [], {}, "x" * 5000)
        )
    if isinstance(value, dict):
        return _changed_dict(source, value)
    if isinstance(value, list):
        return _changed_list(source, value)
    if isinstance(value, bytes):
        return _changed_data(source, value)
    if isinstance(value, str):
        others = (
            TAGS if value in TAGS else (*DTYPES, value[:-1], value + "\u202e", "\0", "a" * 4001)
        )
        return source.choice(others)
    if isinstance(value, bool) or value is None:
        return source.choice((True, False, None, 0, [], [1], [2, 1], {}, "none"))
    if isinstance(value, int):
        return source.choice((*ODD_INTS, value ^ 1, max(-value, -(2**63)), value / 2))
    return source.choice((*ODD_FLOATS, -value, int(value) if abs(value) < 2**60 else 0))


def _changed_list(source: random.Random, value: list[Any]) -> Any:
    """Another arity, another order, or the same items under another header."""
    items = list(value)
    what = source.randrange(5)
    if what == 0 and items:
        items.pop(source.randrange(len(items)))
    elif what == 1:
        items.insert(source.randint(0, len(items)), source.choice((None, 0, 1.5, "x", b"", [], {})))
    elif what == 2 and items:
        items.append(copy.deepcopy(source.choice(items)))
    elif what == 3:
        source.shuffle(items)
    else:
        more = source.choice((1, 2, 1000))
        body = b"".join(_encoded(item) for item in items)
        return _raw(b"\xdd" + (len(items) + more).to_bytes(4, "big") + body)
    return items


def _changed_dict(source: random.Random, value: dict[Any, Any]) -> Any:
    """A key lost, renamed, or there twice."""
    pairs = list(value.items())
    if not pairs:
        return {"x": None}
    key, inner = source.choice(pairs)
    what = source.randrange(3)
    if what == 0:
        return {other: one for other, one in pairs if other != key}
    if what == 1:
        return {(f"{other}_" if other == key else other): one for other, one in pairs}
    again = _encoded(key) + _encoded(source.choice((inner, None, [], {}, 1, "")))
    body = b"".join(_encoded(other) + _encoded(one) for other, one in pairs)
    return _raw(b"\xdf" + (len(pairs) + 1).to_bytes(4, "big") + body + again)


def _changed_data(source: random.Random, value: bytes) -> bytes:
    """Tensor bytes: too few, too many, flipped, or one number that is odd."""
    data = bytearray(value)
    what = source.randrange(4)
    if what == 0:
        del data[source.randint(0, len(data)) :]
    elif what == 1:
        data += source.randbytes(source.choice((1, 8)))
    elif what == 2 and data:
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)
    elif len(data) >= 8:
        place = 8 * source.randrange(len(data) // 8)
        data[place : place + 8] = struct.pack("=d", source.choice(ODD_FLOATS))
    return bytes(data)


def _encoded(value: Any) -> bytes:
    return bytes(value) if isinstance(value, msgspec.Raw) else msgspec.msgpack.encode(value)
