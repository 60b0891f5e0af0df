"""Kinds and dtypes alone, as they are looked at before an author's code sees an answer."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from grader.compare import kind_of


def draw(*shape: int) -> Tensor:
    """A float64 normal tensor."""
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_kind_of_ignores_lengths_and_shapes() -> None:
    """Only kinds and dtypes are seen before an author's code looks at an answer."""
    assert kind_of([draw(3), draw(4)], [draw(2, 2)]) is None
    assert kind_of(draw(3).float(), draw(2)) is None
    assert kind_of([], [1]) is None
    assert kind_of([1, 2, 3], []) is None
    assert kind_of([0, 0.5], [0.1]) is None
    assert kind_of((draw(3), 2, 3.5), (draw(2), 1, 0.5)) is None
    assert kind_of({"a": [1], "b": draw(1)}, {"a": [1, 2], "b": draw(4)}) is None


@pytest.mark.parametrize(
    ("yours", "expected", "message"),
    [
        (None, draw(2), "returned None: `return` is missing, or what it returns is None"),
        ([draw(1), 2.0], [draw(2)], "item 1 is a float; the exercise asks for a tensor: a Python "),
        ([[1], [1, "a"]], [[0]], "item 1, item 1 is a string; the exercise asks for an int"),
        (torch.tensor([1]), draw(2), "dtype int64, expected float64"),
        ({"a": 1}, {"b": 1}, "the dict has no key 'b' and has a key that is not asked for: 'a'"),
        ({"a": [True]}, {"a": [1]}, "a, item 0 is a bool; the exercise asks for an int"),
    ],
)
def test_kind_of_finds_the_first_wrong_kind(yours: Any, expected: Any, message: str) -> None:
    """Every element is held against the one at its place, or the first beyond the end."""
    found = kind_of(yours, expected)
    assert found is not None
    assert found.message.startswith(message)
