"""An empty matplotlib figure in the look that all pictures share, for authors who draw themselves.

Lengths are points of the drawing, and it is as wide as every picture (`drawing`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from grader.pictures.drawing import WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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

    now, defaults = matplotlib.rcParams, matplotlib.rcParamsDefault
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Each setting that is entered is checked by matplotlib, which takes longer than to compare.
        values = {
            name: value
            for name, value in defaults.items()
            if not name.startswith(_UNTOUCHED) and now[name] != value
        }
        values |= {"svg.fonttype": "none", "svg.hashsalt": "dlgrade", "text.parse_math": False}
        with matplotlib.rc_context(values):
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
