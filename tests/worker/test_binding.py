"""Calling a function whose parameters may have been renamed."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from grader.worker.binding import SignatureMismatch, accepts, bind

PARAMETERS = ("x", "weight", "eps")


def called(function: Any, **given: Any) -> Any:
    """What a function returns when it is called as the exercise calls it."""
    bound = bind("f", inspect.signature(function), PARAMETERS, given)
    return function(*bound.positional, **bound.by_name)


@pytest.mark.parametrize(
    ("function", "how"),
    [
        (lambda x, weight, eps=1: (x, weight, eps), "keyword"),
        (lambda weight, eps, x: (x, weight, eps), "keyword"),
        (lambda **k: (k["x"], k["weight"], k["eps"]), "keyword"),
        (lambda a, b, c=1: (a, b, c), "position"),
        (lambda scale, x, eps: (x, scale, eps), "position"),
        (lambda x, w, /, eps: (x, w, eps), "position"),
        (lambda *a: a, "position"),
    ],
)
def test_arguments_arrive_where_they_belong(function: Any, how: str) -> None:
    """By name where names fit, else by place, equal names first."""
    assert called(function, x=1, weight=2, eps=3) == (1, 2, 3)
    assert accepts("f", inspect.signature(function), PARAMETERS) == how


def test_a_default_of_a_renamed_parameter_is_used() -> None:
    """An argument that is not given is left to the learner's default."""
    assert called(lambda a, b, c=9: (a, b, c), x=1, weight=2) == (1, 2, 9)


@pytest.mark.parametrize(
    ("function", "given", "says"),
    [
        (lambda x, weight, eps: 0, {"x": 1, "weight": 2}, "eps has no default any more"),
        (lambda x, weight: 0, {"x": 1, "weight": 2, "eps": 3}, "it does not take eps"),
        (
            lambda x, weight, eps, rows: 0,
            {"x": 1, "weight": 2, "eps": 3},
            "it asks for rows, which the exercise does not have",
        ),
        (lambda: 0, {"x": 1, "weight": 2}, "it does not take x and weight"),
    ],
)
def test_a_mismatch_names_what_is_wrong(function: Any, given: dict[str, int], says: str) -> None:
    """The message says what is missing, too much or lost, and what the parameters are."""
    with pytest.raises(SignatureMismatch) as caught:
        called(function, **given)
    assert says in str(caught.value)
    assert "The exercise's parameters are (x, weight, eps)." in str(caught.value)
