"""Arrays of errors as few cells."""

from __future__ import annotations

import numpy
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from grader.pictures.cells import row_runs, run_count
from grader.pictures.numbers import Flags, runs


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=9)))
def test_runs_of_all_rows_are_those_of_each(flags: Flags) -> None:
    """No run goes on in the next row, and none is lost."""
    one_by_one = [[row, *run] for row in range(len(flags)) for run in runs(flags[row])]
    assert row_runs(flags).tolist() == one_by_one


def test_runs_are_counted_along_rows() -> None:
    """Two in the first row and one in the second; two in each of three columns."""
    levels = numpy.array([[1, 1, 0], [2, 2, 2]])
    assert run_count(levels) == 3
    assert run_count(levels.T) == 6
