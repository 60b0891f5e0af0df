"""Values: what crosses, what does not, and what a lying node is answered."""

from __future__ import annotations

import collections
import math
from typing import Any, NamedTuple

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from grader.errors import WireError
from grader.inputs import Generator, Inputs
from grader.wire.frames import DictNode, GeneratorNode, ListNode, TensorNode
from grader.wire.values import (
    DTYPES,
    Generators,
    Opaque,
    decode,
    describe,
    encode,
    encode_arguments,
    floating_tensors,
    gradients,
    upstream,
)

trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(-9, 9), inner, max_size=4)
    ),
    max_leaves=20,
)


def cross(value: Any) -> Any:
    """There and back."""
    return decode(encode(value))


@given(trees)
def test_plain_trees_come_back_equal(tree: Any) -> None:
    """Plain values of any nesting are what they were, types included."""
    back = cross(tree)
    assert back == tree
    assert repr(back) == repr(tree)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(DTYPES)),
    st.lists(st.integers(0, 3), max_size=4),
    st.integers(0, 2**30),
)
def test_tensors_come_back_bit_for_bit(name: str, shape: list[int], seed: int) -> None:
    """Every dtype and shape crosses without loss."""
    generator = torch.Generator().manual_seed(seed)
    tensor = (torch.randn(shape, dtype=torch.float64, generator=generator) * 50).abs()
    tensor = tensor.to(DTYPES[name])
    back = cross(tensor)
    assert back.dtype is tensor.dtype
    assert back.shape == tensor.shape
    assert encode(back) == encode(tensor)
    assert str(back) == str(tensor)


def test_conjugated_and_negated_views_keep_their_values() -> None:
    """The lazy conj and neg bits are applied before the bytes are taken."""
    z = torch.tensor([1 + 2j, 3 - 4j])
    assert torch.equal(cross(z.conj()), torch.tensor([1 - 2j, 3 + 4j]))
    assert torch.equal(cross(z.conj().imag), torch.tensor([-2.0, 4.0]))


def test_an_expanded_tensor_is_refused_before_it_is_copied() -> None:
    """One element expanded to 10^12 takes no memory and is too large."""
    with pytest.raises(WireError, match="the most is"):
        encode(torch.ones(1).expand(10**12))


@pytest.mark.parametrize(
    "value",
    [
        torch.eye(2).to_sparse(),
        torch.empty(3, device="meta"),
        torch.ones(2).to(torch.float8_e4m3fn),
        numpy.ones((2, 3)),
        {1.5: 2},
        object(),
        1j,
        2**80,
        print,
    ],
)
def test_what_may_not_cross_is_named(value: Any) -> None:
    """Everything else becomes an `Opaque` that says what it was."""
    back = cross(value)
    assert isinstance(back, Opaque)
    assert back.type_name


def test_an_array_is_told_from_a_tensor() -> None:
    """A numpy array arrives as one, with dtype and shape."""
    assert cross(numpy.ones((2, 3))) == Opaque("numpy.ndarray", "float64 (2, 3)")


@pytest.mark.parametrize(
    ("scalar", "plain"),
    [(numpy.float32(0.5), 0.5), (numpy.int8(-3), -3), (numpy.bool_(True), True)],
)
def test_numpy_scalars_become_numbers(scalar: Any, plain: Any) -> None:
    """A numpy scalar is a Python number on the other side."""
    back = cross(scalar)
    assert (back, type(back)) == (plain, type(plain))


class Pair(NamedTuple):
    """A named tuple."""

    left: int
    right: int


class Count(int):
    """A subclass of int that lies about itself."""

    def __repr__(self) -> str:
        return "many"

    def __int__(self) -> int:
        return 99


def test_subclasses_of_plain_types_become_plain() -> None:
    """Named tuples, sizes, ordered dicts and odd integers lose their class and keep their value."""
    for value, plain in [
        (Pair(1, 2), (1, 2)),
        (torch.Size([3, 4]), (3, 4)),
        (collections.OrderedDict(a=1), {"a": 1}),
        (Count(5), 5),
    ]:
        back = cross(value)
        assert (back, type(back)) == (plain, type(plain))


class Liar(Tensor):
    """A tensor whose every method lies."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return torch.full((2,), 42.0)


def test_a_lying_subclass_shows_its_real_bytes() -> None:
    """A subclass cannot answer in place of its data."""
    liar = torch.tensor([1.0, 2.0]).as_subclass(Liar)
    back = cross(liar)
    assert type(back) is Tensor
    assert torch.equal(back, torch.tensor([1.0, 2.0]))


def test_parameters_and_graphs_are_left_behind() -> None:
    """A parameter or a result with a graph becomes a plain leaf."""
    weight = torch.nn.Parameter(torch.ones(2))
    assert type(cross(weight)) is Tensor
    assert cross(weight * 2).grad_fn is None


def test_depth_and_cycles_are_bounded() -> None:
    """A list that holds itself is refused, as is one with too many parts."""
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(WireError, match="levels deep"):
        encode(loop)
    with pytest.raises(WireError, match="parts"):
        encode([0] * 200_000)
    node: Any = 1
    for _ in range(40):
        node = ListNode((node,))
    with pytest.raises(WireError, match="levels deep"):
        decode(node)


@pytest.mark.parametrize(
    "node",
    [
        TensorNode("float64", (2,), b"12345678"),
        TensorNode("float65", (1,), b"12345678"),
        TensorNode("float64", (-1,), b""),
        TensorNode("float64", (2**62,), b""),
        TensorNode("float64", (0, 2**62), b""),
        TensorNode("float64", (0,) * 100, b""),
        TensorNode("bool", (1,), b"\x02"),
        TensorNode("int64", (1,), bytes(8), None, True),
        TensorNode("float64", (2,), bytes(16), (2**40,)),
        TensorNode("float64", (2,), bytes(16), (-1,)),
        TensorNode("float64", (2,), bytes(16), (1, 1)),
        TensorNode("float64", (2, 2), bytes(32), (1, 1)),
    ],
)
def test_lying_tensor_nodes_are_refused(node: TensorNode) -> None:
    """Sizes are checked before memory is taken."""
    with pytest.raises(WireError):
        decode(node, Generators())


def test_an_answer_has_no_strides() -> None:
    """Two numbers that ask for 160 MB, or a thousandfold tensor, are refused by the judge."""
    wide = TensorNode("float64", (2,), bytes(16), (20_000_000,))
    for node in (wide, ListNode((wide,)), TensorNode("int8", (1,), b"1", (1,))):
        with pytest.raises(WireError, match="strides"):
            decode(node)


def test_what_is_refused_is_not_quoted_at_length() -> None:
    """A shape of many sizes does not fill the report."""
    with pytest.raises(WireError, match="cannot have 100000 axes"):
        decode(TensorNode("float64", (1,) * 100_000, bytes(8)))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).T,
        Inputs.strided(torch.arange(6.0).reshape(2, 3)),
        torch.arange(3.0).expand(4, 3),
        torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1),
        torch.arange(8.0)[2::3],
        torch.ones(0, 3).T,
    ],
)
def test_arguments_keep_their_strides(tensor: Tensor) -> None:
    """A view with gaps arrives as a view with gaps."""
    back = decode(encode_arguments({"x": tensor})["x"], Generators())
    assert torch.equal(back, tensor)
    assert back.is_contiguous() == tensor.is_contiguous()
    if tensor.numel():
        assert back.stride() == tensor.stride()


def test_overlapping_windows_arrive_contiguous() -> None:
    """Where elements share memory in other ways, only the values cross."""
    windows = torch.arange(5.0).unfold(0, 3, 1)
    assert torch.equal(decode(encode_arguments({"x": windows})["x"], Generators()), windows)


def test_arguments_keep_requires_grad() -> None:
    """A leaf that asks for gradients still does."""
    node = encode_arguments({"x": torch.ones(2, requires_grad=True)})["x"]
    assert decode(node).requires_grad


def test_generators_are_shared_by_key_and_go_on() -> None:
    """One key is one live generator; another key of that seed starts in the same state."""
    first, second = Generator(1, 5), Generator(2, 5)
    nodes = encode_arguments({"a": first, "b": second, "c": first})
    table = Generators()
    a, b, c = (decode(nodes[name], table) for name in "abc")
    assert a is c
    assert a is not b
    assert torch.equal(torch.rand(3, generator=a), torch.rand(3, generator=b))
    assert encode([a], table) == ListNode((GeneratorNode(1, 5),))
    assert decode(nodes["a"]) == GeneratorNode(1, 5)


def test_describe_names_shape_and_dtype() -> None:
    """The short description that a learner reads."""
    assert describe(torch.ones(3, 4, dtype=torch.float64)) == "float64 (3, 4)"
    assert describe(numpy.ones((2,))) == "float64 (2,)"
    assert describe(3) == "3"
    assert describe([1]) == "list"


def test_dict_nodes_keep_order_and_integer_keys() -> None:
    """A mapping crosses with its keys as they are."""
    assert encode({2: "b", "a": 1}) == DictNode(((2, "b"), ("a", 1)))


def test_gradients_use_the_same_upstream_on_both_sides() -> None:
    """The gradient is the upstream gradient times the derivative; a cut graph gives None."""
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    value = (x.detach() * 2, {"a": 3 * x})
    pulled = gradients(value, [x, y], seed=4)
    assert pulled[0] is not None
    assert torch.equal(pulled[0], 3 * upstream(4, 1, (2,)))
    assert pulled[1] is None
    assert gradients(x.detach(), [x], seed=4) == [None]
    assert len(floating_tensors(value)) == 2
    assert math.isclose(float(upstream(1, 0, ())), float(upstream(0, 1, ())))


def test_a_single_element_crosses_with_any_stride() -> None:
    """One element counts as contiguous, however it came about."""
    for value in (torch.ones(1, 2)[:, -1], torch.arange(6.0)[::6], torch.ones(3, 1).T[:, 2:]):
        assert torch.equal(decode(encode(value)), value)
