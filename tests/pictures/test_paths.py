"""Short path data."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.pictures.paths import Segment, compact, decimal, moved, parse

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
