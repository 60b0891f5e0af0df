"""Lets a drawing into the page only as shapes and text.

The drawing is read as XML and written anew from the elements and attributes named below, so what
this module has not heard of cannot get through. A drawing that asks for more is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from markupsafe import Markup, escape

SVG: Final = "{http://www.w3.org/2000/svg}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
LARGEST: Final = 1_000_000
"""Characters of a drawing that are read at all."""

_DEEPEST: Final = 60


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS: Final = _names(
    "svg g defs use symbol path rect circle ellipse line polyline polygon text tspan title desc "
    "clipPath linearGradient radialGradient stop pattern marker image"
)
# Written by drawing programs, of no use in a page: left out with all they hold.
_IGNORED: Final = frozenset({"metadata", "style"})
# Properties that may stand as attributes and as declarations of a ``style``.
_PROPERTIES: Final = _names(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin "
    "stroke-dasharray stroke-dashoffset stroke-miterlimit opacity color clip-path clip-rule "
    "marker-start marker-mid marker-end stop-color stop-opacity text-anchor dominant-baseline "
    "font-size font-weight font-style font-variant font-stretch letter-spacing paint-order "
    "vector-effect visibility display image-rendering shape-rendering"
)
_ATTRIBUTES: Final = _PROPERTIES | _names(
    "id transform d x y dx dy x1 y1 x2 y2 cx cy r rx ry fx fy width height points viewBox "
    "preserveAspectRatio offset gradientUnits gradientTransform spreadMethod clipPathUnits "
    "patternUnits patternContentUnits patternTransform markerWidth markerHeight markerUnits "
    "orient refX refY rotate textLength lengthAdjust"
)
# The classes by which `grader.pictures` ties colours to the page's variables.
_CLASSES: Final = re.compile(
    r"(?:\s*[sf]-(?:ink|muted|grid|paper|yours|expected|bad|good|shade)(?!\S))+\s*"
)
_DROPPED_ON_ROOT: Final = frozenset({"id", "width", "height", "x", "y", "display", "visibility"})

_LOCAL: Final = re.compile(r"url\(\s*(['\"]?)#([^'\"()\s]+)\1\s*\)")
_PIXELS: Final = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_FONT_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)px")
_UNITS: Final = re.compile(r"(\d+(?:\.\d+)?)(?:px|pt)?")


class UnsafeDrawing(ValueError):
    """A drawing is not a lone, passive ``<svg>``; its text says what was found, as a clause."""


def cleaned(svg: str, prefix: str, label: str) -> Markup:
    """The drawing as markup that can stand in the page.

    Args:
        svg: the drawing as it came with the record.
        prefix: put before each identifier, so that no two drawings share one.
        label: what the drawing shows, for those who do not see it.

    Raises:
        UnsafeDrawing: if it holds anything that could act, load or reach out of itself.
    """
    if len(svg) > LARGEST:
        raise UnsafeDrawing("it is too large")
    if "<!DOCTYPE" in svg.upper() or "<!ENTITY" in svg.upper():
        raise UnsafeDrawing("it declares a document type")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        raise UnsafeDrawing("it is not well-formed") from None
    except (LookupError, ValueError):
        raise UnsafeDrawing("its encoding is unknown") from None
    if root.tag not in (f"{SVG}svg", "svg"):
        raise UnsafeDrawing("it is not an <svg> element")
    size = _size(root)
    inner = "".join(_children(root, prefix, 1))
    attributes = _written(
        (name, value)
        for name, value in _attributes(root, prefix)
        if name not in _DROPPED_ON_ROOT and name != "viewBox"
    )
    head = f'viewBox="{escape(size[0])}" width="{size[1]:g}" height="{size[2]:g}"'
    return Markup(f'<svg role="img" aria-label="{escape(label)}" {head}{attributes}>{inner}</svg>')


def _size(root: ElementTree.Element) -> tuple[str, float, float]:
    box = root.get("viewBox", "")
    try:
        numbers = [float(part) for part in box.replace(",", " ").split()]
    except ValueError:
        numbers = []
    if len(numbers) != 4:
        sides = [_UNITS.fullmatch(root.get(name, "").strip()) for name in ("width", "height")]
        found = [float(side.group(1)) for side in sides if side is not None]
        if len(found) != 2:
            raise UnsafeDrawing("it has no size")
        numbers = [0.0, 0.0, *found]
    if not (0 < numbers[2] <= 10_000 and 0 < numbers[3] <= 10_000):
        raise UnsafeDrawing("its size makes no sense")
    return " ".join(f"{number:g}" for number in numbers), numbers[2], numbers[3]


def _children(element: ElementTree.Element, prefix: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise UnsafeDrawing("it is nested too deeply")
    holds_text = _local(element.tag) in ("text", "tspan", "title", "desc")
    if holds_text and element.text:
        yield str(escape(element.text))
    for child in element:
        yield from _element(child, prefix, depth)
        if holds_text and child.tail:
            yield str(escape(child.tail))


def _element(element: ElementTree.Element, prefix: str, depth: int) -> Iterator[str]:
    name = _local(element.tag)
    if name in _IGNORED or (name in ("title", "desc") and depth == 1):
        return
    if name not in _ELEMENTS or name == "svg":
        raise UnsafeDrawing(f"it holds a <{name[:40]}> element")
    attributes = _written(_attributes(element, prefix))
    inner = "".join(_children(element, prefix, depth + 1))
    yield f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def _local(tag: str) -> str:
    if tag.startswith("{") and not tag.startswith(SVG):
        # Metadata of drawing programs live in name spaces of their own, inside <metadata>.
        raise UnsafeDrawing("it holds elements that are not SVG")
    return tag.removeprefix(SVG)


def _written(pairs: Iterator[tuple[str, str]]) -> str:
    # A later declaration wins, as in a style sheet.
    return "".join(f' {name}="{escape(value)}"' for name, value in dict(pairs).items())


def _attributes(element: ElementTree.Element, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        plain = name.removeprefix(XLINK)
        if plain.lower().startswith("on"):
            raise UnsafeDrawing("it holds an event handler")
        if plain == "href":
            yield "href", _reference(element, value.strip(), prefix)
        elif plain == "id":
            yield "id", f"{prefix}{value}"
        elif plain == "class" and _CLASSES.fullmatch(value):
            yield "class", value
        elif plain in _ATTRIBUTES:
            yield plain, _value(value, prefix)
    for declaration in element.get("style", "").split(";"):
        name, _, value = declaration.partition(":")
        yield from _declared(name.strip(), value.strip(), prefix)


def _declared(name: str, value: str, prefix: str) -> Iterator[tuple[str, str]]:
    if name == "font":
        size = _FONT_SIZE.search(value)
        if size is not None:
            yield "font-size", size.group(1)
        if "bold" in value or value.startswith("700"):
            yield "font-weight", "bold"
    elif name in _PROPERTIES:
        yield name, _value(value, prefix)
    else:
        _value(value, prefix)


def _reference(element: ElementTree.Element, value: str, prefix: str) -> str:
    if value.startswith("#"):
        return f"#{prefix}{value[1:]}"
    if _local(element.tag) == "image" and _PIXELS.fullmatch(value):
        return value
    raise UnsafeDrawing("it refers to something outside itself")


def _value(value: str, prefix: str) -> str:
    rest = _LOCAL.sub("", value).lower()
    if "url" in rest or "image(" in rest or "src(" in rest or "\\" in rest:
        raise UnsafeDrawing("it refers to something outside itself")
    return _LOCAL.sub(lambda found: f"url(#{prefix}{found.group(2)})", value)
