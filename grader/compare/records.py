"""What a comparison is told, and what it says."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

from grader.result import Evidence

Kind = Literal[
    "nothing", "type", "shape", "dtype", "not_finite", "value", "exact", "statistic", "property"
]
Path = tuple[Hashable, ...]


@dataclass(frozen=True)
class Float32Reference:
    """What the reference gives in float32, from which the bound of a float32 answer is computed.

    Attributes:
        float32: the reference's answer to the inputs rounded to float32, computed in float32.
        perturbed: its float64 answers to the inputs perturbed by relative 2^-24, usually eight.
    """

    float32: Any
    perturbed: Sequence[Any]


@dataclass(frozen=True)
class Rule:
    """How strict a comparison is.

    Attributes:
        float32: makes the reference that a float32 answer is judged by, called once and only if
            there is such an answer; None where an answer must be float64.
        scale: every element may be wrong by 1e-9 of this instead of 1e-9 of its row's maximum.
        label: what is compared, such as ``gradient of x``; empty for a returned value.
    """

    float32: Callable[[], Float32Reference] | None = None
    scale: float | None = None
    label: str = ""


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong.

    Attributes:
        kind: which test failed.
        message: what happened, in one sentence that a learner reads.
        evidence: the worst element, counts and the pattern of the error.
        tolerance: the tolerance of the worst element, 0 where nothing was measured.
        error_ratio: error ÷ tolerance for each element of the failing tensor, if it is one.
        path: the keys that lead to what failed.
    """

    kind: Kind
    message: str
    evidence: Evidence
    tolerance: float = 0.0
    error_ratio: Tensor | None = None
    path: Path = ()


@dataclass(frozen=True)
class Comparison:
    """The verdict on one answer.

    Attributes:
        ratio: the largest error ÷ tolerance; inf where the structure or an exact value is wrong.
        finding: what is wrong, None if nothing is.
        notes: remarks that cost nothing, such as an answer in float32.
    """

    ratio: float
    finding: Finding | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def failed(cls, finding: Finding) -> Comparison:
        """A comparison that ended before any value was measured."""
        return cls(math.inf, finding)
