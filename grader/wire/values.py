"""Live values into nodes and back.

`encode` runs in the worker, beside code that may lie about everything; it makes the best of what it
is given, and nothing that it says is trusted. `decode` runs in the judge: every size is checked
with Python integers before memory is taken, and each tensor is a plain one that it built itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy
import torch
from torch import Tensor

from grader.errors import WireError
from grader.inputs import Generator, Supplied
from grader.wire.bounds import MAX_DEPTH, MAX_NODES
from grader.wire.frames import (
    TEXT_LIMIT,
    DictNode,
    GeneratorNode,
    ListNode,
    Node,
    OpaqueNode,
    SuppliedNode,
    TensorNode,
    TupleNode,
)

MAX_TENSOR_BYTES: Final = 200 * 2**20
"""The largest tensor that crosses, and the largest span that strides may cover."""

_MAX_DIMENSIONS: Final = 64
_MAX_EXTENT: Final = 2**48
_TEXT: Final = 200

DTYPES: Final[Mapping[str, torch.dtype]] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64,
        torch.complex128, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
        torch.uint16, torch.uint32, torch.uint64, torch.bool,
    )
}  # fmt: skip
_NAMES: Final = {dtype: name for name, dtype in DTYPES.items()}

# Taken before any learner's file could put something else in their place.
_detach, _numpy = Tensor.detach, Tensor.numpy


@dataclass(frozen=True)
class Opaque:
    """What the judge gets for something that may not cross.

    Attributes:
        type_name: such as ``numpy.ndarray``.
        text: a short description.
    """

    type_name: str
    text: str = ""


@dataclass(frozen=True)
class Generators:
    """What the nodes of one task become: live generators, one for each key, and what is supplied.

    Attributes:
        supplied: the names that the course's own file defines.
    """

    supplied: Mapping[str, Any] = field(default_factory=dict)
    _live: dict[GeneratorNode, torch.Generator] = field(default_factory=dict)

    def live(self, node: GeneratorNode) -> torch.Generator:
        """The generator of a node; seeded when it is first asked for."""
        if node not in self._live:
            self._live[node] = torch.Generator().manual_seed(node.seed)
        return self._live[node]

    def make(self, node: SuppliedNode) -> Any:
        """What a supplied node stands for, made anew."""
        arguments = {name: decode(value, self) for name, value in node.arguments.items()}
        return self.supplied[node.factory](**arguments)

    def node(self, generator: torch.Generator) -> GeneratorNode | None:
        """The node that a live generator came from."""
        return next((node for node, live in self._live.items() if live is generator), None)


def encode(value: Any, generators: Generators | None = None) -> Node:
    """What a learner's function returned, as a node.

    Args:
        value: anything.
        generators: gives live generators their nodes back.

    Raises:
        WireError: if it is too large, too deep or has too many parts.
    """
    return _Encoder(generators=generators, is_argument=False).node(value)


def encode_arguments(arguments: Mapping[str, Any]) -> dict[str, Node]:
    """The arguments of a call, with strides, ``requires_grad`` and generators.

    Raises:
        WireError: if one of them cannot cross.
    """
    nodes: dict[str, Node] = {}
    for name, value in arguments.items():
        nodes[name] = _Encoder(generators=None, is_argument=True).node(value)
    return nodes


def decode(node: Node, generators: Generators | None = None) -> Any:
    """The value of a node: plain values, plain tensors, `Opaque`.

    Args:
        node: what came over the wire.
        generators: makes generators live, for a worker that decodes its arguments; without it a
            `GeneratorNode` stays as it is, and strides, which no answer has, are refused.

    Raises:
        WireError: if the node contradicts itself or exceeds the bounds.
    """
    return _decode(node, generators, 0)


def state(argument: Any) -> Any:
    """What an argument is like after a call, as plain values: for cases that judge it.

    A tensor is its values, whether it requires grad and its gradient; something supplied is its
    record; lists and dicts hold the states of what they hold.
    """
    if isinstance(argument, Tensor):
        grad = argument.grad if argument.is_leaf else None
        return {
            "values": argument.detach(),
            "requires_grad": bool(argument.requires_grad),
            "grad": grad,
        }
    if isinstance(argument, (list, tuple)):
        return [state(item) for item in argument]
    if isinstance(argument, dict):
        return {key: state(item) for key, item in argument.items()}
    return getattr(argument, "record", argument)


def describe(value: Any) -> str:
    """A value in a few words: ``float64 (3, 4)`` for a tensor, else its type or a short repr."""
    if isinstance(value, Tensor):
        with torch._C.DisableTorchFunctionSubclass():
            return f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
    if isinstance(value, numpy.ndarray):
        return f"{value.dtype} {value.shape}"
    if value is None or type(value) in (bool, int, float):
        return repr(value)[:_TEXT]
    return type_name(value)


def type_name(value: object) -> str:
    """The full name of a value's class, ``int`` for a built-in one."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return name.encode("utf-8", "replace").decode()[:_TEXT]


def upstream(seed: int, index: int, shape: Sequence[int]) -> Tensor:
    """The upstream gradient of output ``index``: standard normal, float64, the given shape."""
    generator = torch.Generator().manual_seed(seed + index)
    return torch.randn(tuple(shape), generator=generator, dtype=torch.float64)


def floating_tensors(value: Any) -> list[Tensor]:
    """The floating-point tensors in a value, in order."""
    if isinstance(value, Tensor):
        return [value] if value.is_floating_point() else []
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in floating_tensors(item)]
    if isinstance(value, dict):
        return [tensor for item in value.values() for tensor in floating_tensors(item)]
    return []


def gradients(value: Any, leaves: Sequence[Tensor], seed: int) -> list[Tensor | None]:
    """Pulls random upstream gradients back through a value; judge and worker both use this.

    Args:
        value: what the function returned; its floating-point tensors are the outputs.
        leaves: the tensors to differentiate with respect to.
        seed: of the upstream gradients, which are numbered over all outputs.

    Returns:
        For each leaf its gradient, None where the graph does not reach it.
    """
    # A subclass may lie about what is done to it; what it holds is the answer.
    outputs = list(enumerate(map(_plain, floating_tensors(value))))
    reached = [(i, output) for i, output in outputs if output.requires_grad]
    if not reached:
        return [None] * len(leaves)
    # The derivative of this product is the upstream gradient itself, exactly. Handing that to
    # grad() instead would do the same, but imports sympy when it is first done (0.7 s).
    products = [
        (output * upstream(seed, i, output.shape).to(output.dtype)).sum() for i, output in reached
    ]
    return list(torch.autograd.grad(products, list(leaves), allow_unused=True))


def _plain(tensor: Tensor) -> Tensor:
    """The tensor as one of torch's own class, in the same graph."""
    if type(tensor) is Tensor:
        return tensor
    with torch._C.DisableTorchFunctionSubclass():
        return Tensor.as_subclass(tensor, Tensor)


class _Encoder:
    """Walks one value; bounds what the walk may cost."""

    def __init__(self, generators: Generators | None, is_argument: bool) -> None:
        self._generators = generators
        self._is_argument = is_argument
        self._nodes = 0

    def node(self, value: Any, depth: int = 0) -> Node:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise WireError(f"the value has more than {MAX_NODES} parts")
        if depth > MAX_DEPTH:
            raise WireError(f"the value is nested more than {MAX_DEPTH} levels deep")
        kind = type(value)  # isinstance would ask the value's __class__ too, which may lie
        if issubclass(kind, Tensor):
            return self._tensor(value)
        if issubclass(kind, (list, tuple, dict)):
            return self._container(value, depth)
        if isinstance(value, torch.Generator):
            known = self._generators.node(value) if self._generators else None
            return known or OpaqueNode("torch.Generator")
        if self._is_argument and isinstance(value, Generator):
            return GeneratorNode(key=value.key, seed=value.seed)
        if self._is_argument and isinstance(value, Supplied):
            arguments = {key: self.node(item, depth + 1) for key, item in value.arguments.items()}
            return SuppliedNode(value.factory, arguments)
        return _scalar(value)

    def _container(self, value: Any, depth: int) -> Node:
        if issubclass(type(value), dict):
            pairs = [(_key(key), item) for key, item in dict.items(value)]
            if any(key is None for key, _ in pairs):
                return OpaqueNode(type_name(value), "its keys are neither strings nor integers")
            return DictNode(
                tuple((key, self.node(item, depth + 1)) for key, item in pairs if key is not None)
            )
        kind, iterate = (
            (ListNode, list.__iter__)
            if issubclass(type(value), list)
            else (
                TupleNode,
                tuple.__iter__,
            )
        )
        return kind(tuple(self.node(item, depth + 1) for item in iterate(value)))

    def _tensor(self, value: Tensor) -> Node:
        try:
            if type(value) is Tensor:
                # Nothing of a learner's runs in there, so no mode needs to look on.
                with torch._C.DisableTorchFunction():
                    return _tensor_node(value, self._is_argument)
            with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
                return _tensor_node(value, self._is_argument)
        except WireError:
            raise
        except Exception as error:  # whatever a hostile or unfinished subclass raises
            return OpaqueNode(type_name(value), _clean(f"{type(error).__name__}: {error}"))


def _tensor_node(value: Tensor, is_argument: bool) -> Node:
    refusal = _refusal(value)
    if refusal:
        return OpaqueNode(type_name(value), refusal)
    size = value.numel() * value.element_size()
    if size > MAX_TENSOR_BYTES:
        raise WireError(
            f"a tensor {describe(value)} takes {size} bytes; the most is {MAX_TENSOR_BYTES}"
        )
    plain = _detach(value)
    if type(plain) is not Tensor:
        plain = plain.as_subclass(Tensor)
    strides = tuple(plain.stride()) if is_argument and not plain.is_contiguous() else None
    if strides is not None and not _is_plain_view(tuple(plain.shape), strides):
        strides = None
    data = _bytes_of(plain)
    if plain.dtype is torch.bool and data.strip(b"\0\1"):
        return OpaqueNode(type_name(value), "dtype bool with bytes other than 0 and 1")
    return TensorNode(
        dtype=_NAMES[plain.dtype],
        shape=tuple(plain.shape),
        data=data,
        strides=strides,
        requires_grad=bool(value.requires_grad) and value.is_leaf,
        grad=_grad_node(value),
    )


def _bytes_of(plain: Tensor) -> bytes:
    """The elements in row-major order."""
    try:
        return _numpy(plain).tobytes()
    except (RuntimeError, TypeError):
        # numpy has no bfloat16, and does not read what is conjugated or negated only by a flag.
        flat = plain.resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
        if flat.stride() != (1,):  # a single element counts as contiguous whatever its stride
            flat = flat.clone(memory_format=torch.contiguous_format)
        return flat.view(torch.uint8).numpy().tobytes()


def _grad_node(value: Tensor) -> TensorNode | None:
    grad = value.grad if value.is_leaf else None
    node = _tensor_node(grad.detach(), is_argument=False) if grad is not None else None
    return node if isinstance(node, TensorNode) else None


def _refusal(value: Tensor) -> str:
    if value.is_nested:
        return "nested"
    if value.layout is not torch.strided:
        return f"layout {value.layout}"
    if value.is_quantized or value.dtype not in _NAMES:
        return f"dtype {value.dtype}"
    if not _is_shape(tuple(value.shape)):
        return f"{value.dim()} axes, {tuple(value.shape)[:8]}"
    return "device meta" if value.device.type == "meta" else ""


def _scalar(value: Any) -> Node:
    if value is None or value is True or value is False:
        return value
    if issubclass(type(value), numpy.generic):
        value = value.item()
    kind = type(value)
    if kind is bool:
        return bool(value)
    if issubclass(kind, int):
        number = int.__int__(value)
        if -(2**63) <= number < 2**63:
            return number
        return OpaqueNode(f"int of {number.bit_length()} bits")
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, str):
        return _clean(str.__str__(value), 1_000_000)
    return OpaqueNode(type_name(value), describe(value) if _is_array(value) else "")


def _is_array(value: object) -> bool:
    return issubclass(type(value), numpy.ndarray)


def _key(key: Any) -> str | int | None:
    if type(key) is str:
        return _clean(key)
    return key if type(key) is int and -(2**63) <= key < 2**63 else None


def _clean(text: str, limit: int = TEXT_LIMIT) -> str:
    return text[:limit].encode("utf-8", "replace").decode()


def _decode(node: Node, generators: Generators | None, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError(f"a value is nested more than {MAX_DEPTH} levels deep")
    if isinstance(node, TensorNode):
        if node.strides is not None and generators is None:
            # A few bytes could ask for 200 MB each, in as many tensors as fit into a frame.
            raise WireError("a tensor of an answer has strides")
        return _decode_tensor(node)
    if isinstance(node, ListNode):
        return [_decode(item, generators, depth + 1) for item in node.items]
    if isinstance(node, TupleNode):
        return tuple(_decode(item, generators, depth + 1) for item in node.items)
    if isinstance(node, DictNode):
        return {key: _decode(item, generators, depth + 1) for key, item in node.items}
    if isinstance(node, GeneratorNode):
        return node if generators is None else generators.live(node)
    if isinstance(node, SuppliedNode):
        return generators.make(node) if generators is not None else node
    if isinstance(node, OpaqueNode):
        return Opaque(node.type_name, node.text)
    return node


def _decode_tensor(node: TensorNode) -> Tensor:
    dtype = DTYPES.get(node.dtype)
    if dtype is None:
        raise WireError(f"there is no dtype {node.dtype!r}")
    _check_shape(node, dtype)
    if node.requires_grad and not (dtype.is_floating_point or dtype.is_complex):
        raise WireError(f"a tensor of {node.dtype} cannot ask for gradients")
    if node.data:
        values = torch.frombuffer(bytearray(node.data), dtype=dtype).reshape(node.shape).clone()
    else:
        values = torch.empty(node.shape, dtype=dtype)
    if node.strides is not None:
        values = _restride(values, node.strides)
    values.requires_grad_(node.requires_grad)
    if node.grad is not None:
        own = (node.grad.shape, node.grad.dtype, node.grad.grad, node.grad.strides)
        if own != (node.shape, node.dtype, None, None):
            raise WireError("a gradient is not like its tensor")
        values.grad = _decode_tensor(node.grad)
    return values


def _check_shape(node: TensorNode, dtype: torch.dtype) -> None:
    if not _is_shape(node.shape):
        axes = len(node.shape)
        shown = f"{axes} axes" if axes > _MAX_DIMENSIONS else f"the shape {node.shape}"
        raise WireError(f"a tensor cannot have {shown}")
    expected = math.prod(node.shape) * dtype.itemsize
    if len(node.data) != expected or expected > MAX_TENSOR_BYTES:
        raise WireError(f"a tensor has {len(node.data)} bytes instead of {expected}")
    if dtype is torch.bool and node.data.strip(b"\0\1"):
        raise WireError("a bool tensor holds bytes other than 0 and 1")


def _is_shape(shape: tuple[int, ...]) -> bool:
    """Whether a tensor that crosses may have this shape, with or without elements."""
    return (
        len(shape) <= _MAX_DIMENSIONS
        and min(shape, default=0) >= 0
        and math.prod(size for size in shape if size) <= _MAX_EXTENT
    )


def _restride(values: Tensor, strides: tuple[int, ...]) -> Tensor:
    shape = tuple(values.shape)
    if len(strides) != len(shape) or not _is_plain_view(shape, strides):
        raise WireError(f"strides {strides} do not suit the shape {shape}")
    if not values.numel():
        return values
    span = 1 + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if span * values.element_size() > MAX_TENSOR_BYTES:
        raise WireError(f"strides {strides} span too much memory")
    # An expanded axis (stride 0) is written once: its elements share their memory.
    narrow = values
    for axis, stride in enumerate(strides):
        narrow = narrow.narrow(axis, 0, 1) if stride == 0 else narrow
    # Not a view of a buffer: what may be done to a leaf, such as detach_(), must work.
    strided = torch.empty_strided(tuple(narrow.shape), strides, dtype=values.dtype).copy_(narrow)
    return strided if narrow is values else strided.as_strided(shape, strides)


def _is_plain_view(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether elements overlap nowhere but along expanded axes."""
    reach = 0
    for stride, size in sorted(zip(strides, shape, strict=True)):
        if size <= 1 or stride == 0:
            continue
        if stride <= reach:
            return False
        reach += stride * (size - 1)
    return all(0 <= stride < _MAX_EXTENT for stride in strides)
