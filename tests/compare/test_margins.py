"""The gap between right and wrong: correct variants score at most 0.1, mistakes at least 10.

The experiment of NUMERICS, in small: families of operations, written rightly in several ways and
wrongly in several others, on inputs that excite the mistakes.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from grader.compare import Float32Reference, Rule, agrees, compare

Variant = Callable[[Tensor], Tensor]


def layer_norm(x: Tensor, eps: float = 1e-5, correction: int = 0, axis: int = -1) -> Tensor:
    """The plain formula, with knobs to get it wrong."""
    centred = x - x.mean(axis, keepdim=True)
    return centred / torch.sqrt(x.var(axis, keepdim=True, correction=correction) + eps)


def layer_norm_by_moments(x: Tensor) -> Tensor:
    """Variance as E[x²] - E[x]²."""
    mean = x.mean(-1, keepdim=True)
    return (x - mean) * (x.square().mean(-1, keepdim=True) - mean.square() + 1e-5).rsqrt()


def matmul(x: Tensor, order: str) -> Tensor:
    """The product x @ x.T, summed in different orders."""
    if order == "loop":
        return torch.stack([torch.stack([(a * b).sum() for b in x]) for a in x])
    if order == "outer":
        return sum((torch.outer(c, c) for c in x.T), torch.zeros(len(x), len(x), dtype=x.dtype))
    if order == "halves":
        half = x.shape[1] // 2
        return x[:, :half] @ x[:, :half].T + x[:, half:] @ x[:, half:].T
    return torch.einsum("ik,jk->ij", x.flip(1), x.flip(1))


def running_sum(x: Tensor) -> Tensor:
    """Running sums with a loop."""
    total, parts = torch.zeros_like(x[:, 0]), []
    for column in x.T:
        total = total + column
        parts.append(total)
    return torch.stack(parts, 1)


def unbiased_variance_over_rows(x: Tensor) -> Tensor:
    """Variance with n - 1, the right axis."""
    return x.var(-1)


FAMILIES: dict[str, tuple[Variant, list[Variant], list[Variant]]] = {
    "layer_norm": (
        layer_norm,
        [
            lambda x: F.layer_norm(x, x.shape[-1:]),
            layer_norm_by_moments,
            lambda x: torch.stack([layer_norm(row) for row in x]),
            lambda x: (
                (x - x.mean(-1, keepdim=True)) * (x.var(-1, False, keepdim=True) + 1e-5) ** -0.5
            ),
        ],
        [
            lambda x: layer_norm(x, eps=1e-6),
            lambda x: layer_norm(x, eps=0.0),
            lambda x: layer_norm(x, correction=1),
            lambda x: layer_norm(x, axis=0),
            lambda x: (x - x.mean(-1, True)) / (x.std(-1, False, keepdim=True) + 1e-5),
            lambda x: x / torch.sqrt(x.var(-1, False, keepdim=True) + 1e-5),
        ],
    ),
    "softmax": (
        lambda x: torch.softmax(x, -1),
        [
            lambda x: torch.exp(x) / torch.exp(x).sum(-1, keepdim=True),
            lambda x: torch.exp(x - x.logsumexp(-1, keepdim=True)),
            lambda x: (e := (x - x.amax(-1, True)).exp()) / e.sum(-1, keepdim=True),
            lambda x: torch.log_softmax(x, -1).exp(),
        ],
        [
            lambda x: torch.softmax(x, 0),
            lambda x: torch.exp(x) / (torch.exp(x).sum(-1, keepdim=True) + 1e-6),
            lambda x: torch.softmax(x / math.sqrt(x.shape[-1]), -1),
            lambda x: (e := 2**x) / e.sum(-1, keepdim=True),
        ],
    ),
    "logsumexp": (
        lambda x: torch.logsumexp(x, -1),
        [
            lambda x: x.exp().sum(-1).log(),
            lambda x: x.amax(-1) + (x - x.amax(-1, True)).exp().sum(-1).log(),
            lambda x: torch.logaddexp(x[:, :3].logsumexp(-1), x[:, 3:].logsumexp(-1)),
        ],
        [
            lambda x: x.exp().mean(-1).log(),
            lambda x: (x.exp().sum(-1) + 1e-6).log(),
            lambda x: (x - x.amax(-1, True)).exp().sum(-1).log(),
            lambda x: x.exp().sum(-1).log2(),
        ],
    ),
    "matmul": (
        lambda x: x @ x.T,
        [
            lambda x: matmul(x, "loop"),
            lambda x: matmul(x, "outer"),
            lambda x: matmul(x, "halves"),
            lambda x: matmul(x, "einsum"),
        ],
        [lambda x: x[:, 1:] @ x[:, 1:].T, lambda x: x @ x.T / 7, lambda x: x @ x.roll(1, 0).T],
    ),
    "cumsum": (
        lambda x: x.cumsum(-1),
        [
            running_sum,
            lambda x: x @ torch.ones(x.shape[1], x.shape[1], dtype=x.dtype).triu(),
            lambda x: x.sum(-1, keepdim=True) - x.flip(-1).cumsum(-1).flip(-1) + x,
        ],
        [
            lambda x: x.cumsum(-1) - x,
            lambda x: x.flip(-1).cumsum(-1).flip(-1),
            lambda x: x.cumsum(0),
            lambda x: x.cumsum(-1).roll(1, -1),
        ],
    ),
    "variance": (
        unbiased_variance_over_rows,
        [
            lambda x: (x - x.mean(-1, keepdim=True)).square().sum(-1) / (x.shape[-1] - 1),
            lambda x: (x.square().mean(-1) - x.mean(-1) ** 2) * x.shape[-1] / (x.shape[-1] - 1),
        ],
        [lambda x: x.var(-1, correction=0), lambda x: x.std(-1), lambda x: x.square().mean(-1)],
    ),
}
SEEDS = range(5)
RIGHT = [(name, i) for name, family in FAMILIES.items() for i in range(len(family[1]))]
# E[x²] - E[x]² loses most of float32's digits where the mean is twenty times the spread.
BY_MOMENTS = {("layer_norm", 1), ("variance", 1)}
RIGHT_IN_FLOAT32 = [pair for pair in RIGHT if pair not in BY_MOMENTS]
WRONG = [(name, i) for name, family in FAMILIES.items() for i in range(len(family[2]))]


def draw(seed: int) -> Tensor:
    """Rows of small spread around different means, as inputs that excite mistakes are."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(7, 7, dtype=torch.float64, generator=generator)
    return x * 0.1 + torch.linspace(0.5, 2, 7, dtype=torch.float64)[:, None]


@pytest.mark.parametrize(("name", "index"), RIGHT)
def test_right_variants_score_at_most_a_tenth(name: str, index: int) -> None:
    """Another order of the arithmetic uses at most 0.1 of the tolerance."""
    reference, right, _ = FAMILIES[name]
    for seed in SEEDS:
        comparison = compare(right[index](draw(seed)), reference(draw(seed)))
        assert comparison.finding is None
        assert comparison.ratio <= 0.1


@pytest.mark.parametrize(("name", "index"), WRONG)
def test_wrong_variants_score_at_least_ten(name: str, index: int) -> None:
    """A classical mistake exceeds the tolerance ten times."""
    reference, _, wrong = FAMILIES[name]
    for seed in SEEDS:
        comparison = compare(wrong[index](draw(seed)), reference(draw(seed)))
        assert comparison.finding is not None
        assert comparison.ratio >= 10


@pytest.mark.parametrize(("name", "index"), RIGHT_IN_FLOAT32)
def test_right_variants_pass_in_float32(name: str, index: int) -> None:
    """The same variants computed in float32 pass with a note."""
    reference, right, _ = FAMILIES[name]
    for seed in SEEDS:
        x = draw(seed)
        generator = torch.Generator().manual_seed(seed)
        noise = [torch.randn(x.shape, generator=generator).sign() for _ in range(8)]
        perturbed = [reference(x * (1 + n.double() * 2**-24)) for n in noise]
        single = reference(x.float())
        rule = Rule(float32=lambda a=single, b=perturbed: Float32Reference(a, b))
        comparison = compare(right[index](x.float()), reference(x), rule)
        assert comparison.finding is None
        assert len(comparison.notes) == 1


@pytest.mark.parametrize("name", FAMILIES)
def test_mistakes_are_told_apart(name: str) -> None:
    """Each mistake agrees with itself and with no other, nor with a right answer."""
    reference, right, wrong = FAMILIES[name]
    answers = [variant(draw(0)) for variant in (reference, *wrong)]
    for i, one in enumerate(answers):
        assert [agrees(one, other) for other in answers] == [i == j for j in range(len(answers))]
    assert all(agrees(variant(draw(0)), answers[0]) for variant in right)
