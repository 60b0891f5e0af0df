"""The pattern that the errors of an array make, in words."""

from __future__ import annotations

from typing import Final

import numpy

from grader.pictures.numbers import Flags, Floats, log10
from grader.pictures.words import count, listing, number

_EXPLAINED: Final = 0.8
"""Share of the variance of log errors that makes stripes; random errors give about 1 / length."""

_FEW: Final = 4
_SCATTERED: Final = 0.02


def pattern(ratio: Floats, rows: str, columns: str) -> str:
    """Says where errors are: stripes by row or by column, uniform, single cells.

    Args:
        ratio: error / tolerance, shape (R, C); what is not finite counts as wrong.
        rows: what a row is.
        columns: what a column is.
    """
    if ratio.size == 0:
        return "There are no cells to compare."
    failing = ~(ratio <= 1)
    wrong = int(failing.sum())
    if wrong == 0:
        return f"All {count(ratio.size, 'cell')} are within the tolerance."
    head = f"{wrong} of {count(ratio.size, 'cell')} are outside the tolerance"
    return f"{head}: {_shape(ratio, failing, rows, columns)}. {_worst(ratio, rows, columns)}"


def _shape(ratio: Floats, failing: Flags, rows: str, columns: str) -> str:
    wrong = int(failing.sum())
    whole_rows = _stripe_names(failing, 1, rows)
    whole_columns = _stripe_names(failing, 0, columns)
    if wrong <= max(_FEW, _SCATTERED * failing.size) and not (whole_rows or whole_columns):
        return "single cells, " + _places(failing)
    if whole_rows:
        return f"stripes by {rows}: {whole_rows}"
    if whole_columns:
        return f"stripes by {columns}: {whole_columns}"
    return _shades(ratio, failing, rows, columns)


def _stripe_names(failing: Flags, axis: int, name: str) -> str:
    """The lines that are wrong from end to end, if all errors are on them and others are right."""
    if failing.shape[axis] < 2:
        return ""
    full = failing.all(axis=axis)
    if full.all() or not numpy.array_equal(failing.any(axis=axis), full):
        return ""
    names = [str(index) for index in numpy.flatnonzero(full)]
    return f"{name} {names[0]}" if len(names) == 1 else f"{name}s {listing(names)}"


def _shades(ratio: Floats, failing: Flags, rows: str, columns: str) -> str:
    """Stripes that differ in size only, else how evenly the errors are spread."""
    logs = numpy.clip(numpy.nan_to_num(log10(ratio), nan=310.0), -1.0, 310.0)
    total = float(logs.var())
    if total > 1e-6:
        by_row = float(logs.mean(axis=1).var()) / total if logs.shape[1] > 1 else 0.0
        by_column = float(logs.mean(axis=0).var()) / total if logs.shape[0] > 1 else 0.0
        if max(by_row, by_column) >= _EXPLAINED:
            return f"stripes by {rows if by_row >= by_column else columns}, of different size"
    share = failing.mean()
    if share > 0.9:
        return f"uniform, no {rows} and no {columns} stands out"
    return f"scattered, {number(100 * float(share), 2)} % of the cells"


def _places(failing: Flags) -> str:
    places = [f"[{row}, {column}]" for row, column in numpy.argwhere(failing)[:_FEW]]
    wrong = int(failing.sum())
    if wrong > _FEW:
        return ", ".join(places[: _FEW - 1]) + f" and {wrong - _FEW + 1} more"
    return listing(places)


def _worst(ratio: Floats, rows: str, columns: str) -> str:
    size = numpy.where(numpy.isnan(ratio), numpy.inf, ratio)
    row, column = numpy.unravel_index(int(numpy.argmax(size)), ratio.shape)
    value = ratio[row, column]
    seen = (
        f"is {number(float(value), 2)} times the tolerance"
        if numpy.isfinite(value)
        else "is not finite"
    )
    return f"The largest error, at {rows} {row}, {columns} {column}, {seen}."
