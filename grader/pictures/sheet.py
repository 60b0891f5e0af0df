"""An empty drawing in the look that all pictures share, and the panels on it.

Lengths are points of the drawing: it is `WIDTH` wide however wide the page shows it, so that a
text of 12 is 10 pixels high at 400 pixels and 16 at 640.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy

from grader.pictures.numbers import Floats
from grader.pictures.palette import PALETTE, Role
from grader.pictures.scale import Scale, Tick
from grader.pictures.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 480.0
LEFT: Final = 54.0
RIGHT: Final = 92.0
INNER: Final = WIDTH - LEFT - RIGHT
TEXT: Final = 12.0
SMALL: Final = 11.0
DASHES: Final = (0, (3.4, 2.0))

_POINTS_PER_INCH: Final = 72.0
_UNTOUCHED: Final = (
    "backend",
    "interactive",
    "savefig.directory",
    "timezone",
    "tk.",
    "toolbar",
    "webagg",
)
"""Settings that belong to the process, not to a drawing."""


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's own defaults, whatever matplotlibrc lies in the learner's folder.

    ``text.parse_math`` is off: a ``$`` in a name is a dollar, and the parser costs 40 ms.
    Missing glyphs are no concern, since the browser chooses the font.
    """
    import matplotlib

    values = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if not name.startswith(_UNTOUCHED)
    }
    values |= {"svg.fonttype": "none", "svg.hashsalt": "dlgrade", "text.parse_math": False}
    with matplotlib.rc_context(values), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def sheet(height: float) -> Iterator[Figure]:
    """An empty figure, `WIDTH` points wide, for one picture.

    Draw on it and call `figure_to_picture` before the block ends. Like matplotlib itself, this is
    for one thread at a time.

    Args:
        height: in points.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with settings():
        size = (WIDTH / _POINTS_PER_INCH, height / _POINTS_PER_INCH)
        figure = Figure(figsize=size, dpi=_POINTS_PER_INCH)
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        yield figure


@dataclass(frozen=True)
class Panel:
    """A rectangle with an x and a y axis.

    Attributes:
        axes: matplotlib's axes, whose limits are 0 and 1 in both directions.
        x: values along the horizontal axis.
        y: values along the vertical axis.
        left: distance from the left edge of the sheet, in points.
        width: in points.
        height: in points.
    """

    axes: Axes
    x: Scale
    y: Scale
    left: float
    width: float
    height: float

    def line(
        self, xs: Floats, ys: Floats, role: Role, *, width: float = 1.3, dashed: bool = False
    ) -> None:
        """A curve; gaps where a value is not finite."""
        self.axes.plot(
            self.x.places(xs),
            self.y.places(ys),
            color=PALETTE[role],
            linewidth=width,
            linestyle=DASHES if dashed else "-",
            solid_capstyle="butt",
            clip_on=False,
        )

    def upright(self, x: float, role: Role, *, dashed: bool = False, width: float = 1.0) -> None:
        """A vertical line over the whole height, at a value of x."""
        place = self.x.place(x)
        style = (0, (1.5, 2.0)) if dashed else "-"
        self.axes.plot(
            (place, place),
            (0, 1),
            color=PALETTE[role],
            linewidth=width,
            linestyle=style,
            solid_capstyle="butt",
            clip_on=False,
        )

    def band(self, low: float, high: float) -> None:
        """The tolerance: a shaded strip over the whole width, between two values of y."""
        bottom, top = self.y.place(low), self.y.place(high)
        self.shade((0, 1, 1, 0), (bottom, bottom, top, top))

    def shade(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Shades a polygon, given by positions, behind everything else."""
        self.axes.fill(xs, ys, color=PALETTE["shade"], linewidth=0, zorder=0.2)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        role: Role = "muted",
        *,
        shift: tuple[float, float] = (0.0, 0.0),
        align: str = "left",
        size: float = SMALL,
        halo: bool = False,
    ) -> None:
        """Text at a position (0 to 1 in both directions), shifted by points.

        A halo in the colour of the paper keeps it readable across lines.
        """
        self.axes.text(
            x + shift[0] / self.width,
            y + shift[1] / self.height,
            text,
            color=PALETTE[role],
            fontsize=size,
            horizontalalignment=align,
            verticalalignment="center",
            gid="halo" if halo else None,
        )


def panel(
    figure: Figure,
    *,
    bottom: float,
    height: float,
    x: Scale,
    y: Scale,
    left: float = LEFT,
    width: float = INNER,
) -> Panel:
    """A panel without ticks; all lengths in points from the lower left corner of the sheet."""
    sheet_width, sheet_height = figure.bbox.width, figure.bbox.height
    place = (left / sheet_width, bottom / sheet_height, width / sheet_width, height / sheet_height)
    axes = figure.add_axes(place, xlim=(0, 1), ylim=(0, 1), xticks=(), yticks=())
    axes.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(PALETTE["muted"])
        spine.set_linewidth(0.8)
    return Panel(axes, x, y, left, width, height)


def x_ticks(target: Panel, ticks: tuple[Tick, ...], name: str) -> None:
    """Tick marks and numbers below a panel, and the name of the axis below them."""
    target.axes.set_xticks([tick.place for tick in ticks], [tick.text for tick in ticks])
    target.axes.tick_params(
        axis="x", colors=PALETTE["muted"], labelsize=SMALL, length=3, width=0.8, pad=3
    )
    target.write(0.5, 0, label(name, 40), shift=(0, -27), align="center")


def y_ticks(target: Panel, ticks: tuple[Tick, ...]) -> None:
    """A thin line across the panel at each tick, and its number to the left."""
    places = [place for tick in ticks for place in (tick.place, tick.place, numpy.nan)]
    target.axes.plot(
        [0, 1, numpy.nan] * len(ticks),
        places,
        color=PALETTE["grid"],
        linewidth=0.6,
        solid_capstyle="butt",
        clip_on=False,
        zorder=0.5,
    )
    for tick in ticks:
        target.write(0, tick.place, tick.text, shift=(-5, 0), align="right")


def heading(target: Panel, text: str) -> None:
    """What a panel's y axis shows, above its upper left corner, where it needs no turned text."""
    target.write(0, 1, label(text, 60), shift=(5 - min(target.left, LEFT), 13))


def end_labels(target: Panel, ends: Mapping[str, tuple[float, Role]]) -> None:
    """Names at the right end of curves, pushed apart where they would overlap.

    Args:
        target: the panel.
        ends: for each text the value of y where its curve ends, and the curve's role.
    """
    gap = (TEXT + 2) / target.height
    placed = sorted((target.y.place(value), text) for text, (value, _) in ends.items())
    lowest = -numpy.inf
    heights: dict[str, float] = {}
    for place, text in placed:
        lowest = max(lowest + gap, place)
        heights[text] = lowest
    excess = max(0.0, lowest - 1.0) if placed else 0.0
    for text, (_, role) in ends.items():
        target.write(1, heights[text] - excess, text, role, shift=(6, 0), size=TEXT)


def mark_lines(target: Panel, marks: Mapping[str, float]) -> None:
    """Labelled vertical lines; labels that would overlap stand in different rows.

    Args:
        target: the panel.
        marks: value of x by name; those outside the axis are left out, and all beyond the eighth.
    """
    row_ends: list[float] = []
    inside = [(value, name) for name, value in marks.items() if target.x.contains(value)]
    for value, name in sorted(inside)[:8]:
        text, start = label(name), target.x.place(value) * target.width
        length = 6.2 * len(text) + 8  # About the mean advance of a sans-serif at 11 points.
        flipped = target.left + start + length > WIDTH - 4
        start = start - length if flipped else start
        row = next((i for i, end in enumerate(row_ends) if end <= start), len(row_ends))
        row_ends[row : row + 1] = [start + length]
        target.upright(value, "muted", dashed=True)
        target.write(
            target.x.place(value),
            1,
            text,
            "ink",
            shift=(-4 if flipped else 4, -6 - 14 * row),
            align="right" if flipped else "left",
            halo=True,
        )
