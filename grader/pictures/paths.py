"""SVG path data, written short: relative steps in hundredths, straight steps as ``h`` and ``v``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy

from grader.pictures.numbers import Floats

_TOKEN: Final = re.compile(r"[MLHVCQZmlhvcqz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PAIRS: Final = {"M": 1, "L": 1, "Q": 2, "C": 3}
_SCALE: Final = 100

_NEEDLESS: Final = re.compile(r" (?=[-a-z])|(?<=[a-z]) ")
"""Spaces without which no two numbers run together."""

_BEND: Final = 0.03
"""How far from the line between its neighbours a point may lie to be left out, in points."""

_ROUNDS: Final = 4

Segment = tuple[str, tuple[tuple[float, float], ...]]
_Command = tuple[str, list[int]]
"""A letter and its relative steps in hundredths."""


def decimal(hundredths: int) -> str:
    """Hundredths as the shortest decimal: ``150`` is ``1.5``, ``-5`` is ``-.05``."""
    sign, size = ("-" if hundredths < 0 else ""), abs(hundredths)
    whole, rest = divmod(size, _SCALE)
    fraction = f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{sign}{whole or ('' if fraction else 0)}{fraction}"


def shortest(value: float) -> str:
    """A finite number to two decimals."""
    return decimal(round(value * _SCALE))


def rounded(text: str) -> str:
    """A number of an attribute to two decimals; anything else as it is."""
    try:
        return shortest(float(text))
    except (ValueError, OverflowError):
        return text


def parse(data: str) -> list[Segment]:
    """Segments of path data in absolute ``M L Q C Z`` commands, as matplotlib writes them."""
    segments: list[Segment] = []
    tokens = _TOKEN.findall(data)
    position, command = 0, "Z"
    while position < len(tokens):
        if tokens[position].isalpha():
            command = tokens[position].upper()
            position += 1
        if command == "Z":
            segments.append(("Z", ()))
            continue
        width = 2 * _PAIRS[command]
        numbers = [float(token) for token in tokens[position : position + width]]
        position += width
        points = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        segments.append((command, points))
    return segments


def moved(segments: list[Segment], x: float, y: float) -> list[Segment]:
    """The same segments, elsewhere."""
    return [
        (command, tuple((left + x, top + y) for left, top in points))
        for command, points in segments
    ]


def compact(segments: list[Segment]) -> str:
    """Path data of the segments; rounding errors do not add up along the path."""
    commands: list[_Command] = []
    here = start = (0, 0)
    for command, points in segments:
        if command == "Z":
            commands.append(("z", []))
            here = start
            continue
        grid = [(round(x * _SCALE), round(y * _SCALE)) for x, y in points]
        steps = [number for x, y in grid for number in (x - here[0], y - here[1])]
        commands.append((command.lower(), steps))
        here = grid[-1]
        if command == "M":
            start = here
    return _written(commands)


def polyline(xs: Floats, ys: Floats) -> str:
    """Path data of straight lines through points, shape (n,) each; a gap where one isn't finite."""
    finite = numpy.isfinite(xs) & numpy.isfinite(ys)
    begins = finite.copy()
    begins[1:] &= ~finite[:-1]
    grid = numpy.rint(_SCALE * numpy.stack([xs[finite], ys[finite]], axis=1)).astype(numpy.int64)
    steps = numpy.diff(grid, axis=0, prepend=0)
    letters = numpy.where(begins[finite], "m", "l")
    return _written(zip(letters.tolist(), steps.tolist(), strict=True))


def unbent(xs: Floats, ys: Floats) -> tuple[Floats, Floats]:
    """A line without the points at which it hardly bends; gaps, and where it turns back, are kept.

    An arc bends a little everywhere. Since only every other point can go in a round, and the rounds
    are few, it stays within ``_ROUNDS * _BEND`` points of where it was, too little to be seen.
    """
    points = numpy.stack([xs, ys], axis=1)
    for _ in range(_ROUNDS):
        steps = numpy.diff(points, axis=0)
        one, two = steps[:-1], steps[1:]
        bend = numpy.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
        straight = bend <= _BEND * numpy.hypot(*(one + two).T)
        straight &= (one * two).sum(axis=1) >= 0
        straight[1::2] = False
        points = numpy.delete(points, 1 + numpy.flatnonzero(straight), axis=0)
    return points[:, 0], points[:, 1]


def _written(commands: Iterable[_Command]) -> str:
    """Letters and steps, a letter left out where it is the one before."""
    parts: list[str] = []
    previous = ""
    for command, numbers in commands:
        letter, steps = _straight(command, numbers)
        if letter != previous or letter in "mz":
            parts.append(letter)
        parts += map(decimal, steps)
        previous = letter
    return _NEEDLESS.sub("", " ".join(parts))


def _straight(letter: str, steps: list[int]) -> _Command:
    """A line step along one axis in its short form."""
    if letter == "l" and steps[1] == 0:
        return "h", steps[:1]
    if letter == "l" and steps[0] == 0:
        return "v", steps[1:]
    return letter, steps
