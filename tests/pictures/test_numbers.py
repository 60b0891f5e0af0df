"""Arrays from anything."""

from __future__ import annotations

import math

import numpy
from hypothesis import given
from hypothesis import strategies as st

from grader.pictures.numbers import difference, norm, runs, thin


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3000))
def test_thinning_keeps_extremes_and_ends(values: list[float]) -> None:
    """The spike that a picture is about survives."""
    array = numpy.array(values)
    kept = thin(array, buckets=20)
    assert kept.size <= 64
    assert array[kept].min() == array.min()
    assert array[kept].max() == array.max()
    assert (kept[0], kept[-1]) == (0, array.size - 1)


def test_thinning_keeps_the_gap_of_a_nan() -> None:
    """A single NaN among a million values is still there."""
    values = numpy.zeros(1_000_000)
    values[345_678] = math.nan
    assert 345_678 in thin(values)


def test_differences_do_not_overflow() -> None:
    """The largest floats differ by the largest float, equal infinities by nothing."""
    yours = numpy.array([1.7e308, math.inf, math.inf])
    expected = numpy.array([-1.7e308, math.inf, 1.0])
    largest = float(numpy.finfo(float).max)
    assert difference(yours, expected).tolist() == [largest, 0.0, math.inf]


def test_the_norm_of_large_and_small_values_is_right() -> None:
    """Squares would overflow, or vanish."""
    assert math.isclose(norm(numpy.array([3e200, 4e200])), 5e200)
    assert math.isclose(norm(numpy.array([3e-200, 4e-200])), 5e-200)
    assert norm(numpy.array([])) == 0


@given(st.lists(st.booleans(), max_size=60))
def test_runs_cover_exactly_what_is_true(flags: list[bool]) -> None:
    """Every true value is in one run, and no false one is."""
    array = numpy.array(flags, dtype=bool)
    covered = [index for start, stop in runs(array) for index in range(start, stop)]
    assert covered == numpy.flatnonzero(array).tolist()
