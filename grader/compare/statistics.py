"""Statistics that judge random answers, with a stated error rate.

A random answer has no single right value, so a sample of it is held against what the right
distribution implies. Each function below turns a sample into a `Statistic` and states three
numbers:

* alpha, the probability that a right answer is rejected: 1e-9 (`ALPHA`, two-sided z = 6.11);
* beta, the probability that a wrong one is accepted: 1e-9 (one-sided z = 6.00), if it is wrong by
* the discrepancy that the check resolves, as a function of the number N of values.

All take tensors of any float dtype and compute in float64. A sample that cannot be judged (empty,
constant where a spread is needed, NaN, infinite, not a tensor) gives a `Statistic` that does not
hold; nothing here raises because of a sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import torch
from torch import Tensor

from grader.errors import CourseError

ALPHA: Final = 1e-9
Z_ALPHA: Final = 6.11
Z_BETA: Final = 6.00

# sup|F_N - F| needs a sort. 2^15 values are sorted in 3 ms and resolve 0.036;
# a thinned sample has at least two thirds as many.
DISTRIBUTION_VALUES: Final = 2**15

# N times the variance of the sample kurtosis m4/m2² of a symmetric law. By the delta method, with
# moments of the standardised law: mu8 - 4 κ mu6 + 4 κ³ - κ². The normal has κ = 3, mu6 = 15,
# mu8 = 105, which gives 24; the uniform has mu_2k = 3^k / (2k + 1), which gives 1152 / 875.
_KURTOSIS_VARIANCE: Final = {3.0: 24.0, 1.8: 1152 / 875}

_NOT_COMPUTABLE: Final = math.nan


@dataclass(frozen=True)
class Statistic:
    """A number computed from a sample, and the range that a right answer falls into.

    Attributes:
        value: what the sample gives; NaN if it cannot be computed.
        low: smallest value that is accepted.
        high: largest value that is accepted.
        expected: the value of an infinitely large right sample.
    """

    value: float
    low: float
    high: float
    expected: float

    @property
    def holds(self) -> bool:
        """Whether the value lies in the accepted range."""
        return self.low <= self.value <= self.high

    @property
    def ratio(self) -> float:
        """Distance from the expected value in units of the allowed one on that side; NaN → inf."""
        distance = abs(self.value - self.expected)
        if math.isnan(distance):
            return math.inf
        bound = self.high if self.value > self.expected else self.low
        allowed = abs(bound - self.expected)
        if distance == 0 or math.isinf(allowed):
            return 0.0
        return distance / allowed if allowed > 0 else math.inf


def scale(sample: Tensor, std: float) -> Statistic:
    """Scale of a normal sample of known mean 0: s/σ, with s² = Σx²/N.

    Σ(x/σ)² follows χ² with N degrees of freedom exactly, so the bounds are exact for every N:
    alpha = 1e-9 (half on each side), beta = 1e-9 for a scale that is wrong by the fraction
    12.11/√(2N): 0.84 % for N = 2^20, 1.7 % for N = 2^18.

    Source: the distribution of a sum of squares of standard normals; tails by the regularised
    incomplete gamma functions P(N/2, T/2) and Q(N/2, T/2).
    """
    values = _flat(sample)
    count = values.numel()
    if count == 0:
        return _nothing(1.0)
    low, high = _chi_square_bounds(count)
    value = _root_mean_square(values, std)
    return Statistic(value, math.sqrt(low / count), math.sqrt(high / count), 1.0)


def uniform_scale(sample: Tensor, limit: float) -> Statistic:
    """Scale of a sample uniform in [-limit, limit]: s over limit/√3, with s² = Σx²/N.

    x² has mean limit²/3 and variance 4 limit⁴/45, so s² over its expected value has the standard
    deviation √(4/5)/√N and is normal by the central limit theorem. alpha = 1e-9: the skewness of
    x², 0.64, raises that to 1.5e-9 for N = 2^12 and 1.1e-9 for N = 2^16 (Cramér's correction,
    exp(z³ · 0.64 / 6√N)). beta = 1e-9 for a scale that is wrong by 12.11 · √(1/5)/√N: 0.53 % for
    N = 2^20.

    Source: moments of the uniform law; central limit theorem.
    """
    values = _flat(sample)
    count = values.numel()
    if count == 0:
        return _nothing(1.0)
    width = Z_ALPHA * math.sqrt(0.8 / count)
    value = _root_mean_square(values, limit / math.sqrt(3))
    return Statistic(value, math.sqrt(max(0.0, 1 - width)), math.sqrt(1 + width), 1.0)


def mean(sample: Tensor, std: float) -> Statistic:
    """Mean of a sample of expected mean 0: within 6.11 σ/√N.

    alpha = 1e-9 for a normal sample; less for a uniform one, whose sums have lighter tails.
    beta = 1e-9 for a mean that is wrong by 12.11 σ/√N: 1.2 % of σ for N = 2^20.

    Source: normal law of the mean; central limit theorem for other laws.
    """
    values = _flat(sample)
    if values.numel() == 0:
        return _nothing(0.0)
    return _around_zero(values.mean().item(), Z_ALPHA * abs(std) / math.sqrt(values.numel()))


def uniform_limit(sample: Tensor, limit: float) -> Statistic:
    """Largest absolute value of a sample uniform in [-limit, limit], over the limit.

    Accepted in [1 - ln(1/α)/N, 1 + 1e-6]: P(max|x| < limit · (1 - t)) = (1 - t)^N ≤ e^(-tN), which
    is alpha = 1e-9 for t = ln(1/α)/N = 20.7/N; the margin above 1 is for rounding in float32.
    beta = 1e-9 for a limit that is too large by 20.7/N, and 0 for one too small by more than that.

    Source: the law of the maximum of N independent uniform values.
    """
    values = _flat(sample)
    count = values.numel()
    if count == 0:
        return _nothing(1.0)
    low = max(0.0, 1 - math.log(1 / ALPHA) / count)
    return Statistic(_quotient(values.abs().max().item(), limit), low, 1 + 1e-6, 1.0)


def distribution(sample: Tensor, cdf: Callable[[Tensor], Tensor]) -> Statistic:
    """Largest distance between the sample's distribution function and ``cdf``: sup|F_N - F|.

    Accepted up to √(ln(2/α)/2N) = 3.27/√N, which holds for every N and every continuous law:
    alpha ≤ 1e-9. beta ≤ 1e-9 for a law whose distribution function is 6.55/√N away somewhere.
    At most 2^15 values are used (2^18 would take 30 ms to sort): of a larger sample every k-th, k
    odd, so that a matrix of even width is not sampled in one column only. Resolves 0.045 there;
    normal against uniform of the same variance are 0.057 apart.

    Source: Dvoretzky, Kiefer and Wolfowitz 1956 with the constant of Massart 1990.

    Args:
        sample: the values.
        cdf: such as `normal_cdf` or `uniform_cdf`; takes a float64 tensor (N,) and returns one.
    """
    values = _flat(sample)
    if values.numel() > DISTRIBUTION_VALUES:
        values = values[:: -(-values.numel() // DISTRIBUTION_VALUES) | 1]
    count = values.numel()
    if count == 0:
        return _nothing(0.0)
    high = math.sqrt(math.log(2 / ALPHA) / (2 * count))
    if not values.isfinite().all():
        return Statistic(_NOT_COMPUTABLE, 0.0, high, 0.0)
    reference = cdf(values.sort().values)
    steps = torch.arange(1, count + 1, dtype=torch.float64) / count
    above = (steps - reference).max().item()
    below = (reference - (steps - 1 / count)).max().item()
    return Statistic(max(above, below), 0.0, high, 0.0)


def normal_cdf(std: float) -> Callable[[Tensor], Tensor]:
    """Distribution function of the normal law with mean 0, for `distribution`."""
    return lambda x: torch.special.ndtr(x / std)


def uniform_cdf(limit: float) -> Callable[[Tensor], Tensor]:
    """Distribution function of the uniform law on [-limit, limit], for `distribution`."""
    return lambda x: ((x / limit + 1) / 2).clamp(0, 1)


def kurtosis(sample: Tensor, expected: float) -> Statistic:
    """Kurtosis b₂ = m₄/m₂² (central moments): 3 for a normal law, 1.8 for a uniform one.

    Accepted within 6.11 · √(V/N) of the expected value, V = 24 for the normal and 1152/875 for the
    uniform (delta method: V = μ₈ - 4κμ₆ + 4κ³ - κ² of the standardised law). alpha = 1e-9 in the
    limit; b₂ of a normal sample is skewed, which raises it to about 3e-9 for N = 2^18 and 1e-7 for
    N = 2^14, so give it at least 2^14 values. beta = 1e-9 for a law whose kurtosis is
    12.11 · √(V/N) away: 0.12 from 3 for N = 2^18. Normal against uniform differ by 1.2.

    Source: Fisher 1930 for the normal; the formula above for any symmetric law.

    Raises:
        CourseError: if ``expected`` is neither 3 nor 1.8.
    """
    if expected not in _KURTOSIS_VARIANCE:
        raise CourseError(f"kurtosis(..., expected={expected}): give 3 (normal) or 1.8 (uniform)")
    values = _flat(sample)
    if values.numel() == 0:
        return _nothing(expected)
    square = (values - values.mean()).square()
    variance = square.mean().item()
    value = _quotient(square.square().mean().item(), variance * variance)
    width = Z_ALPHA * math.sqrt(_KURTOSIS_VARIANCE[expected] / values.numel())
    return Statistic(value, expected - width, expected + width, expected)


def row_means(sample: Tensor, std: float) -> Statistic:
    """Means of the rows of a sample (R, C) of expected mean 0, together; columns that repeat.

    Each row mean over σ/√C is standard normal, so the sum of their squares follows χ² with R
    degrees of freedom; the value is that sum over R. alpha = 1e-9 for a normal sample, less for a
    uniform one. beta = 1e-9 if the row means vary by a factor 1 ± 12.11 · √(2/R) more or less than
    they should: columns that are copies of each other raise it C-fold. Needs two dimensions; of
    more, all but the first are taken as columns.

    Source: the χ² law, as in `scale`.
    """
    return _line_means(_matrix(sample), std)


def column_means(sample: Tensor, std: float) -> Statistic:
    """Means of the columns of a sample (R, C) of expected mean 0, together; rows that repeat.

    As `row_means` with rows and columns exchanged: alpha = 1e-9, beta = 1e-9 for a factor
    1 ± 12.11 · √(2/C); a matrix whose rows are copies of one row raises the value R-fold.
    """
    return _line_means(_matrix(sample).T, std)


def lag_correlation(sample: Tensor) -> Statistic:
    """Correlation of each value with the next one, in the order of memory: within 6.11/√N.

    alpha = 1e-9 for independent values of any law with a finite variance, in the limit of large N.
    beta = 1e-9 for a correlation of 12.11/√N: 0.012 for N = 2^20. A sorted or a repeating sample
    lies far outside.

    Source: Bartlett 1946 (large-sample law of a serial correlation).
    """
    values = _flat(sample)
    count = values.numel()
    if count == 0:
        return _nothing(0.0)
    centred = values - values.mean()
    product = (centred[1:] * centred[:-1]).sum().item()
    value = _quotient(product, centred.square().sum().item())
    return _around_zero(value, Z_ALPHA / math.sqrt(count))


def _flat(sample: Any) -> Tensor:
    if not isinstance(sample, Tensor) or sample.is_complex():
        return torch.empty(0, dtype=torch.float64)
    return sample.detach().to(torch.float64).flatten()


def _matrix(sample: Any) -> Tensor:
    if not isinstance(sample, Tensor) or sample.is_complex() or sample.dim() < 2:
        return torch.empty(0, 0, dtype=torch.float64)
    return sample.detach().to(torch.float64).flatten(start_dim=1)


def _line_means(lines: Tensor, std: float) -> Statistic:
    count, length = lines.shape
    if lines.numel() == 0:
        return _nothing(1.0)
    low, high = _chi_square_bounds(count)
    spread = _root_mean_square(lines.mean(dim=1), std / math.sqrt(length))
    return Statistic(spread * spread, low / count, high / count, 1.0)


def _nothing(expected: float) -> Statistic:
    return Statistic(_NOT_COMPUTABLE, expected, expected, expected)


def _around_zero(value: float, width: float) -> Statistic:
    return Statistic(value, -width, width, 0.0)


def _root_mean_square(values: Tensor, std: float) -> float:
    return _quotient(math.sqrt(values.square().mean().item()), std)


def _quotient(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else _NOT_COMPUTABLE


@lru_cache(maxsize=256)
def _chi_square_bounds(degrees: int) -> tuple[float, float]:
    """The alpha/2 quantiles of χ² at both ends, by bisection."""
    top = degrees + 20 * math.sqrt(2 * degrees) + 100  # beyond 20 standard deviations: P < 1e-20
    half = torch.tensor(degrees / 2, dtype=torch.float64)

    def tail(function: Callable[[Tensor, Tensor], Tensor], total: float) -> float:
        return float(function(half, torch.tensor(total / 2, dtype=torch.float64)))

    low = _bisect(lambda total: tail(torch.special.gammainc, total) < ALPHA / 2, top)
    high = _bisect(lambda total: tail(torch.special.gammaincc, total) > ALPHA / 2, top)
    return low, high


def _bisect(is_below: Callable[[float], bool], top: float) -> float:
    """Where ``is_below`` turns from true to false in [0, top], to the last bit if near top."""
    low, high = 0.0, top
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return low
