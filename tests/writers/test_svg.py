"""Which drawings may stand in the page, and how they are rewritten."""

from __future__ import annotations

from types import ModuleType

import pytest

from grader.writers.svg import UnsafeDrawing, cleaned

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inner: str, attributes: str = 'viewBox="0 0 10 5"') -> str:
    """A drawing of these elements."""
    return f"<svg {NAMESPACE} {attributes}>{inner}</svg>"


@pytest.mark.parametrize(
    ("drawing", "reason"),
    [
        (svg("<script>alert(1)</script>"), "a <script> element"),
        (svg("<g><SCRIPT/></g>"), "a <SCRIPT> element"),
        (svg("<foreignObject><p/></foreignObject>"), "a <foreignObject> element"),
        (svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>'), "not SVG"),
        (svg('<path onclick="alert(1)"/>'), "event handler"),
        (svg("", 'viewBox="0 0 1 1" onload="alert(1)"'), "event handler"),
        (svg("<a href='#x'/>"), "a <a> element"),
        (svg('<use href="https://example.org/#x"/>'), "outside itself"),
        (svg('<use xlink:href="other.svg#x"/>'), "outside itself"),
        (svg('<image href="https://example.org/x.png"/>'), "outside itself"),
        (svg('<image href="data:image/svg+xml;base64,AAAA"/>'), "outside itself"),
        (svg('<path fill="url(https://example.org/x)"/>'), "outside itself"),
        (svg('<path style="fill: url(//example.org/x)"/>'), "outside itself"),
        (svg(r'<path fill="u\72l(//example.org/x)"/>'), "outside itself"),
        (svg('<animate attributeName="href"/>'), "a <animate> element"),
        (svg('<set attributeName="onclick"/>'), "a <set> element"),
        (svg("<svg/>"), "a <svg> element"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "document type"),
        (svg("") + "<script/>", "not well-formed"),
        ("<p>text</p>", "not an <svg>"),
        ("", "not well-formed"),
        ("\ud800", "encoding"),
        (svg("", ""), "no size"),
        (svg("", 'viewBox="0 0 nan 5"'), "no sense"),
        (svg("<g>" * 200 + "</g>" * 200), "too deeply"),
        (" " * 1_000_001, "too large"),
    ],
)
def test_what_could_act_is_refused(drawing: str, reason: str) -> None:
    """Scripts, handlers, references and anything unknown keep a drawing out of the page."""
    with pytest.raises(UnsafeDrawing, match=reason):
        cleaned(drawing, "p:", "label")


def test_shapes_come_through_with_their_colours() -> None:
    """Attributes stay, declarations become attributes, classes of colours are kept."""
    drawing = svg(
        '<metadata>who</metadata><style>* {fill: red}</style><path d="M0 0" class="s-yours evil" '
        'style="fill: var(--paper, #fff); stroke-width: 2; behavior: none"/>'
        '<text class="f-ink" style="font: 700 12px sans-serif">a &lt; b<tspan>c</tspan>d</text>'
    )

    assert cleaned(drawing, "p:", 'a "b"') == (
        '<svg role="img" aria-label="a &#34;b&#34;" viewBox="0 0 10 5" width="10" height="5">'
        '<path d="M0 0" fill="var(--paper, #fff)" stroke-width="2"/>'
        '<text class="f-ink" font-size="12" font-weight="bold">a &lt; b<tspan>c</tspan>d</text>'
        "</svg>"
    )


def test_names_are_the_drawing_s_own() -> None:
    """Two drawings on one page cannot refer to each other's parts."""
    drawing = svg(
        '<defs><path id="m" d="M0 0"/></defs><use xlink:href="#m" x="1"/>'
        '<g clip-path="url(#m)"/><rect style="fill: url(\'#m\')"/>'
    )

    text = cleaned(drawing, "one:", "")
    assert 'id="one:m"' in text
    assert 'href="#one:m"' in text
    assert 'clip-path="url(#one:m)"' in text
    assert 'fill="url(#one:m)"' in text


def test_pixels_may_be_embedded() -> None:
    """A bitmap that is part of the drawing loads nothing."""
    assert "data:image/png;base64,iVBO" in cleaned(
        svg('<image href="data:image/png;base64,iVBO" width="1"/>'), "p:", ""
    )


def test_the_sample_drawing_is_accepted(sample: ModuleType) -> None:
    """What a course draws comes through whole."""
    text = cleaned(sample.curve(), "p:", "curve")

    assert text.count("<path") == sample.curve().count("<path")
    assert "style=" not in text
