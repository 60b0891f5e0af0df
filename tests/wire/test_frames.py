"""Frames: what is written is read back; anything else is refused."""

from __future__ import annotations

import random
import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import WireError
from grader.wire.bounds import MAX_FILE_ITEMS, MAX_ITEMS, check_bounds
from grader.wire.frames import (
    MAX_FRAME,
    Answer,
    DictNode,
    Finished,
    ForbiddenUse,
    FunctionFacts,
    ListNode,
    Loaded,
    OpaqueNode,
    OperationCount,
    Raised,
    Request,
    TensorNode,
    TupleNode,
    pack,
    read_frames,
    read_request,
)

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.builds(TensorNode, st.just("float64"), st.tuples(st.integers(0, 3)), st.binary(max_size=9))
    | st.builds(OpaqueNode, st.text(max_size=9), st.text(max_size=9))
)
nodes = st.recursive(
    leaves,
    lambda inner: (
        st.builds(ListNode, st.lists(inner, max_size=4).map(tuple))
        | st.builds(TupleNode, st.lists(inner, max_size=4).map(tuple))
        | st.builds(
            DictNode,
            st.lists(st.tuples(st.text(max_size=4) | st.integers(-9, 9), inner), max_size=4).map(
                tuple
            ),
        )
    ),
    max_leaves=20,
)


def whole_answer() -> Answer:
    """An answer that uses every kind of record."""
    raised = Raised("ValueError", "no", "other", 3, "f", "", ((3, "f"),), {"x": "float64 (2,)"})
    tensor = TensorNode("float64", (1,), b"12345678", (2,), True)
    return Answer(
        case="a",
        values=(ListNode((1, 2.5, None, "x", tensor)), DictNode((("k", True), (3, -1)))),
        gradients=({"x": tensor, "y": None},),
        inputs_after=({"x": OpaqueNode("numpy.ndarray", "float64 (2,)")},),
        operations=(OperationCount("aten::mul", 3, 2),),
        forbidden=(ForbiddenUse("layer_norm", 4, "torch.layer_norm"),),
        globals_changed=("the default dtype",),
        raised=raised,
        call=1,
        duration_s=0.5,
        printed=12,
    )


def whole_file() -> bytes:
    """The frames of a worker that did everything."""
    facts = FunctionFacts(1, 2, "(x)", True, "keyword", ("x",))
    loaded = Loaded({"f": facts}, ("f",), None)
    return pack(loaded) + pack(whole_answer()) + pack(Finished())


@given(nodes)
def test_any_tree_survives_a_frame(node: object) -> None:
    """What is packed is what is read, types included."""
    answer = Answer(case="a", values=(node,))
    assert list(read_frames(pack(answer))) == [answer]


@pytest.mark.parametrize(
    "value", [float("inf"), -float("inf"), -0.0, 5e-324, 1.7976931348623157e308]
)
def test_floats_are_exact(value: float) -> None:
    """Special and extreme floats cross bit for bit."""
    (answer,) = read_frames(pack(Answer(case="a", values=(value,))))
    assert isinstance(answer, Answer)
    assert str(answer.values[0]) == str(value)


def test_nan_stays_a_float() -> None:
    """Not a number crosses as itself."""
    (answer,) = read_frames(pack(Answer(case="a", values=(float("nan"),))))
    assert isinstance(answer, Answer)
    assert answer.values[0] != answer.values[0]


def test_whole_file_is_read_in_order() -> None:
    """Messages come back in the order in which they were written."""
    kinds = [type(message) for message in read_frames(whole_file())]
    assert kinds == [Loaded, Answer, Finished]


def test_mutated_frames_are_refused_or_valid() -> None:
    """3000 damaged files: each gives messages or `WireError`, nothing else."""
    good, source, refused = whole_file(), random.Random(0), 0
    for _ in range(3000):
        bad = bytearray(good)
        for _ in range(source.randint(1, 4)):
            place = source.randrange(len(bad))
            choice = source.randrange(3)
            if choice == 0:
                bad[place] = source.randrange(256)
            elif choice == 1:
                del bad[place : place + source.randint(1, 9)]
            else:
                bad[place:place] = source.randbytes(source.randint(1, 9))
        try:
            for message in read_frames(bytes(bad)):
                assert isinstance(message, (Loaded, Answer, Finished))
        except WireError:
            refused += 1
    assert refused > 1000


def frame(payload: bytes) -> bytes:
    """A frame with any payload."""
    return len(payload).to_bytes(4, "big") + payload


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0",
        b"\xff\xff\xff\xff",
        frame(b""),
        frame(b"\xdd\xff\xff\xff\xff"),
        frame(b"\x91" * 1000 + b"\xc0"),
        frame(b"\xc1"),
        frame(b"\xd4\x01\x00"),
        frame(msgspec.msgpack.encode({"type": "pickle", "data": b"x"})),
        frame(msgspec.msgpack.encode({"type": "answer", "case": "x" * 10_000})),
        frame(msgspec.msgpack.encode({"type": "answer", "case": "a", "call": -1})),
        frame(msgspec.msgpack.encode({"type": "answer", "case": b"\xff"})),
        frame(b"\x82\xa4type\xa6answer\xa4case\xa1\xff"),
        frame(msgspec.msgpack.encode(Finished()) + b"\xc0"),
        pack(Finished())[:-1],
    ],
)
def test_bad_frames_are_refused(data: bytes) -> None:
    """Hand-made bad frames raise `WireError`."""
    with pytest.raises(WireError):
        list(read_frames(data))


def test_what_came_before_a_bad_frame_counts() -> None:
    """Good messages are given before the bad one is refused."""
    reading = read_frames(pack(Finished()) + b"\0")
    assert next(reading) == Finished()
    with pytest.raises(WireError):
        next(reading)


def test_too_many_items_are_refused_before_they_are_built() -> None:
    """A long list of small items costs no memory."""
    many = MAX_ITEMS + 1
    with pytest.raises(WireError, match="too many"):
        check_bounds(b"\xdd" + many.to_bytes(4, "big") + b"\xc0" * many)


def test_many_frames_have_bounds_together() -> None:
    """Empty dicts are 72 times as large in memory: what all frames hold is counted, not each."""
    body = msgspec.msgpack.encode({"type": "answer", "case": "a", "inputs_after": None})
    empty = b"\xdd" + (400_000).to_bytes(4, "big") + b"\x80" * 400_000
    one = frame(body[:-1] + empty)
    assert len(list(read_frames(one))) == 1
    count, reading = 0, read_frames(one * 40)
    with pytest.raises(WireError, match="too many items"):
        for _ in reading:
            count += 1
    assert count == MAX_FILE_ITEMS // 400_000 - 1


def test_fields_that_are_none_of_ours_are_refused() -> None:
    """A key that is misspelt, or an item too many, is not passed over."""
    for data in (
        {"type": "answer", "case": "a", "forbiden": []},
        {"type": "finished", "more": 1},
        {"type": "answer", "case": "a", "values": [["opaque", "a", "b", "c"]]},
    ):
        with pytest.raises(WireError, match="not a message"):
            list(read_frames(frame(msgspec.msgpack.encode(data))))


def test_a_reason_does_not_quote_at_length() -> None:
    """The report keeps the reason; three million letters of it would be too many."""
    bad = frame(msgspec.msgpack.encode({"type": "x" * 3_000_000}))
    with pytest.raises(WireError) as refused:
        list(read_frames(bad))
    assert len(str(refused.value)) < 400


def test_an_oversized_message_is_not_written() -> None:
    """The bound on a frame holds for the writer too."""
    node = TensorNode("uint8", (MAX_FRAME,), bytes(MAX_FRAME))
    with pytest.raises(WireError, match="the most is"):
        pack(Answer(case="a", values=(node,)))


def test_an_unwritable_message_is_a_wire_error() -> None:
    """Half a surrogate pair and huge integers cannot be written; the error says so."""
    for value in ("\ud800", 2**70):
        with pytest.raises(WireError, match="cannot be written"):
            pack(Answer(case="a", values=(value,)))


def test_a_request_is_exactly_one_frame() -> None:
    """A request file holds one request and nothing more."""
    request = Request("e", "e.py", b"x = 1", {"f": ("x",)})
    assert read_request(pack(request)) == request
    with pytest.raises(WireError, match="one frame"):
        read_request(pack(request) * 2)


def test_pool_and_frames_do_not_import_torch() -> None:
    """The command line starts the warm process before it imports torch itself."""
    script = (
        "import sys, grader.pool, grader.wire.frames; print({'torch','numpy'} & {*sys.modules})"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert printed == b"set()\n"
