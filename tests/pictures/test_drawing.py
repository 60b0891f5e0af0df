"""Drawings that need no library: what is written for a line, an area, a mark, a text."""

from __future__ import annotations

import math
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from grader.pictures import PALETTE, figure_to_picture, sheet
from grader.pictures.drawing import Depth, Drawing

SVG = "{http://www.w3.org/2000/svg}"


def parts(drawing: Drawing) -> list[Element]:
    """What is drawn, without title and description."""
    root = ElementTree.fromstring(drawing.picture(title="t", description="d").svg)
    return list(root)[2:]


def only(drawing: Drawing) -> Element:
    """The one thing that is drawn."""
    (part,) = parts(drawing)
    return part


def test_a_line_goes_upwards_from_the_lower_left_corner() -> None:
    """Lengths are points from the lower edge, where SVG counts from the upper one."""
    drawing = Drawing(100)
    drawing.line((0, 10), (0, 30), "yours", width=1.5)
    assert only(drawing).attrib == {
        "d": "m0 100l10-30",
        "fill": "none",
        "stroke": PALETTE["yours"],
        "class": "s-yours",
        "stroke-width": "1.5",
    }


def test_a_line_has_a_gap_where_a_value_is_not_finite() -> None:
    """Both coordinates count, and the line goes on behind the gap."""
    drawing = Drawing(10)
    xs = (0, 1, 2, 3, math.inf, 5, 6)
    drawing.line(xs, (0, 0, math.nan, 0, 0, 0, 0), "ink")
    assert only(drawing).get("d") == "m0 10h1m2 0m2 0h1"


def test_dashes_are_as_long_as_the_line_is_wide() -> None:
    """A thicker line has longer dashes, so that both look alike."""
    drawing = Drawing(10)
    drawing.line((0, 9), (1, 1), "good", width=2, dashes=(3.4, 2.0), cap="round")
    assert only(drawing).get("stroke-dasharray") == "6.8,4"
    assert only(drawing).get("stroke-linecap") == "round"


def test_cells_that_touch_are_crisp_and_pale_ones_let_the_page_through() -> None:
    """Antialiasing would show a seam between two strokes."""
    drawing = Drawing(10)
    drawing.line((0, 9), (1, 1), "bad", crisp=True, opacity=0.45)
    assert only(drawing).get("shape-rendering") == "crispEdges"
    assert only(drawing).get("opacity") == ".45"


def test_what_lies_deeper_is_painted_first() -> None:
    """Order in the programme does not matter: shades lie below lines, texts above everything."""
    drawing = Drawing(10)
    drawing.text(1, 1, "above", "ink", size=11)
    drawing.line((0, 1), (0, 0), "ink")
    drawing.line((0, 1), (1, 1), "muted", depth=Depth.AXES)
    drawing.line((0, 1), (2, 2), "grid", depth=Depth.GRID)
    drawing.area((0, 1, 1), (0, 0, 1), "shade")
    classes = [part.get("class") for part in parts(drawing)]
    assert classes == ["f-shade", "s-grid", "s-ink", "s-muted", "f-ink"]


def test_marks_stand_around_their_points() -> None:
    """A cross is two strokes of its size through the point."""
    drawing = Drawing(10)
    drawing.marks((5, math.nan), (5, 1), "x", "bad", size=4, width=1)
    drawing.marks((5,), (5,), "+", "good", size=4, width=1)
    assert [part.get("d") for part in parts(drawing)] == ["m3 7l4-4m-4 0l4 4", "m3 5h4m-2 2v-4"]


def test_dots_have_a_face_and_a_rim() -> None:
    """What all of them share is said once; a point that is not finite has none."""
    drawing = Drawing(10)
    drawing.dots((1, math.nan, 3), (2, 2, 2), "good", face="paper", size=6, width=1.4)
    group = only(drawing)
    assert group.get("class") == "f-paper s-good"
    assert [circle.attrib for circle in group] == [
        {"cx": "1", "cy": "8", "r": "3"},
        {"cx": "3", "cy": "8", "r": "3"},
    ]


@pytest.mark.parametrize(
    ("align", "anchor"), [("left", "start"), ("center", "middle"), ("right", "end")]
)
def test_text_is_aligned_at_its_place(align: str, anchor: str) -> None:
    """Its middle is at the height that was asked for, so its baseline lies a little lower."""
    drawing = Drawing(100)
    drawing.text(5, 50, "name", "muted", size=10, align=align)  # type: ignore[arg-type]
    text = only(drawing)
    assert (text.get("x"), text.get("y"), text.get("text-anchor")) == ("5", "52.6", anchor)
    assert (text.get("fill"), text.get("class")) == (PALETTE["muted"], "f-muted")


def test_a_halo_is_a_rim_in_the_colour_of_the_paper() -> None:
    """It is painted before the letters, and follows the theme as they do."""
    drawing = Drawing(100)
    drawing.text(5, 50, "name", "ink", size=10, halo=True)
    text = only(drawing)
    assert (text.get("paint-order"), text.get("stroke-width")) == ("stroke", "3")
    assert (text.get("stroke"), text.get("class")) == (PALETTE["paper"], "f-ink s-paper")


def test_hostile_text_stays_text() -> None:
    """Markup, quotes and what XML cannot hold; the page reads what was written."""
    name = """</text><script>"'&amp;]]>\x00\x1b\ud800\uffff"""
    drawing = Drawing(100)
    drawing.text(5, 50, name, "ink", size=10)
    picture = drawing.picture(title=name, description=name)
    shown = name[:-4] + 4 * "\ufffd"
    root = ElementTree.fromstring(picture.svg)
    assert [element.text for element in root] == [shown] * 3
    assert (picture.title, picture.description) == (shown, shown)


def test_what_has_no_place_is_not_drawn() -> None:
    """No empty path, no empty group, no text at NaN."""
    drawing = Drawing(100)
    drawing.line((), (), "ink")
    drawing.area((math.nan,) * 3, (0, 0, 1), "shade")
    drawing.marks((math.inf,), (0,), "x", "bad", size=4, width=1)
    drawing.dots((), (), "good", face="good", size=4, width=1)
    drawing.text(math.nan, 0, "nowhere", "ink", size=10)
    drawing.text(0, -math.inf, "nowhere", "ink", size=10)
    drawing.text(0, 0, "", "ink", size=10)
    assert parts(drawing) == []


def test_both_ways_to_draw_have_the_same_frame() -> None:
    """A drawing and a figure of the same size begin alike, but for the names of their own."""
    with sheet(120) as figure:
        figures = figure_to_picture(figure, title="A & B", description="They differ.")
    ours = Drawing(120).picture(title="A & B", description="They differ.")
    assert ours == figures
    root = ElementTree.fromstring(ours.svg)
    assert root.get("viewBox") == "0 0 480 120"
    assert root.get("width") == "100%"
    assert root.get("aria-labelledby") == " ".join(child.get("id", "") for child in root)
