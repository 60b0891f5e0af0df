"""Pictures that show why an answer is wrong.

An author calls one of these with the learner's values and the expected ones; the `Picture` that
comes back holds the finding as a drawing and in words. Data may be sequences, arrays or tensors,
of any length and with any values in them: a picture is never the reason why grading fails.

    curve        a schedule over the expected one, with the difference below
    histogram    random values under the density they should follow
    descent      distance to the reference, step by step
    heat_map     where an array is wrong, and by how much
    tokens       negative log-likelihood per token, padding shaded
    scatter      gradients, yours against expected

These draw straight to SVG, in a few milliseconds. For anything else draw with matplotlib, on a
`sheet` with the colours of `PALETTE`, and hand the figure to `figure_to_picture`; matplotlib is
imported when a sheet is asked for, not before.
"""

from grader.pictures.gradients import scatter
from grader.pictures.grids import heat_map
from grader.pictures.palette import PALETTE, stylesheet
from grader.pictures.schedules import curve
from grader.pictures.sequences import tokens
from grader.pictures.sheet import sheet
from grader.pictures.spreads import histogram
from grader.pictures.svg import figure_to_picture
from grader.pictures.trajectories import descent

__all__ = [
    "PALETTE",
    "curve",
    "descent",
    "figure_to_picture",
    "heat_map",
    "histogram",
    "scatter",
    "sheet",
    "stylesheet",
    "tokens",
]
