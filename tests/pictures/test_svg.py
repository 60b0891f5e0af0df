"""Figures that authors draw themselves."""

from __future__ import annotations

from xml.etree import ElementTree

import matplotlib
import pytest
from cycler import cycler
from matplotlib.figure import Figure

from grader.errors import CourseError
from grader.pictures import PALETTE, figure_to_picture, sheet

SVG = "{http://www.w3.org/2000/svg}"


def busy_figure() -> Figure:
    """A figure with most of what authors use."""
    figure = Figure()
    axes = figure.subplots(2, 1)
    axes[0].plot([1, 2, 3], [3, 1, 2], "o--", color=PALETTE["yours"], label="yours")
    axes[0].fill_between([1, 2, 3], [0, 0, 0], [1, 1, 1], hatch="//", color=PALETTE["shade"])
    axes[0].legend()
    axes[0].set_ylabel("turned")
    axes[1].scatter([1, 2, 3], [1, 2, 3], s=[10, 20, 30], color="#ff00ff")
    axes[1].bar([1, 2], [2, 3], color="0.5", url="https://example.org/")
    axes[1].text(1, 1, "a <b> & $c$", gid="halo")
    return figure


def test_a_figure_becomes_a_plain_svg() -> None:
    """No styles, no metadata, no links; the title and description come first."""
    picture = figure_to_picture(busy_figure(), title="A & B", description="They differ.")
    root = ElementTree.fromstring(picture.svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert not tags & {"a", "style", "metadata", "script", "foreignObject", "image"}
    assert " style=" not in picture.svg
    assert "https://" not in picture.svg
    assert [child.text for child in root[:2]] == ["A & B", "They differ."]
    assert root.get("role") == "img"
    assert (root.get("width"), root.get("height")) == ("100%", None)


def test_every_reference_has_its_definition() -> None:
    """Markers, clips and hatches still point at something."""
    root = ElementTree.fromstring(figure_to_picture(busy_figure(), title="", description="").svg)
    ids = {element.get("id") for element in root.iter()}
    wanted = {element.get("href", "")[1:] for element in root.iter(f"{SVG}use")}
    wanted |= {e.get("clip-path", "")[5:-1] for e in root.iter() if e.get("clip-path")}
    wanted |= {e.get("fill", "")[5:-1] for e in root.iter() if e.get("fill", "").startswith("url")}
    assert wanted
    assert wanted <= ids


def test_colours_of_the_palette_become_classes() -> None:
    """A role is named twice: as a class for the page, as an attribute for a reader without it."""
    with sheet(100) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.plot([0, 1], [0, 1], color=PALETTE["yours"])
        svg = figure_to_picture(figure, title="", description="").svg
    assert f'stroke="{PALETTE["yours"]}"' in svg
    assert 'class="s-yours"' in svg


def test_greys_follow_the_theme_and_other_colours_stay() -> None:
    """Black text must not vanish on a dark page; a colour with a meaning keeps it."""
    svg = figure_to_picture(busy_figure(), title="", description="").svg
    assert 'class="f-ink"' in svg
    assert "#ff00ff" in svg
    assert "#000000" not in svg


def test_text_stays_text() -> None:
    """On a sheet a dollar is a dollar; names can be selected and searched."""
    with sheet(100) as figure:
        figure.text(0.5, 0.5, "a <b> & $c$")
        picture = figure_to_picture(figure, title="", description="")
    assert ">a &lt;b&gt; &amp; $c$</text>" in picture.svg


def test_settings_of_the_process_change_nothing() -> None:
    """What an author set elsewhere holds there, and not on a sheet."""

    def drawn() -> str:
        with sheet(100) as figure:
            figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([1, 2], [2, 1])
            return figure_to_picture(figure, title="", description="").svg

    plain = drawn()
    changed = {"lines.linewidth": 9.0, "axes.prop_cycle": cycler(color=["#ff00ff"])}
    with matplotlib.rc_context(changed):
        assert drawn() == plain
        assert matplotlib.rcParams["lines.linewidth"] == 9


def test_what_a_group_says_holds_for_its_parts() -> None:
    """A formula, which matplotlib puts into a moved group, stays where it was."""
    figure = Figure()
    figure.text(0.5, 0.5, "$x^2$")
    root = ElementTree.fromstring(figure_to_picture(figure, title="", description="").svg)
    (text,) = root.iter(f"{SVG}text")
    assert text.get("transform", "").startswith("translate(")
    assert "".join(text.itertext()) == "x2"


def test_markers_are_clipped_as_a_group() -> None:
    """A clip on a moved reference would move with it, and hide the marker."""
    root = ElementTree.fromstring(figure_to_picture(busy_figure(), title="", description="").svg)
    uses = list(root.iter(f"{SVG}use"))
    clipped = [use for group in root.iter(f"{SVG}g") if group.get("clip-path") for use in group]
    assert len(clipped) == 3
    assert not any("clip-path" in use.attrib for use in uses)


def test_a_bitmap_is_refused_with_advice() -> None:
    """The page's policy forbids images, so the author learns what to draw instead."""
    figure = Figure()
    figure.subplots().imshow([[1, 2], [3, 4]])
    with pytest.raises(CourseError, match="draw bitmaps as cells"):
        figure_to_picture(figure, title="", description="")


def test_text_that_xml_cannot_hold_is_replaced() -> None:
    """A control character in a title does not break the page."""
    picture = figure_to_picture(Figure(), title="a\x00b", description="c\x1bd")
    ElementTree.fromstring(picture.svg)
    assert (picture.title, picture.description) == ("a\ufffdb", "c\ufffdd")
