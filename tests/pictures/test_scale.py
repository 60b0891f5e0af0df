"""Axes for any numbers."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.pictures.scale import Scale, spanning

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.floats(), max_size=20))
def test_every_finite_value_has_a_place_on_the_axis(values: list[float]) -> None:
    """Finite values lie between 0 and 1, others nowhere."""
    array = numpy.array(values, dtype=float)
    places = spanning(array).places(array)
    finite = numpy.isfinite(array)
    assert ((places[finite] >= 0) & (places[finite] <= 1)).all()
    assert numpy.isnan(places[~finite]).all()


@given(FINITE, FINITE, st.integers(1, 8), st.booleans())
def test_ticks_are_on_the_axis_and_told_apart(
    one: float, other: float, wanted: int, whole: bool
) -> None:
    """No axis has two ticks with the same text, or a tick elsewhere."""
    scale = Scale(min(one, other), max(one, other))
    ticks = scale.ticks(wanted, whole=whole)
    assert len({tick.text for tick in ticks}) == len(ticks)
    assert all(math.isfinite(tick.place) and -0.02 <= tick.place <= 1.02 for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0.0, 1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (0.0, 1e308, ["0", "2e307", "4e307", "6e307", "8e307", "1e308"]),
        (1.0, 1.0002, ["1", "1.00005", "1.0001", "1.00015", "1.0002"]),
    ],
)
def test_ticks_are_round(low: float, high: float, texts: list[str]) -> None:
    """As many digits as needed and no more."""
    assert [tick.text for tick in Scale(low, high).ticks(5)] == texts


def test_a_constant_stands_in_the_middle() -> None:
    """A constant is not on the edge of its axis."""
    values = numpy.full(3, 7.0)
    assert spanning(values).places(values).tolist() == pytest.approx([0.5, 0.5, 0.5])
