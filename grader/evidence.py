"""Putting what was seen into words: arguments, lines of code, a way to see it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

import torch
from torch import Tensor

from grader.inputs import Generator, Supplied
from grader.result import Excerpt

SHORT_TENSOR: Final = 8
SHORT_TEXT: Final = 60
CONTEXT_LINES: Final = 2
MAX_CODE_LINES: Final = 160
MAX_LINE: Final = 300


def arguments(call: Mapping[str, Any]) -> tuple[str, ...]:
    """One line per argument of a call: "x: float64 (2, 3), from -1.2 to 3.4"."""
    return tuple(f"{name}: {described(value)}" for name, value in call.items())


def described(value: Any) -> str:
    """A value in a few words; short ones in full."""
    if isinstance(value, Tensor):
        return _tensor(value)
    if isinstance(value, Generator):
        return f"torch.Generator with seed {value.seed}"
    if isinstance(value, Supplied):
        return f"a {value.factory}, supplied by the course"
    if isinstance(value, dict) and any(isinstance(item, Tensor) for item in value.values()):
        # The values would fill the page: what a learner looks up here are names and sizes.
        return "; ".join(f"{key} {_size(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)) and any(
        isinstance(item, (Tensor, tuple)) for item in value
    ):
        inner = "; ".join(described(item) for item in value[:3])
        more = f"; and {len(value) - 3} more" if len(value) > 3 else ""
        return f"{type(value).__name__} of {len(value)}: {inner}{more}"
    text = repr(value)
    return text if len(text) <= SHORT_TEXT else f"{text[:SHORT_TEXT]}… ({len(text)} characters)"


def excerpt(source: Sequence[str], line: int | None) -> Excerpt | None:
    """The marked line with two lines around it; None if there is no such line."""
    if line is None or not 1 <= line <= len(source):
        return None
    first = max(1, line - CONTEXT_LINES)
    return Excerpt(
        first_line=first,
        lines=tuple(_cut(text) for text in source[first - 1 : line + CONTEXT_LINES]),
        marked=line,
    )


def code(source: Sequence[str], first: int, last: int) -> Excerpt:
    """The learner's functions, from line ``first`` to ``last``."""
    lines = source[first - 1 : min(last, first - 1 + MAX_CODE_LINES)]
    return Excerpt(first_line=first, lines=tuple(_cut(text) for text in lines))


def lines_of(source: bytes) -> tuple[str, ...]:
    """The lines of a file for display; what is no UTF-8 shows as replacement characters."""
    return tuple(source.decode("utf-8", errors="replace").splitlines())


def reproduction(label: str, case: str, function: str, file: str, seed: int) -> str:
    """Python that rebuilds the inputs of a case and calls the learner's function on them."""
    module = PurePath(file).stem
    return "\n".join(
        (
            "# in the folder of your file",
            "from grader.reproduce import calls",
            f"from {module} import {function}",
            f'for arguments in calls("{label}", "{case}", seed={seed}):',
            f"    print({function}(**arguments))",
        )
    )


def _size(value: Any) -> str:
    return str(tuple(value.shape)) if isinstance(value, Tensor) else described(value)


def _tensor(value: Tensor) -> str:
    kind = f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
    if value.numel() == 0:
        return kind
    if value.numel() <= SHORT_TENSOR:
        numbers = torch.as_tensor(value.detach()).tolist()
        return f"{kind} = {_rounded(numbers)}"
    if value.dtype == torch.bool:
        return f"{kind}, {int(value.sum())} true"
    low, high = value.min().item(), value.max().item()
    return f"{kind}, from {low:.4g} to {high:.4g}"


def _rounded(numbers: Any) -> str:
    if isinstance(numbers, list):
        return f"[{', '.join(_rounded(number) for number in numbers)}]"
    return f"{numbers:.6g}" if isinstance(numbers, float) else repr(numbers)


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…"
