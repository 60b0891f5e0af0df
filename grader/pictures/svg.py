"""From a matplotlib figure to a `Picture` that a strict page may hold.

matplotlib writes ``style`` attributes, a ``<style>`` element, global ids and a great deal of
structure. The report's security policy blocks the first two, two pictures on one page must not
share the third, and the fourth costs kilobytes. What remains here is flat and deterministic.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from grader.errors import CourseError
from grader.pictures.frame import framed
from grader.pictures.palette import PALETTE, role_of
from grader.pictures.paths import compact, moved, parse, rounded
from grader.pictures.sheet import settings
from grader.pictures.words import clean
from grader.result import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ALLOWED: Final = frozenset(
    ("svg", "g", "defs", "path", "text", "tspan", "use", "clipPath", "rect", "pattern", "circle")
)
_GEOMETRY: Final = frozenset(
    ("d", "x", "y", "width", "height", "r", "cx", "cy", "transform", "id", "patternUnits")
)
_PRESENTATION: Final = (
    "clip-path clip-rule fill fill-opacity fill-rule font-size font-style font-weight opacity "
    "shape-rendering stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin "
    "stroke-opacity stroke-width text-anchor"
)
_KEPT: Final = _GEOMETRY.union(_PRESENTATION.split())
_INITIAL: Final = frozenset(
    (
        ("stroke-dashoffset", "0"),
        ("stroke-linejoin", "round"),
        ("stroke-linecap", "butt"),
        ("fill-opacity", "1"),
        ("stroke-opacity", "1"),
    )
)
"""What the root says already, or what is so by default."""

_NUMERIC: Final = ("x", "y", "width", "height", "stroke-width", "font-size", "stroke-dashoffset")
_NUMBER: Final = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_REFERENCE: Final = re.compile(r"url\(#([^)]+)\)")
_INLINED_LENGTH: Final = 60
"""Markers whose path is shorter are written out; that is shorter than referring to them."""


def figure_to_picture(figure: Figure, *, title: str, description: str) -> Picture:
    """Turns a figure into a picture that follows the page's colours.

    Colours of `PALETTE` and all greys follow the theme; other colours stay as they are. A text
    whose artist has the gid ``halo`` gets a rim in the colour of the paper, a path with the gid
    ``crisp`` is drawn without antialiasing (cells that touch then show no seams).

    Args:
        figure: drawn with matplotlib's object interface; `sheet` gives one in the common look.
        title: what the picture shows.
        description: the finding in words, for whoever cannot see it.

    Raises:
        CourseError: if the figure holds a bitmap or anything else that is not a plain drawing.
    """
    with settings():
        stream = io.StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(stream, format="svg", metadata=metadata)
    source = ElementTree.fromstring(clean(stream.getvalue(), limit=1 << 40))
    children = list(_drawn(source))

    def renamed(prefix: str) -> list[str]:
        _rename(children, prefix)
        return [_text(child).replace(" />", "/>") for child in children]

    return framed(
        [_text(child) for child in children],
        _NUMBER.sub(lambda hit: rounded(hit[0]), source.get("viewBox", "")),
        title=title,
        description=description,
        renamed=renamed,
    )


def _text(element: Element) -> str:
    return ElementTree.tostring(element, "unicode")


def _drawn(source: Element) -> Iterator[Element]:
    """The visible elements and the definitions they need, flat."""
    definitions = {
        element.get("id", ""): element
        for defs in source.iter(_qualified("defs"))
        for element in defs
    }
    flat = list(_flattened(source, definitions))
    used = _references(flat)
    wanted = [name for name in definitions if name in used]
    if wanted:
        defs = Element("defs")
        for name in wanted:
            defs.append(_converted(definitions[name], defined=True))
        yield defs
    yield from flat


def _flattened(parent: Element, definitions: dict[str, Element]) -> Iterator[Element]:
    """Leaves of the tree in order, each with what its groups say."""
    uses: list[Element] = []
    for child in parent:
        tag = _local(child)
        if tag in ("defs", "metadata", "style"):
            continue
        _hand_down(parent, child)
        if tag == "use":
            uses.append(child)
        elif tag in ("g", "a"):
            yield from _flattened(child, definitions)
        else:
            yield _adorned(_converted(child))
    yield from (_adorned(element) for element in _markers(uses, definitions))


def _hand_down(group: Element, child: Element) -> None:
    """Gives a child what its group says and it doesn't; transforms are applied in turn."""
    if _local(group) == "svg":
        return
    for name in ("clip-path", "id"):
        if name in group.attrib:
            child.attrib.setdefault(name, group.attrib[name])
    if "style" in group.attrib:
        child.set("style", group.attrib["style"] + ";" + child.get("style", ""))
    if "transform" in group.attrib:
        child.set("transform", f"{group.attrib['transform']} {child.get('transform', '')}".strip())


def _adorned(element: Element) -> Element:
    """Carries out the two gids with a meaning."""
    gid = element.get("id")
    if gid == "crisp":
        element.set("shape-rendering", "crispEdges")
    elif gid == "halo" and element.tag == "text":
        element.set("stroke", PALETTE["paper"])
        element.set("stroke-width", "3")
        element.set("paint-order", "stroke")
        element.set("class", f"{element.get('class', '')} s-paper".strip())
    return element


def _markers(uses: list[Element], definitions: dict[str, Element]) -> Iterator[Element]:
    """Marker instances: equal short ones joined into one path, others as references."""
    groups: dict[tuple[str, str, str], list[Element]] = {}
    for use in uses:
        look = (_target(use), use.get("style", ""), use.get("clip-path", ""))
        groups.setdefault(look, []).append(use)
    for (name, _, clip), members in groups.items():
        definition = definitions[name]
        data = parse(definition.get("d", ""))
        if _local(definition) != "path" or len(compact(data)) > _INLINED_LENGTH:
            yield _referring(members, clip)
            continue
        segments = [
            segment
            for use in members
            for segment in moved(data, float(use.get("x", "0")), float(use.get("y", "0")))
        ]
        attributes = _styles(members[0]) | _styles(definition)
        if clip:
            attributes["clip-path"] = clip
        yield _with_colours(Element("path", attributes | {"d": compact(segments)}))


def _referring(uses: list[Element], clip: str) -> Element:
    """A group of references; a clip on one of them would move with its x and y."""
    group = Element("g", {"clip-path": clip} if clip else {})
    for use in uses:
        use.attrib.pop("clip-path", None)
        group.append(_converted(use))
    return group


def _converted(source: Element, *, defined: bool = False) -> Element:
    """An element without namespace and style: attributes that the page's rules may override.

    Args:
        source: as matplotlib wrote it.
        defined: it is drawn by reference, and what it doesn't say comes from there.

    Raises:
        CourseError: if it is not a plain drawing.
    """
    tag = _local(source)
    if tag not in _ALLOWED:
        raise CourseError(
            f"a figure holds <{tag}>, which a report cannot show; draw bitmaps as cells "
            "(grader.pictures.heat_map, or pcolormesh) and leave out what is rasterised"
        )
    attributes = {name: value for name, value in source.items() if name in _KEPT} | _styles(source)
    if tag == "use":
        attributes["href"] = "#" + _target(source)
    element = _with_colours(Element(tag, _shortened(attributes)), inherits=defined)
    element.text = (source.text or "").strip() or None
    inherits = defined or tag == "text"
    element.extend(_converted(child, defined=inherits) for child in source)
    return element


def _styles(source: Element) -> dict[str, str]:
    """The ``style`` attribute as presentation attributes, without fonts (the page has its own)."""
    pairs = (part.partition(":") for part in source.get("style", "").split(";"))
    styles = {name.strip(): value.strip() for name, _, value in pairs}
    return {
        name: value.removesuffix("px")
        for name, value in styles.items()
        if name in _KEPT and (name, value) not in _INITIAL
    }


def _shortened(attributes: dict[str, str]) -> dict[str, str]:
    result = dict(attributes)
    if "d" in result:
        result["d"] = compact(parse(result["d"]))
    for name in ("transform", "stroke-dasharray", *_NUMERIC):
        if name in result:
            result[name] = _NUMBER.sub(lambda hit: rounded(hit[0]), result[name])
    if result.get("transform", "").startswith("rotate(-0 "):
        del result["transform"]
    return result


def _with_colours(element: Element, *, inherits: bool = False) -> Element:
    """Adds the classes of its colours; black, which matplotlib leaves out, is said."""
    if element.tag in ("clipPath", "defs", "pattern", "g"):
        return element
    if not inherits and "fill" not in element.attrib:
        element.set("fill", PALETTE["ink"])
    classes = []
    for name in ("fill", "stroke"):
        role = role_of(element.get(name, ""))
        if role is not None:
            element.set(name, PALETTE[role])
            classes.append(f"{name[0]}-{role}")
    if classes:
        element.set("class", " ".join(classes))
    return element


def _references(elements: list[Element]) -> set[str]:
    """Names of the definitions that elements refer to."""
    found: set[str] = set()
    for element in (inner for outer in elements for inner in outer.iter()):
        for name, value in element.items():
            found.update(_REFERENCE.findall(value))
            if name == "href":
                found.add(value.removeprefix("#"))
    return found


def _rename(elements: list[Element], prefix: str) -> None:
    """Gives the ids that are needed a name of this picture's own, and drops the others."""
    names = {
        name: f"{prefix}-{position}" for position, name in enumerate(sorted(_references(elements)))
    }
    for element in (inner for outer in elements for inner in outer.iter()):
        for key, value in list(element.items()):
            if key == "id":
                element.attrib.pop("id")
                if value in names:
                    element.set("id", names[value])
            elif key == "href":
                element.set(key, "#" + names[value.removeprefix("#")])
            else:
                element.set(key, _REFERENCE.sub(lambda hit: f"url(#{names[hit[1]]})", value))


def _target(use: Element) -> str:
    return next(value for name, value in use.items() if name.endswith("href")).removeprefix("#")


def _qualified(tag: str) -> str:
    return "{http://www.w3.org/2000/svg}" + tag


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
