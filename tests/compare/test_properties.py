"""What holds for every tree that can cross the wire."""

from __future__ import annotations

import math
from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.compare import Statistic, agrees, compare, kind_of
from grader.wire.values import Opaque

FLOATS = st.floats(width=64)
DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex128, torch.complex64,
    torch.int64, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool,
]  # fmt: skip


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """Small tensors of every dtype and shape, of ordinary and extreme values."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    count = math.prod(shape)
    if dtype.is_floating_point or dtype.is_complex:
        values = draw(st.lists(FLOATS, min_size=count, max_size=count))
        return torch.tensor(values, dtype=torch.float64).to(dtype).reshape(shape)
    whole = draw(st.lists(st.integers(0, 200), min_size=count, max_size=count))
    return torch.tensor(whole, dtype=torch.int64).to(dtype).reshape(shape)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**400), max_value=10**400),
    FLOATS,
    st.text(max_size=5),
    tensors(),
    st.builds(Opaque, st.text(max_size=8), st.text(max_size=8)),
)
TREES = st.recursive(
    LEAVES,
    lambda children: st.one_of(
        st.lists(children, max_size=4),
        st.lists(FLOATS, max_size=4),
        st.tuples(children, children),
        st.dictionaries(st.one_of(st.text(max_size=3), st.integers()), children, max_size=3),
    ),
    max_leaves=8,
)
WITH_STATISTICS = st.one_of(TREES, st.builds(Statistic, FLOATS, FLOATS, FLOATS, FLOATS))


@given(TREES)
def test_reflexive(tree: Any) -> None:
    """Every tree is its own right answer, without error, and agrees with itself."""
    comparison = compare(tree, tree)
    assert comparison.finding is None
    assert comparison.ratio == 0
    assert agrees(tree, tree)
    assert kind_of(tree, tree) is None


@settings(max_examples=300)
@given(WITH_STATISTICS, WITH_STATISTICS)
def test_never_raises(yours: Any, expected: Any) -> None:
    """Any two trees compare, and the finding exists exactly if the ratio exceeds 1."""
    comparison = compare(yours, expected)
    kind_of(yours, expected)
    agrees(yours, expected)
    if comparison.finding is None:
        assert comparison.ratio <= 1 or isinstance(yours, Statistic)
    else:
        assert comparison.finding.message
        assert comparison.ratio > 1 or isinstance(yours, Statistic)


@given(tensors(), tensors())
def test_shape_findings_are_symmetric(one: torch.Tensor, other: torch.Tensor) -> None:
    """If one has the wrong shape for the other, so has the other for the one."""
    there, back = compare(one, other).finding, compare(other, one).finding
    structural = {"shape", "dtype"}
    kinds = {finding.kind if finding else "" for finding in (there, back)}
    assert len(kinds & structural) == len(kinds) or not kinds & structural


@given(TREES, TREES)
def test_different_structures_do_not_agree(one: Any, other: Any) -> None:
    """Agreement implies that a comparison finds no structural fault."""
    if agrees(one, other):
        finding = compare(one, other).finding
        assert finding is None or finding.kind not in ("nothing", "type", "shape")


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(-1, 1))
def test_error_within_the_tolerance_passes(values: list[float], share: float) -> None:
    """An error of a share of the tolerance scores that share."""
    expected = torch.tensor(values, dtype=torch.float64)
    tolerance = max(1e-9 * expected.abs().max().item(), 1e-12)
    comparison = compare(expected + share * tolerance, expected)
    assert comparison.ratio <= abs(share) + 1e-3
