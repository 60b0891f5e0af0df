"""The messages between judge and worker, and the frames they travel in.

A frame is a length (4 bytes, big-endian) and that many bytes of msgpack. Every message is a tagged,
frozen record whose type is checked while it is decoded; anything else is a `WireError`. There is
no way to write code into a frame. This module imports neither torch nor numpy.

What a worker says is its claim: values are believed because they are compared, the rest is
evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from grader.errors import WireError
from grader.wire.bounds import MAX_FILE_ITEMS, MAX_ITEMS, check_bounds

MAX_FRAME: Final = 256 * 2**20
"""The largest frame, bytes."""

TEXT_LIMIT: Final = 4_000
"""The longest message, name or line of text, characters."""

_HEADER: Final = 4
_REASON: Final = 300

T = TypeVar("T")

Text = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT)]
LongText = Annotated[str, msgspec.Meta(max_length=1_000_000)]
Line = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0)]
How = Literal["keyword", "position", "no"]
Kind = Literal[
    "not_implemented",
    "syntax",
    "import",
    "signature",
    "memory",
    "output",
    "recursion",
    "other",
]


class TensorNode(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="tensor", array_like=True
):
    """A tensor as plain bytes.

    Attributes:
        dtype: such as ``float64``.
        shape: its sizes.
        data: its elements in row-major order, native byte order.
        strides: for an input that is not contiguous: the strides it is rebuilt with, in elements.
        requires_grad: whether it asks for gradients.
        grad: the gradient that a leaf carries, None if it has none.
    """

    dtype: Text
    shape: tuple[int, ...]
    data: bytes
    strides: tuple[int, ...] | None = None
    requires_grad: bool = False
    grad: TensorNode | None = None


class ListNode(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="list", array_like=True
):
    """A list, or a subclass of one."""

    items: tuple[Node, ...]


class TupleNode(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="tuple", array_like=True
):
    """A tuple, or a subclass of one (named tuples, ``torch.Size``)."""

    items: tuple[Node, ...]


class DictNode(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="dict", array_like=True
):
    """A mapping with string or integer keys, in order."""

    items: tuple[tuple[LongText | int, Node], ...]


class GeneratorNode(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="generator", array_like=True
):
    """A random generator: the worker builds one live generator per key of a task.

    Attributes:
        key: tells the generators of one case apart.
        seed: what it is seeded with.
    """

    key: int
    seed: int


class SuppliedNode(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="supplied", array_like=True
):
    """Something that both sides build from the course's own file.

    Attributes:
        factory: name of the function that makes it.
        arguments: what that is called with.
    """

    factory: Text
    arguments: dict[Text, Node]


class OpaqueNode(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="opaque", array_like=True
):
    """Something that does not cross: what it was, in words.

    Attributes:
        type_name: such as ``numpy.ndarray``.
        text: a short description.
    """

    type_name: Text
    text: Text = ""


Node = (
    None
    | bool
    | int
    | float
    | LongText
    | TensorNode
    | ListNode
    | TupleNode
    | DictNode
    | GeneratorNode
    | SuppliedNode
    | OpaqueNode
)


class Call(msgspec.Struct, frozen=True):
    """One call of a function; arguments in the order of the reference's signature."""

    function: Text
    arguments: dict[Text, Node]


class Task(msgspec.Struct, frozen=True):
    """What a case asks of the worker.

    Attributes:
        case: its name.
        calls: made in order; calls share the live generators.
        gradients: arguments whose gradients are wanted.
        upstream_seed: seeds the upstream gradients, see `grader.wire.values.upstream`.
        allows_global_rng: draws from the global generators are not reported.
        shows: arguments whose state after a call is part of the answer.
    """

    case: Text
    calls: tuple[Call, ...]
    gradients: tuple[Text, ...] = ()
    upstream_seed: int = 0
    allows_global_rng: bool = False
    shows: tuple[Text, ...] = ()


class Request(msgspec.Struct, frozen=True, tag="request"):
    """Everything that a worker is given.

    Attributes:
        name: the exercise.
        filename: what tracebacks call the learner's file.
        source: the learner's file, or the code cells of a notebook one after the other.
        functions: name of each function → its parameters, in order.
        forbids: the author's forbidden words.
        tasks: run in order.
        supplied: the course's own file that `SuppliedNode`s are made from.
        cells: of a notebook, the line of ``source`` that each code cell begins with.
        threads: torch threads.
        output_limit: how many bytes all answers together may take.
    """

    name: Text
    filename: Text
    source: bytes
    functions: dict[Text, tuple[Text, ...]]
    forbids: tuple[Text, ...] = ()
    tasks: tuple[Task, ...] = ()
    supplied: bytes = b""
    cells: tuple[Line, ...] = ()
    threads: int = 1
    output_limit: int = 64 * 2**20


class Raised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exception in the learner's code.

    Attributes:
        type: name of its class.
        message: cleaned and cut.
        kind: what sort of fault it is; ``not_implemented`` only if the learner's file raised it.
        line: the innermost line of the learner's file, or None.
        function: the learner's function that this line is in; empty outside of any.
        text: for a syntax error, the line itself.
        trace: the learner's own frames (line, function), outermost first.
        shapes: arguments of that function → what they were, such as ``float64 (3, 4)``.
        lineage: names of its class and of the classes that it derives from.
    """

    type: Text
    message: Text
    kind: Kind
    line: Line | None = None
    function: Text = ""
    text: Text = ""
    trace: tuple[tuple[Line, Text], ...] = ()
    shapes: dict[Text, Text] = {}
    lineage: tuple[Text, ...] = ()


class ForbiddenUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A forbidden operation that ran or is written.

    Attributes:
        name: the author's word.
        line: the learner's line, if known.
        how: what was seen, such as ``torch.nn.functional.layer_norm``.
        function: the exercise's function that reaches what is written; empty for what ran.
    """

    name: Text
    line: Line | None
    how: Text
    function: Text = ""


class FunctionFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known about one of the learner's functions before it is called.

    Attributes:
        line: where it is defined, None if that cannot be seen.
        last_line: where it ends.
        signature: such as ``(x, weight, eps=1e-05)``.
        is_callable: whether it is a function at all.
        accepts: the exercise's parameters by keyword, only by position (renamed), or not at all.
        parameters: the learner's parameter names.
    """

    line: Line | None
    last_line: Line | None
    signature: Text
    is_callable: bool
    accepts: How
    parameters: tuple[Text, ...] = ()


class Loaded(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="loaded"):
    """The learner's file was read and run, or why it could not be.

    Attributes:
        functions: those of the exercise that are there.
        defined: every function name at the top level of the file.
        fault: why nothing can be called.
    """

    functions: dict[Text, FunctionFacts]
    defined: tuple[Text, ...] = ()
    fault: Raised | None = None


class OperationCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A torch operation that ran.

    Attributes:
        name: ``aten::...`` as dispatched, or ``torch...`` as called.
        count: how often.
        line: the learner's line that called it first.
    """

    name: Text
    count: Count
    line: Line | None = None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="answer"):
    """What came of one task.

    Attributes:
        case: its name.
        values: one per call that returned.
        gradients: per call, argument → gradient, None where nothing arrived; None if not asked for.
        gradient_problem: why a gradient could not be computed.
        inputs_after: per call, the arguments after it.
        operations: what ran, most frequent first.
        forbidden: forbidden operations that ran.
        globals_changed: global things that the calls left changed, in words.
        raised: the exception that ended the task.
        call: index of the call that raised.
        duration_s: wall time.
        printed: bytes written to standard output and error.
    """

    case: Text
    values: tuple[Node, ...] = ()
    gradients: tuple[dict[Text, Node], ...] | None = None
    gradient_problem: Text = ""
    inputs_after: tuple[dict[Text, Node], ...] = ()
    operations: tuple[OperationCount, ...] = ()
    forbidden: tuple[ForbiddenUse, ...] = ()
    globals_changed: tuple[Text, ...] = ()
    raised: Raised | None = None
    call: Count = 0
    duration_s: float = 0.0
    printed: Count = 0


class Finished(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="finished"):
    """Every task was answered."""


FromWorker = Loaded | Answer | Finished

_ENCODER: Final = msgspec.msgpack.Encoder()
_FROM_WORKER: Final = msgspec.msgpack.Decoder(FromWorker)
_REQUEST: Final = msgspec.msgpack.Decoder(Request)


def pack(message: Request | FromWorker) -> bytes:
    """The frame of a message.

    Raises:
        WireError: if the message cannot be written or exceeds the bounds.
    """
    try:
        payload = _ENCODER.encode(message)
    except (OverflowError, TypeError, ValueError, RecursionError) as error:
        raise WireError(f"this message cannot be written: {error}") from error
    if len(payload) > MAX_FRAME:
        raise WireError(f"a message takes {len(payload)} bytes; the most is {MAX_FRAME}")
    return len(payload).to_bytes(_HEADER, "big") + payload


def read_request(data: bytes) -> Request:
    """The request in a file that holds just that.

    Raises:
        WireError: if the bytes are anything else.
    """
    payloads = list(_payloads(data))
    if len(payloads) != 1:
        raise WireError(f"a request is one frame, not {len(payloads)}")
    # The judge wrote it, and is trusted: its bounds need no check of their own.
    return _typed(_REQUEST, payloads[0])


def read_frames(data: bytes) -> Iterator[FromWorker]:
    """The messages of a worker, one by one.

    Raises:
        WireError: at the first frame that is malformed, cut short or exceeds the bounds.
    """
    left = MAX_FILE_ITEMS
    for payload in _payloads(data):
        left -= check_bounds(payload, min(MAX_ITEMS, left))
        yield _typed(_FROM_WORKER, payload)


def _payloads(data: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(data):
        start = position + _HEADER
        size = int.from_bytes(data[position:start], "big")
        position = start + size
        if size > MAX_FRAME or position > len(data):
            raise WireError("a frame is cut short or too large")
        yield data[start:position]


def _typed(decoder: msgspec.msgpack.Decoder[T], payload: bytes) -> T:
    try:
        return decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # The reason quotes what it does not like, however long that is.
        reason = str(error)[:_REASON]
        raise WireError(f"a frame is not a message of this grader: {reason}") from error
