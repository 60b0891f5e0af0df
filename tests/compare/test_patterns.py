"""Patterns: true of every element, or nothing is said."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from grader.compare import compare
from grader.compare.patterns import pattern


def draw(*shape: int, seed: int = 0) -> Tensor:
    """A float64 normal tensor."""
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def seen(yours: Tensor, expected: Tensor) -> str:
    """The pattern of the values that differ by more than 1e-9."""
    return pattern(yours, expected, ~torch.isclose(yours, expected, 0, 1e-9, equal_nan=True))


def changed(expected: Tensor, *index: int | slice) -> Tensor:
    """A copy with noise added at an index."""
    copy = expected.clone()
    copy[index] += draw(*copy[index].shape, seed=9) + 5
    return copy


X = draw(6, 7)
SQUARE = draw(5, 5)
ROW = draw(9)

SHUFFLED = torch.randperm(42, generator=torch.Generator().manual_seed(0))

RELATIONS: list[tuple[str, Callable[[], Tensor], Tensor]] = [
    ("all 42 values differ by the same factor, 0.99805", lambda: X * 0.99805, X),
    ("all 42 values differ by the same factor, 0.999995", lambda: X * 0.999995, X),
    ("all 42 values have the opposite sign", lambda: -X, X),
    ("all 42 values are too large by 0.5", lambda: X + 0.5, X),
    ("all 42 values are too small by 1", lambda: X - 1, X),
    ("all 42 values are 0", lambda: torch.zeros_like(X), X),
    ("all 42 values are 0.25", lambda: torch.full_like(X, 0.25), X),
    ("all 42 values are 9", lambda: 9 + 1e-13 * X, X),
    ("yours is the transpose of what is expected", lambda: SQUARE.T, SQUARE),
    ("axes 1 and 2 are exchanged", lambda: draw(2, 4, 4).mT, draw(2, 4, 4)),
    ("yours has the expected values in column order", lambda: X.T.reshape(6, 7), X),
    ("yours is reversed along axis 1", lambda: X.flip(1), X),
    ("yours is reversed along axis 0", lambda: ROW.flip(0), ROW),
    (
        "shifted by one along axis 0: yours[i] is expected[i + 1]",
        lambda: torch.cat([ROW[1:], ROW[:1]]),
        ROW,
    ),
    ("shifted by one along axis 1: yours[i] is expected[i - 1]", lambda: X.roll(1, 1), X),
    ("each row differs by a factor of its own", lambda: X * draw(6, 1, seed=5), X),
    ("each column differs by a factor of its own", lambda: X * draw(1, 7, seed=5), X),
    ("each row differs by an offset of its own", lambda: X + draw(6, 1, seed=5), X),
    ("all: yours = 0.5 × expected + 2", lambda: X * 0.5 + 2, X),
    ("all 42 values are the square of what is expected", lambda: X**2, X),
    ("all 42 values are the square root of what is expected", lambda: X.abs().sqrt(), X.abs()),
    ("all 42 values are the reciprocal of what is expected", lambda: 1 / X, X),
    ("all 42 values are the logarithm of what is expected", lambda: X.abs().log(), X.abs()),
    ("all 42 values are the rounded-down value of what is expected", lambda: X.floor(), X),
    (
        "right to float32's precision only: a step is computed in float32",
        lambda: X.float().double(),
        X,
    ),
    ("each row holds the right values in another order", lambda: X[:, [1, 0, 3, 6, 2, 5, 4]], X),
    ("the right values in another order", lambda: X.flatten()[SHUFFLED].view(6, 7), X),
]
PLACES: list[tuple[str, Callable[[], Tensor], Tensor]] = [
    ("only row 3 differs", lambda: changed(X, 3), X),
    ("only column 2 differs", lambda: changed(X, slice(None), 2), X),
    ("only the last index of axis 1 differs", lambda: changed(X, slice(None), -1), X),
    ("only the first index of axis 0 differs", lambda: changed(X, 0), X),
    ("only index 4 differs", lambda: changed(ROW, 4), ROW),
    ("only one value differs", lambda: changed(X, 2, 3), X),
    ("only the first index of axis 0 is right", lambda: changed(X, slice(1, None)), X),
    ("right before index 3 of axis 0, wrong from there on", lambda: changed(X, slice(3, 6)), X),
    ("wrong before index 4, right from there on", lambda: changed(ROW, slice(0, 4)), ROW),
    (
        "only index 1 of axis 1 differs",
        lambda: changed(draw(2, 3, 4), slice(0, 2), 1),
        draw(2, 3, 4),
    ),
    (
        "only above the diagonal of the last two axes",
        lambda: SQUARE + torch.ones(5, 5).triu(1) * draw(5, 5, seed=3),
        SQUARE,
    ),
    (
        "wrong exactly where 0 is expected",
        lambda: draw(6, 6),
        draw(6, 6) * (draw(6, 6, seed=4) > 0),
    ),
]
CASES = RELATIONS + PLACES


@pytest.mark.parametrize(("sentence", "yours", "expected"), CASES, ids=[c[0] for c in CASES])
def test_pattern(sentence: str, yours: Callable[[], Tensor], expected: Tensor) -> None:
    """Each regularity is named."""
    assert seen(yours(), expected) == sentence


@pytest.mark.parametrize(
    ("sentence", "yours", "expected"), RELATIONS, ids=[c[0] for c in RELATIONS]
)
def test_disturbed_pattern_is_not_claimed(
    sentence: str, yours: Callable[[], Tensor], expected: Tensor
) -> None:
    """Two more values that are wrong by a millionth of the range take every relation away."""
    disturbed = yours().clone().contiguous()
    disturbed.view(-1)[1] += 1e-6
    disturbed.view(-1)[-2] -= 2e-6
    assert seen(disturbed, expected) != sentence or sentence.startswith(
        ("wrong exactly", "right b")
    )


def test_noise_has_no_pattern() -> None:
    """Independent errors are not explained, however small they are."""
    for size in (1.0, 1e-3, 1e-6, 1e-8, 2e-9):
        yours = X + size * (draw(6, 7, seed=7).sign() + draw(6, 7, seed=8) * 0.1)
        assert pattern(yours, X, torch.ones(6, 7, dtype=torch.bool)) == ""


@pytest.mark.parametrize(
    ("yours", "expected", "sentence"),
    [
        (12.0, 1.0, "the value is 12 times the expected one"),
        (0.25, 1.0, "the value is the expected one divided by 4"),
        (-1.5, 1.5, "the value has the opposite sign"),
        (1.5, 1.1, ""),
        (0.0, 1.1, ""),
        (1.1, 0.0, ""),
    ],
)
def test_one_value(yours: float, expected: float, sentence: str) -> None:
    """One number has only telling factors."""
    one, other = (torch.tensor(v, dtype=torch.float64) for v in (yours, expected))
    assert pattern(one, other, torch.tensor(True)) == sentence


def test_constant_expected_values_have_no_factor() -> None:
    """Where all expected values are equal, a factor and an offset cannot be told apart."""
    found = seen(torch.full((4,), 2.0).double(), torch.full((4,), 1.0).double())
    assert found == "all 4 values are 2"


def test_masked_entries_do_not_hide_a_pattern() -> None:
    """Relations are verified over the finite values when -inf stands where it should."""
    masked = SQUARE.masked_fill(torch.ones(5, 5).triu(1).bool(), -math.inf)
    assert seen(masked * 2, masked) == "all 15 values differ by the same factor, 2"


def test_misplaced_nan_is_located_only() -> None:
    """NaN in one row is located; right values elsewhere are no 'factor of 1'."""
    yours = X.clone()
    yours[3] = math.nan
    assert seen(yours, X) == "only row 3 differs"
    yours[1, 2] = math.nan
    assert seen(yours, X) == ""


def test_integers_and_masks() -> None:
    """Exact tensors have patterns too."""
    numbers = torch.tensor([3, 1, 4, 1, 5])
    found = compare(numbers + 1, numbers).finding
    assert found is not None
    assert found.evidence.pattern == "all 5 values are too large by 1"
    mask = torch.tensor([True, False, True, True])
    found = compare(~mask, mask).finding
    assert found is not None
    assert found.evidence.pattern == "all 4 values are exchanged, 0 for 1"


@pytest.mark.parametrize("shape", [(0,), (), (1,), (1, 1), (2,), (3, 0), (2, 1), (1, 2, 1)])
@pytest.mark.parametrize("value", [0.0, 1.0, 1e308, -1e308, math.inf, math.nan, 1e-320])
def test_degenerate_tensors(shape: tuple[int, ...], value: float) -> None:
    """Small and extreme tensors give some sentence or none, never an exception."""
    yours = torch.full(shape, value, dtype=torch.float64)
    for expected in (torch.zeros_like(yours), torch.ones_like(yours) * -1e308, draw(*shape)):
        for failing in (torch.ones(shape).bool(), torch.zeros(shape).bool()):
            assert isinstance(pattern(yours, expected, failing), str)


def test_large_tensors_are_looked_at() -> None:
    """Half a million values without a pattern, in which every detector runs, and views of one."""
    expected = draw(700, 700)
    assert seen(expected + draw(700, 700, seed=1), expected) == ""
    huge = torch.zeros(1).expand(2**21)
    assert pattern(huge, huge, torch.ones(1).bool().expand(2**21)) == ""
