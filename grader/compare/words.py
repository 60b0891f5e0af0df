"""Numbers, places and kinds of values as a learner reads them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from torch import Tensor

from grader.compare.records import Path
from grader.compare.statistics import Statistic
from grader.wire.values import Opaque

MAXIMUM_LENGTH: Final = 60

_NOUNS: Final = {
    "tensor": "a tensor",
    "bool": "a bool",
    "int": "an int",
    "float": "a float",
    "str": "a string",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dict",
    "statistic": "a statistic",
    "None": "None",
}


def kind(value: Any) -> str:
    """What a value is, as far as the comparison tells values apart."""
    if isinstance(value, Tensor):
        return "tensor"
    if isinstance(value, Statistic):
        return "statistic"
    if isinstance(value, Opaque):
        # A class may be called what we call something that it is not.
        is_taken = value.type_name in _NOUNS
        return f"{value.type_name} of another kind" if is_taken else value.type_name
    if value is None:
        return "None"
    for python_type in (bool, int, float, str, list, tuple, dict):  # bool before int: it is one
        if isinstance(value, python_type):
            return python_type.__name__
    return type(value).__name__


def noun(value: Any) -> str:
    """A value's kind with its article: ``a tensor``, ``an int``, ``a numpy.ndarray``."""
    name = kind(value)
    if isinstance(value, Opaque) and name.startswith(("torch.", *_NOUNS)) and value.text:
        name = f"{name} ({value.text})"
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return _NOUNS.get(name, f"{article} {name}")


def place(path: Path, label: str = "") -> str:
    """Where in an answer something is: ``gradient of x``, ``loss``, ``item 1``."""
    keys = [f"item {key}" if isinstance(key, int) else str(key) for key in path]
    return ", ".join([label, *keys] if label else keys)


def at(where: str, message: str) -> str:
    """The message, after the place if there is one."""
    return f"{where}: {message}" if where else message


def short(number: float) -> str:
    """Two significant digits in short scientific notation: ``6.8e-3``."""
    if number == 0 or not math.isfinite(number):
        return "0" if number == 0 else spelled(number)
    mantissa, _, exponent = f"{number:.1e}".partition("e")
    return mantissa.removesuffix(".0") + (f"e{int(exponent)}" if int(exponent) else "")


def spelled(value: Any, depth: int = 2) -> str:
    """A plain value in full, or as much of it as fits into a line."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else repr(value)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 192:
        return f"an int of {value.bit_length()} bits"  # beyond 4300 digits repr itself raises
    if isinstance(value, list | tuple):
        if depth == 0 and value:
            return "[…]"
        items = [spelled(item, depth - 1) for item in value[:MAXIMUM_LENGTH]]
        return _cut(f"[{', '.join(items)}]")
    if isinstance(value, Tensor | dict):
        return noun(value)
    return _cut(repr(value) if isinstance(value, str) else str(value))


def shape(sizes: Sequence[int]) -> str:
    """A shape as Python writes a tuple: ``(3, 1)``, ``(3,)``, ``()``."""
    return str(tuple(sizes))


def _cut(text: str) -> str:
    return text if len(text) <= MAXIMUM_LENGTH else f"{text[: MAXIMUM_LENGTH - 2]} …"
