"""Panels: values and positions on them, and what stands around them."""

from __future__ import annotations

import math
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy
import pytest

from grader.pictures.drawing import WIDTH, Drawing
from grader.pictures.panels import Panel, end_labels, mark_lines, panel, x_ticks, y_ticks
from grader.pictures.scale import Scale, Tick

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def target() -> Panel:
    """A panel from (54, 20) to (388, 120) of a drawing that is 150 high, both axes from 0 to 10."""
    return panel(Drawing(150), bottom=20, height=100, x=Scale(0, 10), y=Scale(0, 10))


def shown(target: Panel, tag: str) -> list[Element]:
    """What is drawn with this tag."""
    svg = target.drawing.picture(title="t", description="d").svg
    return list(ElementTree.fromstring(svg).iter(SVG + tag))


def test_values_stand_between_the_edges(target: Panel) -> None:
    """The middle of both axes is the middle of the panel; a value that is not finite is a gap."""
    target.line(numpy.array([0.0, 5, math.nan, 10]), numpy.array([0.0, 5, 5, 10]), "yours")
    assert [path.get("d") for path in shown(target, "path")] == [
        "m54 130l167-50m167-50",
        "m54 130h334",
    ]


def test_a_shade_ends_where_the_panel_does(target: Panel) -> None:
    """Without a clip: its corners are moved to the edge."""
    target.band(-99, 5)
    target.shade((0.5, 1.01), (0, 1))
    band, right, _ = [path.get("d") for path in shown(target, "path")]
    assert band == "m54 130h334v-50h-334"
    assert right == "m221 130h167v-100h-167"


def test_ticks_have_a_mark_and_a_number(target: Panel) -> None:
    """Below the panel a mark each, all in one path; to the left a line across it."""
    ticks = (Tick(0.0, "0"), Tick(0.5, "5"))
    x_ticks(target, ticks, "step")
    y_ticks(target, ticks)
    data = [path.get("d") for path in shown(target, "path")]
    assert data[:2] == ["m54 130v3m167-3v3", "m54 130h334m-334-50h334"]
    assert [text.text for text in shown(target, "text")] == ["0", "5", "step", "0", "5"]


def test_names_at_the_end_of_curves_do_not_overlap(target: Panel) -> None:
    """Curves that end at the same place are named below each other, inside the panel."""
    end_labels(target, {"one": (10, "yours"), "two": (10, "expected"), "three": (9.9, "ink")})
    heights = sorted(float(text.get("y", "")) for text in shown(target, "text"))
    assert all(lower - upper == pytest.approx(14, abs=0.02) for upper, lower in pairwise(heights))
    assert heights[0] == pytest.approx(30 + 0.26 * 12, abs=0.02)


def test_names_of_marks_stay_on_the_drawing(target: Panel) -> None:
    """One at the right edge is written to the left of its line, one outside the axis not at all."""
    mark_lines(target, {"beyond": 11, "the very last one of them": 10, "nowhere": math.nan})
    (text,) = shown(target, "text")
    assert (text.text, text.get("text-anchor")) == ("the very last one of them", "end")
    assert float(text.get("x", "")) < 388 < WIDTH


def test_marks_in_the_same_place_have_rows_of_their_own(target: Panel) -> None:
    """Their names would hide each other."""
    mark_lines(target, {"first": 5, "second": 5.1})
    first, second = shown(target, "text")
    assert float(second.get("y", "")) - float(first.get("y", "")) == pytest.approx(14)
