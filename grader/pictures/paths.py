"""SVG path data, written short: relative steps in hundredths, straight steps as ``h`` and ``v``."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r"[MLHVCQZmlhvcqz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PAIRS: Final = {"M": 1, "L": 1, "Q": 2, "C": 3}
_SCALE: Final = 100

Segment = tuple[str, tuple[tuple[float, float], ...]]


def decimal(hundredths: int) -> str:
    """Hundredths as the shortest decimal: ``150`` is ``1.5``, ``-5`` is ``-.05``."""
    sign, size = ("-" if hundredths < 0 else ""), abs(hundredths)
    whole, rest = divmod(size, _SCALE)
    fraction = f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{sign}{whole or ('' if fraction else 0)}{fraction}"


def rounded(text: str) -> str:
    """A number of an attribute to two decimals; anything else as it is."""
    try:
        return decimal(round(float(text) * _SCALE))
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
    parts: list[str] = []
    here = start = (0, 0)
    previous = ""
    for command, points in segments:
        if command == "Z":
            parts.append("z")
            here, previous = start, "z"
            continue
        grid = [(round(x * _SCALE), round(y * _SCALE)) for x, y in points]
        steps = [number for x, y in grid for number in (x - here[0], y - here[1])]
        letter, steps = _straight(command.lower(), steps)
        here = grid[-1]
        if command == "M":
            start = here
        parts.append(("" if letter == previous and letter != "m" else letter) + _joined(steps))
        previous = letter
    return _spaced(parts)


def _straight(letter: str, steps: list[int]) -> tuple[str, list[int]]:
    """A line step along one axis in its short form."""
    if letter == "l" and steps[1] == 0:
        return "h", steps[:1]
    if letter == "l" and steps[0] == 0:
        return "v", steps[1:]
    return letter, steps


def _joined(steps: list[int]) -> str:
    return _spaced([decimal(step) for step in steps])


def _spaced(parts: list[str]) -> str:
    """Joins numbers and commands, with a space only where two numbers would run together."""
    text: list[str] = []
    for part in parts:
        if text and text[-1][-1] not in "mlhvqcz" and (part[0].isdigit() or part[0] == "."):
            text.append(" ")
        text.append(part)
    return "".join(text)
