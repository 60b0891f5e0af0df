"""Statistics: right samples hold, wrong ones do not, odd ones never raise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from grader.compare import statistics
from grader.compare.statistics import Statistic
from grader.errors import CourseError

Check = Callable[[Tensor], Statistic]

NORMAL: dict[str, Check] = {
    "scale": lambda s: statistics.scale(s, 0.1),
    "mean": lambda s: statistics.mean(s, 0.1),
    "distribution": lambda s: statistics.distribution(s, statistics.normal_cdf(0.1)),
    "kurtosis": lambda s: statistics.kurtosis(s, 3.0),
    "row_means": lambda s: statistics.row_means(s, 0.1),
    "column_means": lambda s: statistics.column_means(s, 0.1),
    "lag_correlation": statistics.lag_correlation,
}
UNIFORM: dict[str, Check] = {
    "uniform_scale": lambda s: statistics.uniform_scale(s, 0.1),
    "mean": lambda s: statistics.mean(s, 0.1 / math.sqrt(3)),
    "uniform_limit": lambda s: statistics.uniform_limit(s, 0.1),
    "distribution": lambda s: statistics.distribution(s, statistics.uniform_cdf(0.1)),
    "kurtosis": lambda s: statistics.kurtosis(s, 1.8),
    "row_means": lambda s: statistics.row_means(s, 0.1 / math.sqrt(3)),
    "column_means": lambda s: statistics.column_means(s, 0.1 / math.sqrt(3)),
    "lag_correlation": statistics.lag_correlation,
}


def source(seed: int) -> torch.Generator:
    """A seeded generator."""
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0, std: float = 0.1) -> Tensor:
    """A normal sample."""
    return torch.randn(shape, generator=source(seed)) * std


def uniform(*shape: int, seed: int = 0, limit: float = 0.1) -> Tensor:
    """A uniform sample."""
    return (torch.rand(shape, generator=source(seed)) * 2 - 1) * limit


@pytest.mark.parametrize("name", NORMAL)
def test_normal_samples_hold(name: str) -> None:
    """Twenty normal weights pass every check for a normal."""
    assert all(NORMAL[name](normal(256, 128, seed=seed)).holds for seed in range(20))


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_samples_hold(name: str) -> None:
    """Twenty uniform weights pass every check for a uniform."""
    assert all(UNIFORM[name](uniform(256, 128, seed=seed)).holds for seed in range(20))


ODD: list[Any] = [
    torch.empty(0),
    torch.empty(0, 4),
    torch.empty(4, 0),
    torch.tensor(0.3),
    torch.tensor([0.3]),
    torch.full((64, 64), math.nan),
    torch.full((64, 64), math.inf),
    torch.zeros(64, 64),
    torch.full((64, 64), 0.1),
    torch.full((64, 64), 1e308, dtype=torch.float64),
    torch.tensor([[1e308, -1e308]] * 40, dtype=torch.float64),
    torch.complex(torch.ones(4, 4), torch.ones(4, 4)),
    None,
    [0.1, 0.2],
]


@pytest.mark.parametrize("name", [*NORMAL, "uniform_scale", "uniform_limit"])
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(getattr(odd, "shape", odd)))
def test_odd_samples_never_raise(name: str, odd: Any) -> None:
    """Whatever the sample is, a statistic comes back, and its ratio is a number."""
    statistic = {**UNIFORM, **NORMAL}[name](odd)
    assert statistic.ratio >= 0
    assert statistic.holds == (statistic.ratio <= 1 and not math.isnan(statistic.value))


@pytest.mark.parametrize("name", [*NORMAL, "uniform_scale", "uniform_limit"])
@pytest.mark.parametrize("odd", [torch.empty(0), torch.full((64, 64), math.nan), None])
def test_samples_without_a_value_do_not_hold(name: str, odd: Any) -> None:
    """Empty samples, NaN and things that are no tensor are rejected by every check."""
    assert not {**UNIFORM, **NORMAL}[name](odd).holds


@pytest.mark.parametrize("value", [0.0, 0.05, math.inf])
def test_constant_weights_are_rejected(value: float) -> None:
    """A weight that is one number everywhere fails scale or distribution, and the correlation."""
    sample = torch.full((64, 64), value)
    assert not NORMAL["distribution"](sample).holds
    assert not NORMAL["lag_correlation"](sample).holds
    assert not NORMAL["scale"](sample).holds


def test_one_bad_value_is_noticed() -> None:
    """A single NaN or inf among 2^18 values is enough."""
    for bad in (math.nan, math.inf):
        sample = normal(2**18)
        sample[1000] = bad
        assert not NORMAL["scale"](sample).holds
        assert not NORMAL["mean"](sample).holds


def test_ratio_is_in_units_of_the_allowed_distance() -> None:
    """The ratio is measured on the side where the value lies."""
    assert Statistic(1.05, 0.8, 1.1, 1.0).ratio == pytest.approx(0.5)
    assert Statistic(0.6, 0.8, 1.1, 1.0).ratio == pytest.approx(2.0)
    assert Statistic(math.nan, 0.8, 1.1, 1.0).ratio == math.inf
    assert Statistic(1.0, 1.0, 1.0, 1.0).ratio == 0.0
    assert Statistic(1.1, 1.0, 1.0, 1.0).ratio == math.inf
    assert Statistic(math.inf, 0.9, 1.1, 1.0).ratio == math.inf


@pytest.mark.parametrize(
    ("degrees", "low", "high"),
    # Quantiles of χ² at 5e-10 and 1 - 5e-10, computed with mpmath at 50 digits.
    [
        (1, 3.9269908169872415e-19, 38.677261702888785),
        (5, 0.0006155830774354619, 52.16090748508145),
        (512, 340.02789581276215, 732.320020302971),
        (2048, 1680.8818237402031, 2463.5300334286558),
        (65536, 63348.31664448983, 67772.11587942696),
        (1048576, 1039752.8313313974, 1057447.6018176614),
    ],
)
def test_chi_square_bounds(degrees: int, low: float, high: float) -> None:
    """The bounds of the scale are the χ² quantiles at alpha/2."""
    statistic = statistics.scale(torch.zeros(degrees), 1.0)
    assert statistic.low**2 * degrees == pytest.approx(low, rel=1e-6)
    assert statistic.high**2 * degrees == pytest.approx(high, rel=1e-6)


def rejected(monkeypatch: pytest.MonkeyPatch, check: Check, draw: Callable[..., Tensor]) -> int:
    """How many of 2000 right samples are rejected when alpha is relaxed to 1 %."""
    monkeypatch.setattr(statistics, "ALPHA", 0.01)
    monkeypatch.setattr(statistics, "Z_ALPHA", 2.5758)
    statistics._chi_square_bounds.cache_clear()
    try:
        return sum(not check(draw(128, 32, seed=seed)).holds for seed in range(2000))
    finally:
        statistics._chi_square_bounds.cache_clear()


@pytest.mark.parametrize("name", NORMAL)
def test_false_reject_rate_of_normal_checks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At alpha = 1 %, about 20 of 2000 right samples are rejected (DKW: fewer)."""
    count = rejected(monkeypatch, NORMAL[name], normal)
    assert (0 if name == "distribution" else 5) <= count <= 42


@pytest.mark.parametrize("name", UNIFORM)
def test_false_reject_rate_of_uniform_checks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for the uniform law: the asymptotic variances are right."""
    count = rejected(monkeypatch, UNIFORM[name], uniform)
    assert (0 if name == "distribution" else 5) <= count <= 42


def test_power_of_scale() -> None:
    """A scale that is wrong by the stated discrepancy lies 6 standard errors beyond the bound."""
    n = 2**16
    discrepancy = (statistics.Z_ALPHA + statistics.Z_BETA) / math.sqrt(2 * n)
    for sign in (1, -1):
        assert not any(
            NORMAL["scale"](normal(n, seed=seed, std=0.1 * (1 + sign * discrepancy))).holds
            for seed in range(50)
        )
        width = math.sqrt(0.2) * 12.11 / math.sqrt(n)
        assert not any(
            UNIFORM["uniform_scale"](uniform(n, seed=seed, limit=0.1 * (1 + sign * width))).holds
            for seed in range(50)
        )


def test_power_of_mean_and_limit() -> None:
    """A shifted mean and a wrong limit of the stated size are always seen."""
    n = 2**14
    shift = 12.11 * 0.1 / math.sqrt(n)
    assert not any(NORMAL["mean"](normal(n, seed=s) + shift).holds for s in range(50))
    over, under = 0.1 * (1 + 21 / n), 0.1 * (1 - 21 / n)
    assert not any(
        UNIFORM["uniform_limit"](uniform(n, seed=s, limit=over)).holds for s in range(50)
    )
    assert not any(
        UNIFORM["uniform_limit"](uniform(n, seed=s, limit=under)).holds for s in range(50)
    )


def test_normal_and_uniform_are_told_apart() -> None:
    """Of the same variance, they differ in kurtosis and in distribution."""
    flat = uniform(256, 256, limit=0.1 * math.sqrt(3))
    assert NORMAL["scale"](flat).holds is True
    assert NORMAL["kurtosis"](flat).ratio > 10
    assert not NORMAL["distribution"](flat).holds
    assert not UNIFORM["kurtosis"](normal(256, 256)).holds
    assert not UNIFORM["distribution"](normal(256, 256, std=0.1 / math.sqrt(3))).holds


@pytest.mark.parametrize("rows", [64, 2048])
def test_repeated_rows_and_columns(rows: int) -> None:
    """One row copied is seen in the column means, one column copied in the row means."""
    row = normal(1, 512).expand(rows, 512)
    assert statistics.column_means(row, 0.1).ratio > 10
    assert statistics.row_means(row.T, 0.1).ratio > 10
    assert statistics.row_means(normal(64, 16, 3, 3), 0.1).holds


def test_sorted_and_repeating_samples_are_correlated() -> None:
    """Dependence between neighbours is seen; independent neighbours are not accused."""
    assert not statistics.lag_correlation(normal(4096).sort().values).holds
    assert not statistics.lag_correlation(normal(2048).repeat_interleave(2)).holds


def test_large_samples_are_thinned_across_columns() -> None:
    """The thinning visits every column, so one bad column of 64 is not all there is, or unseen."""
    sample = normal(2**13, 64)
    sample[:, 1::2] = 0
    assert not NORMAL["distribution"](sample).holds
    assert NORMAL["distribution"](normal(2**13, 64)).high < 0.0222


def test_kurtosis_knows_two_laws() -> None:
    """Another expected kurtosis is a mistake of the course."""
    with pytest.raises(CourseError, match=r"give 3 \(normal\) or 1\.8 \(uniform\)"):
        statistics.kurtosis(normal(100), 2.0)
