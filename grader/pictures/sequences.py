"""Pictures of token sequences: the negative log-likelihood of each, and which of them count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy
from numpy.typing import ArrayLike

from grader.pictures.drawing import Drawing
from grader.pictures.numbers import Flags, Floats, floats, runs, thin
from grader.pictures.palette import Role
from grader.pictures.panels import Panel, end_labels, heading, panel, strokes, x_ticks, y_ticks
from grader.pictures.scale import Scale, spanning
from grader.pictures.words import apart, count, label, number
from grader.result import Picture

_MOST_STEMS: Final = 240
_MOST_SEPARATORS: Final = 40
_MOST_REGIONS: Final = 60
_SAME: Final = 1e-6
"""Relative difference below which a learner's mean is said to be another one's."""


@dataclass(frozen=True)
class _Tokens:
    """A flattened batch.

    Attributes:
        nll: per token, shape (n,).
        counted: whether a token enters the mean, shape (n,).
        length: tokens per sequence.
    """

    nll: Floats
    counted: Flags
    length: int

    @property
    def mean(self) -> float:
        """Mean over the counted tokens; NaN if there are none."""
        return _mean(self.nll[self.counted])


def tokens(
    nll: ArrayLike,
    *,
    counted: ArrayLike,
    title: str,
    yours: float | None = None,
    expected: float | None = None,
    unit: str = "nats",
) -> Picture:
    """Draws the negative log-likelihood of each token, and the means that perplexities imply.

    Args:
        nll: per token, shape (T,) or (B, T); sequences stand side by side.
        counted: true where a token counts, false for padding; same shape.
        title: what the picture shows.
        yours: the learner's perplexity, drawn as its logarithm.
        expected: the reference's perplexity.
        unit: "nats" or "bits", what ``nll`` is measured in.
    """
    batch = _flattened(nll, counted)
    mine = _implied(yours, unit)
    levels = [value for value in (batch.mean, mine) if math.isfinite(value)]
    finite = batch.nll[numpy.isfinite(batch.nll)]
    above = spanning(finite, numpy.array([0.0, *levels]), margin=0.07)
    y = Scale(min(0.0, float(finite.min(initial=0.0))), above.high)
    drawing = Drawing(244)
    x = Scale(-0.5, max(batch.nll.size, 1) - 0.5)
    target = panel(drawing, bottom=42, height=174, x=x, y=y)
    heading(target, f"negative log-likelihood, {label(unit)}")
    _shade_padding(target, batch)
    y_ticks(target, y.ticks(4))
    _draw_stems(target, batch)
    _draw_means(target, batch.mean, mine)
    x_ticks(target, x.ticks(6, whole=True), "token")
    description = _description(batch, yours, expected, unit)
    return drawing.picture(title=title, description=description)


def _flattened(nll: ArrayLike, counted: ArrayLike) -> _Tokens:
    values = floats(nll)
    flags = numpy.nan_to_num(floats(counted).reshape(-1)) != 0
    length = values.shape[-1] if values.ndim > 1 else values.size
    values = values.reshape(-1)
    padded = numpy.zeros(values.size, dtype=numpy.bool_)
    shared = min(values.size, flags.size)
    padded[:shared] = flags[:shared]
    return _Tokens(values, padded, length)


def _mean(values: Floats) -> float:
    if values.size == 0:
        return math.nan
    with numpy.errstate(all="ignore"):
        return float(numpy.sum(values / values.size))


def _implied(perplexity: float | None, unit: str) -> float:
    """The mean whose exponential is the perplexity, in the unit; NaN if there is none."""
    if perplexity is None or not perplexity > 0:
        return math.nan
    return math.log2(perplexity) if unit == "bits" else math.log(perplexity)


def _shade_padding(target: Panel, batch: _Tokens) -> None:
    """A shaded, named region where tokens don't count, a thin line between sequences."""
    regions = sorted(runs(~batch.counted), key=lambda run: run[0] - run[1])[:_MOST_REGIONS]
    for start, stop in regions:
        target.shade((target.x.place(start - 0.5), target.x.place(stop - 0.5)), (0, 1))
    sequences = batch.nll.size // max(batch.length, 1)
    if 1 < sequences <= _MOST_SEPARATORS:
        for sequence in range(1, sequences):
            target.upright(sequence * batch.length - 0.5, "muted", width=0.7)
    for start, stop in regions[:3]:
        middle = target.x.place((start + stop - 1) / 2)
        if (stop - start) / batch.nll.size * target.width > 48:
            target.write(middle, 1, "padding", shift=(0, -8), align="center", halo=True)


def _draw_stems(target: Panel, batch: _Tokens) -> None:
    """A stem per token: strong where it counts, pale where it doesn't."""
    kept = thin(batch.nll, _MOST_STEMS // 2)
    foot = target.y.place(0.0)
    width = max(0.8, min(5.0, 0.55 * target.width / max(kept.size, 1)))
    roles: tuple[tuple[bool, Role], ...] = ((True, "ink"), (False, "muted"))
    for flag, role in roles:
        chosen = kept[batch.counted[kept] == flag]
        chosen = chosen[numpy.isfinite(batch.nll[chosen])]
        places = target.x.places(chosen.astype(numpy.float64))
        heights = target.y.places(batch.nll[chosen])
        stems = strokes(places, numpy.full(chosen.size, foot), places, heights)
        thickness = width if flag else max(0.6, width / 3)
        target.drawing.line(*target.at(*stems), role, width=thickness)


def _draw_means(target: Panel, counted: float, mine: float) -> None:
    ends: dict[str, tuple[float, Role]] = {}
    width = numpy.array([target.x.low, target.x.high])
    if math.isfinite(counted):
        target.line(width, numpy.full(2, counted), "expected", width=1.8)
        ends[f"mean {number(counted)}"] = (counted, "expected")
    if math.isfinite(mine):
        target.line(width, numpy.full(2, mine), "yours", width=1.6, dashed=True)
        ends[f"yours {number(mine)}"] = (mine, "yours")
    end_labels(target, ends)


def _description(batch: _Tokens, yours: float | None, expected: float | None, unit: str) -> str:
    total, used = batch.nll.size, int(batch.counted.sum())
    if used == 0:
        return f"None of {count(total, 'token')} counts."
    base = 2.0 if unit == "bits" else math.e
    sentences = [
        f"{used} of {count(total, 'token')} count; their mean is {number(batch.mean)} "
        f"{label(unit)}, a perplexity of {number(_power(base, batch.mean))}."
    ]
    if expected is not None:
        sentences.append(f"The expected perplexity is {number(float(expected))}.")
    if yours is not None:
        mine = _implied(yours, unit)
        text, _ = apart(float(yours), float(_power(base, batch.mean)))
        sentence = f"Yours is {text}, which implies a mean of {number(mine)} {label(unit)}"
        alike = _coincidence(batch, float(yours), base)
        sentences.append(f"{sentence}{', ' + alike if alike else ''}.")
    return " ".join(sentences)


def _coincidence(batch: _Tokens, yours: float, base: float) -> str:
    """Another reading of the same tokens that gives the learner's number, if there is one."""
    everything = _mean(batch.nll)
    other = math.e if base == 2.0 else 2.0
    candidates = {
        "the mean of the counted tokens": _power(base, batch.mean),
        "the mean of all tokens, padding included": _power(base, everything),
        f"as {'e' if base == 2.0 else '2'} to the mean of the counted tokens": _power(
            other, batch.mean
        ),
        "as the mean itself, without the exponential": batch.mean,
        "as the exponential of the sum, not of the mean": _power(
            base, batch.mean * int(batch.counted.sum())
        ),
    }
    for words, value in candidates.items():
        if math.isfinite(value) and math.isclose(yours, value, rel_tol=_SAME):
            return words
    return ""


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf
