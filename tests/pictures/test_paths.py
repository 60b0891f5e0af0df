"""Short path data."""

from __future__ import annotations

import math
import re

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.pictures.numbers import Floats
from grader.pictures.paths import Segment, compact, decimal, moved, parse, polyline, unbent

COORDINATES = st.tuples(st.floats(-999, 999), st.floats(-999, 999))
LINES = st.lists(st.tuples(st.just("L"), st.tuples(COORDINATES)), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("hundredths", "text"), [(0, "0"), (5, ".05"), (-50, "-.5"), (150, "1.5"), (1000, "10")]
)
def test_numbers_are_written_as_short_as_possible(hundredths: int, text: str) -> None:
    """No zero that says nothing."""
    assert decimal(hundredths) == text


def test_a_polyline_takes_few_bytes() -> None:
    """Steps along an axis have a letter of their own; repeated letters are left out."""
    data = "M 10 10 \nL 20 10 \nL 20 30 \nL 21.5 29 \nL 22.5 28 \nz"
    assert compact(parse(data)) == "m10 10h10v20l1.5-1 1-1z"


def test_curves_and_restarts_are_relative_to_the_right_point() -> None:
    """After a closed subpath the pen is back at its start."""
    data = "M 1 1 C 1 2 3 4 5 6 z M 2 2 Q 3 3 4 2"
    assert compact(parse(data)) == "m1 1c0 1 2 3 4 5zm1 1q1 1 2 0"


@given(LINES)
def test_rounding_errors_do_not_add_up(lines: list[Segment]) -> None:
    """Following the relative steps ends within half a hundredth of the true end."""
    segments: list[Segment] = [("M", ((0.0, 0.0),)), *lines]
    ends = [round(value * 100) for value in lines[-1][1][0]]
    again = absolute_end(compact(segments))
    assert again == ends


def absolute_end(data: str) -> list[int]:
    """Follows relative path data, in hundredths."""
    x = y = 0
    for letter, numbers in re.findall(r"([mlhv])([^mlhv]*)", data):
        steps = [round(float(n) * 100) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if letter in "ml":
            x, y = x + sum(steps[::2]), y + sum(steps[1::2])
        elif letter == "h":
            x += sum(steps)
        else:
            y += sum(steps)
    return [x, y]


def test_a_path_can_be_moved() -> None:
    """A marker is drawn at its place."""
    assert compact(moved(parse("M 0 0 L 1 1"), 5, 6)) == "m5 6l1 1"


@given(LINES)
def test_a_polyline_is_what_its_segments_are(lines: list[Segment]) -> None:
    """Both ways of writing straight lines agree, to the half hundredth that either may round."""
    points = numpy.array([(0.0, 0.0), *(line[1][0] for line in lines)]).round(2)
    first, *rest = map(tuple, points.tolist())
    segments: list[Segment] = [("M", (first,)), *(("L", (point,)) for point in rest)]
    assert polyline(points[:, 0], points[:, 1]) == compact(segments)


def test_a_polyline_begins_again_after_a_gap() -> None:
    """The pen moves on from where it was; nothing is written for nothing."""
    xs, ys = numpy.array([0.0, 1, math.nan, 3, 4]), numpy.array([0.0, 0, 0, 2, 2])
    assert polyline(xs, ys) == "m0 0h1m2 2h1"
    assert polyline(numpy.empty(0), numpy.empty(0)) == ""
    assert polyline(xs, ys * math.nan) == ""


def distance(xs: Floats, ys: Floats, line: tuple[Floats, Floats]) -> float:
    """The largest distance of any point from a line."""
    ends = numpy.stack(line, axis=1)
    points = numpy.stack([xs, ys], axis=1)[:, None]
    start, step = ends[:-1], numpy.diff(ends, axis=0)
    lengths = (step**2).sum(axis=1)
    share = ((points - start) * step).sum(axis=2) / numpy.where(lengths > 0, lengths, 1)
    nearest = start + numpy.clip(share, 0, 1)[..., None] * step
    return float(numpy.hypot(*(points - nearest).T).min(axis=0).max())


@given(st.integers(3, 400), st.floats(0, 2), st.integers(0, 99))
def test_a_line_that_hardly_bends_needs_few_points(size: int, noise: float, seed: int) -> None:
    """No point that was left out lies further away than an eighth of a point."""
    xs = numpy.linspace(0, 334, size)
    ys = 60 + 50 * numpy.sin(xs / 50) + noise * numpy.random.default_rng(seed).normal(size=size)
    fewer = unbent(xs, ys)
    assert distance(xs, ys, fewer) <= 0.12 + 1e-9
    assert (fewer[0][0], fewer[0][-1]) == (xs[0], xs[-1])


def test_gaps_spikes_and_ends_are_no_needless_points() -> None:
    """A NaN, and a peak straight above its neighbours, are what a picture is about."""
    xs = numpy.array([0.0, 1, 2, 2, 2, 3, 4, 5, 6])
    ys = numpy.array([0.0, 0, 0, 9, 0, 0, math.nan, 0, 0])
    left, height = unbent(xs, ys)
    assert 9 in height
    assert numpy.isnan(height).sum() == 1
    assert (left[0], left[-1]) == (0, 6)
    flat = unbent(numpy.arange(401.0), numpy.zeros(401))
    assert flat[0].size < 60
    assert not flat[1].any()
    assert [part.size for part in unbent(numpy.empty(0), numpy.empty(0))] == [0, 0]
