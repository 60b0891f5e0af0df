"""Agreement: whether an answer is the output of certain other code."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from grader.compare import Rule, Statistic, agrees
from grader.wire.values import Opaque


def tensor(*values: float) -> Tensor:
    """A float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


X = torch.randn(5, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("yours", "other"),
    [
        (None, None),
        (X * (1 + 1e-12), X),
        ((X * (1 + 1e-6)).float(), X),
        (tensor(math.nan, math.inf, 1.0), tensor(math.nan, math.inf, 1.0)),
        ([1, 2], (1, 2)),
        ({"a": math.nan}, {"a": math.nan}),
        (Opaque("numpy.ndarray", "x"), Opaque("numpy.ndarray", "x")),
        (torch.tensor([1, 2]), torch.tensor([1, 2])),
        (Statistic(1.415, 0.99, 1.01, 1), Statistic(1.42, 0.999, 1.001, 1)),
        (Statistic(0.5, 0, 1, 1), Statistic(0.9, 0.0, 1.0, 1)),
        (Statistic(math.nan, 0, 1, 1), Statistic(math.nan, 0, 1, 1)),
        (Statistic(math.inf, 0, 1, 1), Statistic(math.inf, 0, 1, 1)),
    ],
)
def test_agreement(yours: Any, other: Any) -> None:
    """The same output, up to rounding, agrees; NaN and inf agree with themselves."""
    assert agrees(yours, other)


@pytest.mark.parametrize(
    ("yours", "other"),
    [
        (None, X),
        (X, None),
        (X * (1 + 1e-6), X),
        ((X * (1 + 1e-3)).float(), X),
        (X[:, :1], X[:, 0]),
        (tensor(math.nan, 1.0), tensor(1.0, math.nan)),
        (tensor(math.inf), tensor(-math.inf)),
        ([1, 2], [1, 2, 3]),
        ({"a": [1]}, {"a": [1, 2]}),
        (Opaque("numpy.ndarray", "x"), Opaque("numpy.ndarray", "y")),
        (torch.tensor([1, 2]), tensor(1, 2)),
        (True, 1),
        (Statistic(1.40, 0.999, 1.001, 1), Statistic(1.42, 0.999, 1.001, 1)),
        (Statistic(math.nan, 0, 1, 1), Statistic(0.5, 0, 1, 1)),
        (Statistic(0.5, 0, 1, 1), 0.5),
        (0.5, Statistic(0.5, 0, 1, 1)),
    ],
)
def test_disagreement(yours: Any, other: Any) -> None:
    """Other values, other structures and NaN elsewhere do not agree."""
    assert not agrees(yours, other)


def test_scale_of_a_trajectory() -> None:
    """With a scale, agreement is within 1e-9 of it, and within 1e-5 of a row in float32."""
    assert agrees(X + 5e-8, X, Rule(scale=100.0))
    assert not agrees(X + 5e-8, X, Rule(scale=10.0))
    assert agrees((X * (1 + 1e-6)).float(), X, Rule(scale=1.0))
