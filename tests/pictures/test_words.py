"""Numbers in words."""

from __future__ import annotations

import math

import pytest

from grader.pictures.words import apart, clean, count, label, listing, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (6.8e-3, "0.0068"),
        (1e-9, "1e-9"),
        (1.5e16, "1.5e16"),
        (math.nan, "NaN"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    """Exponents have no padding."""
    assert number(value) == text


def test_numbers_that_differ_read_differently() -> None:
    """A finding that says "yours 0.001, expected 0.001" would be none."""
    assert apart(0.001, 0.001000001) == ("0.001", "0.001000001")
    assert apart(1.0, 2.0) == ("1", "2")
    assert apart(1.0, 1.0) == ("1", "1")


def test_names_fit_and_lists_end() -> None:
    """Names are one line, long lists are counted."""
    assert label("a\n b" + "c" * 50) == "a b" + "c" * 24 + "…"
    assert clean("x\x07y") == "x\ufffdy"
    assert listing(["1", "2", "3"]) == "1, 2 and 3"
    assert listing([str(i) for i in range(9)]) == "0, 1, 2 and 6 more"
    assert (count(1, "value"), count(0, "value")) == ("1 value", "0 values")
