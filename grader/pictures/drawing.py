"""A drawing in the making: lines, areas, marks and text, straight to the SVG of the report.

Lengths are points of the drawing, from its lower left corner. It is `WIDTH` wide however wide the
page shows it, so that a text of 12 is 10 pixels high at 400 pixels and 16 at 640.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Final, Literal

import numpy
from numpy.typing import ArrayLike

from grader.pictures.frame import escaped, framed
from grader.pictures.numbers import Floats
from grader.pictures.palette import PALETTE, Role
from grader.pictures.paths import polyline, shortest
from grader.pictures.words import clean
from grader.result import Picture

WIDTH: Final = 480.0

Cap = Literal["butt", "round", "square"]
Align = Literal["left", "center", "right"]
Mark = Literal["+", "x"]

_ANCHORS: Final = {"left": "start", "center": "middle", "right": "end"}
_BASELINE: Final = 0.26
"""How far below the middle of a line of text its baseline lies, as a share of the size."""

_MARKS: Final = {
    "+": [(-1, 0), (1, 0), (math.nan, math.nan), (0, -1), (0, 1), (math.nan, math.nan)],
    "x": [(-1, -1), (1, 1), (math.nan, math.nan), (-1, 1), (1, -1), (math.nan, math.nan)],
}
"""Lines of a mark of size 2."""


class Depth(IntEnum):
    """What covers what, wherever in the programme it is drawn."""

    GROUND = 0
    GRID = 1
    LINES = 2
    AXES = 3
    TEXT = 4


class Drawing:
    """An empty drawing, `WIDTH` wide; positions that are not finite are not drawn.

    Args:
        height: in points.
    """

    def __init__(self, height: float) -> None:
        self._height = height
        self._parts: list[tuple[Depth, str]] = []

    def line(
        self,
        xs: ArrayLike,
        ys: ArrayLike,
        role: Role,
        *,
        width: float = 1.0,
        dashes: tuple[float, float] | None = None,
        cap: Cap = "butt",
        opacity: float = 1.0,
        crisp: bool = False,
        depth: Depth = Depth.LINES,
    ) -> None:
        """A line through points, interrupted where one is not finite.

        Args:
            xs: from the left edge, shape (n,).
            ys: from the lower edge, shape (n,).
            role: its colour.
            width: its thickness.
            dashes: lengths of dash and gap, as multiples of the thickness.
            cap: how its ends look.
            opacity: from 0 to 1.
            crisp: without antialiasing, so that lines that touch show no seam.
            depth: what it covers, and what covers it.
        """
        look = {"fill": "none"} | _paint(stroke=role, width=width)
        if dashes is not None:
            look["stroke-dasharray"] = ",".join(shortest(width * length) for length in dashes)
        if cap != "butt":
            look["stroke-linecap"] = cap
        if opacity < 1:
            look["opacity"] = shortest(opacity)
        if crisp:
            look["shape-rendering"] = "crispEdges"
        self._path(self._data(xs, ys), look, depth)

    def area(
        self,
        xs: ArrayLike,
        ys: ArrayLike,
        role: Role,
        *,
        opacity: float = 1.0,
        depth: Depth = Depth.GROUND,
    ) -> None:
        """A filled polygon, given by its corners."""
        look = _paint(fill=role) | ({"opacity": shortest(opacity)} if opacity < 1 else {})
        self._path(self._data(xs, ys), look, depth)

    def marks(
        self, xs: ArrayLike, ys: ArrayLike, mark: Mark, role: Role, *, size: float, width: float
    ) -> None:
        """Crosses of this size at points."""
        middles = numpy.stack([_floats(xs), _floats(ys)], axis=1)
        ends = middles[:, None] + size / 2 * numpy.array(_MARKS[mark])
        self.line(ends[..., 0].reshape(-1), ends[..., 1].reshape(-1), role, width=width)

    def dots(
        self,
        xs: ArrayLike,
        ys: ArrayLike,
        role: Role,
        *,
        face: Role,
        size: float,
        width: float,
    ) -> None:
        """Circles of this diameter at points, with a rim."""
        middles = numpy.stack([_floats(xs), self._height - _floats(ys)], axis=1)
        circles = [
            _element("circle", {"cx": shortest(x), "cy": shortest(y), "r": shortest(size / 2)})
            for x, y in middles[numpy.isfinite(middles).all(axis=1)].tolist()
        ]
        if circles:
            look = _paint(fill=face, stroke=role, width=width)
            self._add(Depth.LINES, _element("g", look, "".join(circles)))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        role: Role,
        *,
        size: float,
        align: Align = "left",
        halo: bool = False,
    ) -> None:
        """A line of text whose middle is at this height.

        A halo in the colour of the paper keeps it readable across lines.
        """
        if not (text and math.isfinite(x) and math.isfinite(y)):
            return
        place = {
            "x": shortest(x),
            "y": shortest(self._height - y + _BASELINE * size),
            "font-size": shortest(size),
            "text-anchor": _ANCHORS[align],
        }
        look = _paint(fill=role)
        if halo:
            look = _paint(fill=role, stroke="paper", width=3) | {"paint-order": "stroke"}
        self._add(Depth.TEXT, _element("text", place | look, escaped(clean(text))))

    def picture(self, *, title: str, description: str) -> Picture:
        """The drawing as it is now, with its title and the finding in words."""
        parts = [part for _, part in sorted(self._parts, key=lambda pair: pair[0])]
        view_box = f"0 0 {shortest(WIDTH)} {shortest(self._height)}"
        return framed(parts, view_box, title=title, description=description)

    def _data(self, xs: ArrayLike, ys: ArrayLike) -> str:
        return polyline(_floats(xs), self._height - _floats(ys))

    def _path(self, data: str, look: dict[str, str], depth: Depth) -> None:
        if data:
            self._add(depth, _element("path", {"d": data} | look))

    def _add(self, depth: Depth, part: str) -> None:
        self._parts.append((depth, part))


def _floats(values: ArrayLike) -> Floats:
    return numpy.asarray(values, dtype=numpy.float64)


def _paint(
    *, fill: Role | None = None, stroke: Role | None = None, width: float = 1.0
) -> dict[str, str]:
    """Colours by role, twice: as attributes, and as the classes that follow the page's theme."""
    roles = {"fill": fill, "stroke": stroke}
    used = {name: role for name, role in roles.items() if role is not None}
    look = {name: PALETTE[role] for name, role in used.items()}
    look["class"] = " ".join(f"{name[0]}-{role}" for name, role in used.items())
    if stroke is not None and width != 1:
        look["stroke-width"] = shortest(width)
    return look


def _element(tag: str, attributes: dict[str, str], inner: str = "") -> str:
    """An element as text; the attributes are numbers and names of ours, with nothing to escape."""
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"
