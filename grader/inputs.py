"""Drawing the inputs of a case.

Every draw comes from one generator, seeded by course seed, exercise and case: the inputs of a case
do not shift when another case is added before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Generator:
    """A random generator to hand to a function; both sides build a ``torch.Generator`` from it.

    Calls of one case that are given the same `Generator` share one live generator, so the second
    call goes on where the first one stopped. Two `Generator`s of one seed start in the same state.

    Attributes:
        key: tells the generators of one case apart.
        seed: what ``manual_seed`` is called with.
    """

    key: int
    seed: int


@dataclass(frozen=True)
class Supplied:
    """Something that the course makes for a function to use, such as a decoding step.

    Both sides build it anew for every call, from ``_supplied.py`` in the solutions of the topic:
    a learner's code meets the course's own copy, and may read it.

    Attributes:
        factory: name of a function or class in that file.
        arguments: what it is called with.
    """

    factory: str
    arguments: Mapping[str, Any]


class Inputs:
    """Draws tensors, numbers and generators for one case. All floats are float64.

    Args:
        seed: the course seed.
        exercise: such as ``normalization/layer_norm``.
        case: the name of the case.
    """

    def __init__(self, seed: int, exercise: str, case: str) -> None:
        digest = hashlib.sha256(f"{seed}\0{exercise}\0{case}".encode()).digest()
        self._source = torch.Generator().manual_seed(int.from_bytes(digest[:7], "little"))
        self._generators = 0

    def normal(self, *shape: int, mean: float = 0.0, std: float = 1.0) -> Tensor:
        """Independent normal values of the given shape."""
        draw = torch.randn(shape, dtype=torch.float64, generator=self._source)
        return draw * std + mean

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Independent uniform values in [low, high) of the given shape."""
        draw = torch.rand(shape, dtype=torch.float64, generator=self._source)
        return draw * (high - low) + low

    def integers(self, *shape: int, low: int = 0, high: int) -> Tensor:
        """Independent int64 values from low to high - 1 of the given shape."""
        return torch.randint(low, high, shape, generator=self._source)

    def permutation(self, n: int) -> Tensor:
        """The int64 numbers 0 ... n - 1 in random order, shape (n,)."""
        return torch.randperm(n, generator=self._source)

    def orthogonal(self, rows: int, columns: int) -> Tensor:
        """A matrix (rows, columns) with orthonormal rows; rows must not exceed columns."""
        q, _ = torch.linalg.qr(self.normal(columns, rows))
        rows_of_q: Tensor = q.T.contiguous()
        return rows_of_q

    @staticmethod
    def parameter(value: Tensor, grad: Tensor | None = None) -> Tensor:
        """The values as a leaf that requires grad, with a gradient already there if given."""
        leaf = value.clone().requires_grad_()
        leaf.grad = grad
        return leaf

    @staticmethod
    def supplied(factory: str, **arguments: Any) -> Supplied:
        """Something that ``factory`` in the topic's ``_supplied.py`` makes of ``arguments``.

        If what it makes has an attribute ``record``, a case with ``shows=`` judges that too.
        """
        return Supplied(factory, arguments)

    def number(self, low: float, high: float) -> float:
        """One uniform float in [low, high)."""
        return float(self.uniform(low=low, high=high))

    def integer(self, low: int, high: int) -> int:
        """One integer from low to high - 1."""
        return int(self.integers(low=low, high=high))

    def choice(self, options: Sequence[float]) -> float:
        """One of the options."""
        return options[self.integer(0, len(options))]

    def generator(self, like: Generator | None = None) -> Generator:
        """A random generator; with ``like``, a second one that starts in the same state."""
        self._generators += 1
        seed = self.integer(0, 2**31) if like is None else like.seed
        return Generator(key=self._generators, seed=seed)

    @staticmethod
    def strided(value: Tensor) -> Tensor:
        """The same values as a view with gaps: every second element of a buffer twice as long."""
        buffer = torch.zeros(*value.shape, 2, dtype=value.dtype)
        buffer[..., 0] = value
        return buffer[..., 0]
