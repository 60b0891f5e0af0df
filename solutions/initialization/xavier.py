"""Xavier initialisation.

As in Kaiming's exercise no weight is held against another weight: what comes out must have the
right law. Both functions are asked the same questions, which differ in the law only.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy
import torch
from torch import Tensor

from grader import Exercise, Inputs, View, pictures, statistics

Arguments = Mapping[str, Any]
Generator = torch.Generator | None
Judge = Callable[[Tensor, float], statistics.Statistic]
Observe = Callable[[Sequence[Any], Sequence[Arguments]], dict[str, Any]]


def fans(shape: Sequence[int]) -> tuple[int, int]:
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def _std(shape: Sequence[int], gain: float = 1.0) -> float:
    return gain * math.sqrt(2 / sum(fans(shape)))


def xavier_uniform(shape: Sequence[int], gain: float = 1.0, generator: Generator = None) -> Tensor:
    bound = math.sqrt(3) * _std(shape, gain)
    return bound * (2 * torch.rand(*shape, generator=generator) - 1)


def xavier_normal(shape: Sequence[int], gain: float = 1.0, generator: Generator = None) -> Tensor:
    return _std(shape, gain) * torch.randn(*shape, generator=generator)


exercise = Exercise(
    fans,
    xavier_uniform,
    xavier_normal,
    title="Xavier initialisation",
    forbids=["torch.nn.init", "torch.nn.modules"],
    hints=[
        "One output adds up fan_in products, one input reaches fan_out outputs. Which axis of "
        "(out, in, *kernel) is which, and what does a kernel of 3 by 5 do to both?",
        "fan_in = shape[1] * math.prod(shape[2:]), fan_out the same with shape[0]. The standard "
        "deviation is gain * sqrt(2 / (fan_in + fan_out)); a uniform law needs a bound that is "
        "sqrt(3) times as large.",
        "normal: torch.randn(*shape, generator=generator) * std. Uniform: "
        "(2 * torch.rand(*shape, generator=generator) - 1) * math.sqrt(3) * std.",
    ],
)


# --- fans -------------------------------------------------------------------------------------


@exercise.case(fans, points=1, hint="An output of a (5, 3) weight adds up how many products?")
def a_linear_layer_has_its_fans(inputs: Inputs):
    """a weight of shape (out, in) has fan_in = in and fan_out = out"""
    return [dict(shape=shape) for shape in ((5, 3), (3, 5), (7, 7), (1, 4), (400, 1))]


@exercise.case(fans, points=1, hint="Every position of the kernel is one more product.")
def a_kernel_multiplies_both_fans(inputs: Inputs):
    """both fans are multiplied by the size of the kernel, whatever its axes"""
    shapes = ((8, 3, 5, 5), (6, 4, 3, 7), (5, 2, 9), (2, 3, 2, 3, 4), (4, 4, 1, 1))
    return [dict(shape=shape) for shape in shapes]


# --- what a sample tells ----------------------------------------------------------------------

# 100 000 values resolve 2.7 % of scale (normal) and 1.7 % (uniform) at alpha = beta = 1e-9.
# Ratios to the right scale, at least 4 % apart: fan_in alone 0.837, fan_out alone 1.323, Kaiming
# 1.183 and 1.871, the 2 left out 0.707, variance 0.053, bound for std 1.732, std for bound 0.577,
# default of nn.Linear 0.483, cut at two standard deviations 0.880, clamped there 0.959.
WIDE: Final = (200, 500)

# Kernels of one, two and three axes, a gain above and one below 1, and fans so small that an error
# of 1 in them shows. 7 680 values resolve 10 % of scale.
WEIGHTS: Final = (
    dict(shape=(64, 8, 3, 5)),
    dict(shape=(80, 20, 9)),
    dict(shape=(30, 8, 2, 4, 5)),
    dict(shape=(70, 150), gain=5 / 3),
    dict(shape=(150, 70), gain=0.5),
    dict(shape=(3, 4000)),
    dict(shape=(2, 1, 80, 60)),
)


def _law(call: Arguments) -> float:
    return _std(call["shape"], call.get("gain", 1.0))


def uniform_scale(sample: Tensor, std: float) -> statistics.Statistic:
    return statistics.uniform_scale(sample, math.sqrt(3) * std)


def sizes(scale: Judge, unit: str) -> Observe:
    """One weight from a generator, then three from the global one: a state, and another twice."""

    def observe(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
        given, first, second, third = answers
        return {
            "shape": str(tuple(given.shape)),
            "dtype": str(given.dtype).removeprefix("torch."),
            f"standard deviation ÷ {unit}": scale(given, _law(calls[0])),
            "shape without a generator": str(tuple(first.shape)),
            f"standard deviation ÷ {unit}, no generator": scale(first, _law(calls[1])),
            "without a generator, another global state gives another weight": not torch.equal(
                first, second
            ),
            "without a generator, the same global state gives the same weight": torch.equal(
                second, third
            ),
        }

    return observe


def spreads(scale: Judge) -> Observe:
    def observe(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for answer, call in zip(answers, calls, strict=True):
            gain = f", gain {call['gain']:.3g}" if "gain" in call else ""
            seen[f"shape for {call['shape']}{gain}"] = str(tuple(answer.shape))
            seen[f"relative scale for {call['shape']}{gain}"] = scale(answer, _law(call))
        return seen

    return observe


def laws(kurtosis: float, law: str, cdf_of: Callable[[float], Any]) -> Observe:
    """What holds of independent values with mean 0: rows and columns differ by chance only."""

    def observe(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
        answer, std = answers[0].double(), _law(calls[0])
        # Centred, so that a shift is reported once; it takes 1 of 128 degrees of freedom.
        centred = answer - answer.mean()
        return {
            "kurtosis": statistics.kurtosis(answer, kurtosis),
            f"distance from the {law} distribution": statistics.distribution(answer, cdf_of(std)),
            "mean": statistics.mean(answer, std),
            "spread of the rows' means": statistics.row_means(centred, std),
            "spread of the columns' means": statistics.column_means(centred, std),
            "correlation of each value with the next": statistics.lag_correlation(answer),
        }

    return observe


def draws(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    first, second, repeated, other = answers
    return {
        "the same generator state gives the same weight": torch.equal(first, repeated),
        "a second call goes on to another weight": not torch.equal(first, second),
        "another seed gives another weight": not torch.equal(first, other),
    }


uniform_laws = laws(1.8, "uniform", lambda std: statistics.uniform_cdf(math.sqrt(3) * std))
normal_laws = laws(3.0, "normal", statistics.normal_cdf)


def _sized(inputs: Inputs) -> list[dict[str, Any]]:
    free = dict(shape=(50, 300))
    return [dict(shape=WIDE, generator=inputs.generator()), free, free, free]


def _large(inputs: Inputs) -> dict[str, Any]:
    # Kurtosis and distance are slower to settle than scale: more values.
    return dict(shape=(128, 512), generator=inputs.generator())


def _various(inputs: Inputs) -> list[dict[str, Any]]:
    generator = inputs.generator()
    return [dict(**weight, generator=generator) for weight in WEIGHTS]


def _drawn(inputs: Inputs) -> list[dict[str, Any]]:
    live = inputs.generator()
    generators = (live, live, inputs.generator(like=live), inputs.generator())
    return [dict(shape=(30, 20), generator=generator) for generator in generators]


# --- xavier_uniform ---------------------------------------------------------------------------


@exercise.case(
    xavier_uniform,
    points=1,
    observe=sizes(uniform_scale, "(b ÷ √3)"),
    allows_global_rng=True,
    hint="b is sqrt(3) standard deviations, and both fans are in it: sqrt(6 / (fan_in + fan_out)).",
)
def the_uniform_weight_has_the_right_size(inputs: Inputs):
    """the values fill [-b, b] with b = sqrt(6 / (fan_in + fan_out))"""
    return _sized(inputs)


@exercise.case(
    xavier_uniform,
    points=1,
    observe=uniform_laws,
    allows_global_rng=True,
    needs=[the_uniform_weight_has_the_right_size],
    hint="Both signs, every value drawn for itself, all of [-b, b] alike.",
)
def the_uniform_weight_has_the_right_law(inputs: Inputs):
    """the values are independent, and uniform about 0"""
    return _large(inputs)


@exercise.case(
    xavier_uniform,
    points=1,
    observe=spreads(uniform_scale),
    allows_global_rng=True,
    needs=[the_uniform_weight_has_the_right_size],
    hint="For (64, 8, 3, 5) the fans are 120 and 960. The gain multiplies the bound, once.",
)
def the_uniform_weight_minds_kernel_and_gain(inputs: Inputs):
    """the kernel counts in both fans, and the bound is multiplied by the gain"""
    return _various(inputs)


@exercise.case(
    xavier_uniform,
    points=1,
    observe=draws,
    hint="Every draw needs generator=generator, which may be None; nothing needs a seed.",
)
def the_uniform_weight_comes_from_the_generator(inputs: Inputs):
    """the values come from the generator, which goes on from call to call"""
    return _drawn(inputs)


# --- xavier_normal ----------------------------------------------------------------------------


@exercise.case(
    xavier_normal,
    points=1,
    observe=sizes(statistics.scale, "√(2 ÷ (fan_in + fan_out))"),
    allows_global_rng=True,
    hint="Both fans are in it: sqrt(2 / (fan_in + fan_out)). Is the ratio one that you know?",
)
def the_normal_weight_has_the_right_size(inputs: Inputs):
    """the standard deviation is sqrt(2 / (fan_in + fan_out))"""
    return _sized(inputs)


@exercise.case(
    xavier_normal,
    points=1,
    observe=normal_laws,
    allows_global_rng=True,
    needs=[the_normal_weight_has_the_right_size],
    hint="Both signs, every value drawn for itself, a bell with all of its tails: torch.randn.",
)
def the_normal_weight_has_the_right_law(inputs: Inputs):
    """the values are independent, and normal about 0"""
    return _large(inputs)


@exercise.case(
    xavier_normal,
    points=1,
    observe=spreads(statistics.scale),
    allows_global_rng=True,
    needs=[the_normal_weight_has_the_right_size],
    hint="For (64, 8, 3, 5) the fans are 120 and 960. The gain multiplies the deviation, once.",
)
def the_normal_weight_minds_kernel_and_gain(inputs: Inputs):
    """the kernel counts in both fans, and the deviation is multiplied by the gain"""
    return _various(inputs)


@exercise.case(
    xavier_normal,
    points=1,
    observe=draws,
    hint="Every draw needs generator=generator, which may be None; nothing needs a seed.",
)
def the_normal_weight_comes_from_the_generator(inputs: Inputs):
    """the values come from the generator, which goes on from call to call"""
    return _drawn(inputs)


@exercise.grows(xavier_uniform, per="unit")
def units_of_the_uniform_weight(inputs: Inputs):
    return {n: dict(shape=(n, 5), generator=inputs.generator()) for n in (4, 12)}


@exercise.grows(xavier_normal, per="unit")
def units_of_the_normal_weight(inputs: Inputs):
    return {n: dict(shape=(n, 5), generator=inputs.generator()) for n in (4, 12)}


# --- other right ways -------------------------------------------------------------------------


@exercise.alternative(fans)
def fans_from_a_meta_tensor(shape):
    """asks a tensor without storage, as torch does"""
    weight = torch.empty(tuple(shape), device="meta")
    kernel = weight[0, 0].numel()
    return weight.size(1) * kernel, weight.size(0) * kernel


@exercise.alternative(fans)
def fans_by_division(shape):
    """divides the number of weights by the other axis"""
    weights = math.prod(shape)
    return weights // shape[0], weights // shape[1]


@exercise.alternative(fans)
def fans_in_a_loop(shape):
    """multiplies both fans by one axis after the other"""
    fan_out, fan_in, *kernel = shape
    for size in kernel:
        fan_in, fan_out = fan_in * size, fan_out * size
    return fan_in, fan_out


@exercise.alternative(xavier_uniform)
def uniform_in_place(shape, gain=1.0, generator=None):
    """Tensor.uniform_ between the bounds, as a parameter"""
    bound = gain * math.sqrt(6 / sum(fans(shape)))
    return torch.nn.Parameter(torch.empty(shape).uniform_(-bound, bound, generator=generator))


@exercise.alternative(xavier_uniform)
def uniform_from_numpy(shape, gain=1.0, generator=None):
    """numpy's generator, seeded by a draw from torch's"""
    source = numpy.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    bound = math.sqrt(3) * _std(shape, gain)
    return torch.tensor(source.uniform(-bound, bound, size=tuple(shape)))


@exercise.alternative(xavier_uniform)
def uniform_from_normal(shape, gain=1.0, generator=None):
    """the distribution function of normal values, which is uniform"""
    share = torch.special.ndtr(torch.randn(shape, generator=generator))
    return (share - 0.5) * math.sqrt(12) * _std(shape, gain)


@exercise.alternative(xavier_normal)
def normal_in_place(shape, gain=1.0, generator=None):
    """Tensor.normal_ on an empty tensor"""
    return torch.empty(shape).normal_(0, _std(shape, gain), generator=generator)


@exercise.alternative(xavier_normal)
def normal_by_inversion(shape, gain=1.0, generator=None):
    """the inverse distribution function of uniform values, drawn as one long row"""
    uniform = torch.rand(math.prod(shape), generator=generator).clamp_min(2**-53)
    return (_std(shape, gain) * torch.special.ndtri(uniform)).view(shape)


@exercise.alternative(xavier_normal)
def normal_row_by_row(shape, gain=1.0, generator=None):
    """torch.normal, one unit at a time"""
    std = _std(shape, gain)
    rows = [torch.normal(0.0, std, tuple(shape[1:]), generator=generator) for _ in range(shape[0])]
    return torch.stack(rows)


# --- mistakes: fans ---------------------------------------------------------------------------


@exercise.mistake(
    fans,
    caught_by=a_linear_layer_has_its_fans,
    hint="torch lays a weight out as (out, in): the number of inputs is shape[1].",
    points_at=r"return|shape\[",
)
def swapped(shape):
    """returns fan_out before fan_in"""
    return fans(shape)[::-1]


@exercise.mistake(
    fans,
    caught_by=a_kernel_multiplies_both_fans,
    hint="An output adds up in * k products, one for each position of the kernel too: "
    "math.prod(shape[2:]) times more.",
    points_at=r"return|shape\[",
)
def kernel_left_out(shape):
    """leaves the kernel out of both fans"""
    return shape[1], shape[0]


@exercise.mistake(
    fans,
    caught_by=a_kernel_multiplies_both_fans,
    hint="An input reaches k positions of every output too: both fans are multiplied.",
    points_at=r"fan_out|return",
)
def kernel_in_fan_in_only(shape):
    """multiplies fan_in alone by the kernel"""
    return fans(shape)[0], shape[0]


@exercise.mistake(
    fans,
    caught_by=a_kernel_multiplies_both_fans,
    hint="Kernels need be neither square nor of two axes. "
    "math.prod(shape[2:]) fits all, and is 1 if there is none.",
    points_at=r"\*\*\s*2|shape\[2\]",
)
def square_kernels(shape):
    """takes every kernel for a square, shape[2] squared"""
    kernel = shape[2] ** 2 if len(shape) > 2 else 1
    return shape[1] * kernel, shape[0] * kernel


@exercise.mistake(
    fans,
    caught_by=a_kernel_multiplies_both_fans,
    hint="A kernel of 3 by 5 has 15 positions, not 8: multiply its sizes, do not add them.",
    points_at=r"sum\(",
)
def kernel_added_up(shape):
    """adds the sizes of the kernel up instead of multiplying them"""
    kernel = sum(shape[2:]) or 1
    return shape[1] * kernel, shape[0] * kernel


# --- mistakes: the two laws -------------------------------------------------------------------


def _uniform(std: float, shape: Sequence[int], generator: Generator) -> Tensor:
    return math.sqrt(3) * std * (2 * torch.rand(*shape, generator=generator) - 1)


def _normal(std: float, shape: Sequence[int], generator: Generator) -> Tensor:
    return std * torch.randn(*shape, generator=generator)


def _again(generator: Generator) -> Generator:
    return generator and torch.Generator().manual_seed(generator.initial_seed())


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="1 / fan_in serves the way forward alone. Xavier's variance is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def uniform_of_fan_in(shape, gain=1.0, generator=None):
    """has fan_in where Xavier averages the two fans"""
    return _uniform(gain / math.sqrt(fans(shape)[0]), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="1 / fan_out serves the way back alone. Xavier's variance is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def uniform_of_fan_out(shape, gain=1.0, generator=None):
    """has fan_out where Xavier averages the two fans"""
    return _uniform(gain / math.sqrt(fans(shape)[1]), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="The average of the fans is half their sum: the variance is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def uniform_of_the_sum(shape, gain=1.0, generator=None):
    """divides by the sum of the fans instead of their average"""
    return _uniform(_std(shape, gain) / math.sqrt(2), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="2 / fan_in is Kaiming's variance, for ReLU. Xavier's is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def uniform_is_kaiming(shape, gain=1.0, generator=None):
    """uses Kaiming's rule for a ReLU"""
    return _uniform(gain * math.sqrt(2 / fans(shape)[0]), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="2 / (fan_in + fan_out) is the variance; the standard deviation is its root.",
    points_at=r"/",
)
def uniform_takes_the_variance(shape, gain=1.0, generator=None):
    """takes the variance for the standard deviation"""
    return _uniform(_std(shape, gain) ** 2, shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_minds_kernel_and_gain,
    hint="An output adds up over the whole kernel: both fans contain math.prod(shape[2:]).",
    points_at=r"shape\[",
)
def uniform_leaves_the_kernel_out(shape, gain=1.0, generator=None):
    """leaves the receptive field out of the fans"""
    return _uniform(_std(shape[:2], gain), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_minds_kernel_and_gain,
    hint="The gain is an argument for a reason: multiply the scale by it.",
    points_at=r"sqrt|std|bound",
)
def uniform_ignores_the_gain(shape, gain=1.0, generator=None):
    """ignores the gain"""
    return _uniform(_std(shape), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_minds_kernel_and_gain,
    hint="The gain multiplies the standard deviation (or the bound), once.",
    points_at=r"gain",
)
def uniform_squares_the_gain(shape, gain=1.0, generator=None):
    """applies the gain twice"""
    return _uniform(_std(shape, gain**2), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_minds_kernel_and_gain,
    hint="The gain stands before the root: gain * sqrt(2 / (fan_in + fan_out)).",
    points_at=r"sqrt",
)
def uniform_roots_the_gain(shape, gain=1.0, generator=None):
    """takes the root of the gain as well"""
    return _uniform(_std(shape, math.sqrt(gain)), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="1 / fan_in serves the way forward alone. Xavier's variance is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def normal_of_fan_in(shape, gain=1.0, generator=None):
    """has fan_in where Xavier averages the two fans"""
    return _normal(gain / math.sqrt(fans(shape)[0]), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="1 / fan_out serves the way back alone. Xavier's variance is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def normal_of_fan_out(shape, gain=1.0, generator=None):
    """has fan_out where Xavier averages the two fans"""
    return _normal(gain / math.sqrt(fans(shape)[1]), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="The average of the fans is half their sum: the variance is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def normal_of_the_sum(shape, gain=1.0, generator=None):
    """divides by the sum of the fans instead of their average"""
    return _normal(_std(shape, gain) / math.sqrt(2), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="2 / fan_in is Kaiming's variance, for ReLU. Xavier's is 2 / (fan_in + fan_out).",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def normal_is_kaiming(shape, gain=1.0, generator=None):
    """uses Kaiming's rule for a ReLU"""
    return _normal(gain * math.sqrt(2 / fans(shape)[0]), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="2 / (fan_in + fan_out) is the variance; the standard deviation is its root.",
    points_at=r"/",
)
def normal_takes_the_variance(shape, gain=1.0, generator=None):
    """takes the variance for the standard deviation"""
    return _normal(_std(shape, gain) ** 2, shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_minds_kernel_and_gain,
    hint="An output adds up over the whole kernel: both fans contain math.prod(shape[2:]).",
    points_at=r"shape\[",
)
def normal_leaves_the_kernel_out(shape, gain=1.0, generator=None):
    """leaves the receptive field out of the fans"""
    return _normal(_std(shape[:2], gain), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_minds_kernel_and_gain,
    hint="The gain is an argument for a reason: multiply the scale by it.",
    points_at=r"sqrt|std|bound",
)
def normal_ignores_the_gain(shape, gain=1.0, generator=None):
    """ignores the gain"""
    return _normal(_std(shape), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_minds_kernel_and_gain,
    hint="The gain multiplies the standard deviation (or the bound), once.",
    points_at=r"gain",
)
def normal_squares_the_gain(shape, gain=1.0, generator=None):
    """applies the gain twice"""
    return _normal(_std(shape, gain**2), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_minds_kernel_and_gain,
    hint="The gain stands before the root: gain * sqrt(2 / (fan_in + fan_out)).",
    points_at=r"sqrt",
)
def normal_roots_the_gain(shape, gain=1.0, generator=None):
    """takes the root of the gain as well"""
    return _normal(_std(shape, math.sqrt(gain)), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="A uniform variable in [-b, b] has the standard deviation b / sqrt(3), so "
    "b = sqrt(6 / (fan_in + fan_out)).",
    points_at=r"rand|uniform_",
)
def std_for_the_bound(shape, gain=1.0, generator=None):
    """uses the standard deviation as the bound"""
    return _uniform(_std(shape, gain) / math.sqrt(3), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_law,
    hint="randn and normal_ draw a bell with no bound. Uniform values come from rand or uniform_.",
    points_at=r"randn|normal",
)
def uniform_draws_a_normal(shape, gain=1.0, generator=None):
    """draws from a normal law of the right standard deviation"""
    return _normal(_std(shape, gain), shape, generator)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_has_the_right_law,
    hint="torch.rand reaches from 0 to 1. Stretch it to [-b, b]: 2 * b * rand - b.",
    points_at=r"rand|uniform_|abs",
)
def uniform_never_negative(shape, gain=1.0, generator=None):
    """draws from 0 to b only"""
    return _uniform(_std(shape, gain), shape, generator).abs()


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_comes_from_the_generator,
    hint="Every draw needs generator=generator (it may be None): without it torch draws from the "
    "global generator.",
    points_at=r"rand|uniform_",
)
def uniform_ignores_the_generator(shape, gain=1.0, generator=None):
    """does not draw from the generator that it was given"""
    return _uniform(_std(shape, gain), shape, None)


@exercise.mistake(
    xavier_uniform,
    caught_by=the_uniform_weight_comes_from_the_generator,
    hint="initial_seed() is where the generator began: two layers would get equal weights. Draw "
    "from it as it is.",
    points_at=r"seed",
)
def uniform_starts_again(shape, gain=1.0, generator=None):
    """seeds again with the generator's first seed, so that every call draws alike"""
    return _uniform(_std(shape, gain), shape, _again(generator))


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="sqrt(6 / (fan_in + fan_out)) is the bound of the uniform law. The standard deviation is "
    "sqrt(2 / (fan_in + fan_out)).",
    points_at=r"3|6",
)
def bound_for_the_std(shape, gain=1.0, generator=None):
    """uses the uniform law's bound as standard deviation"""
    return _normal(math.sqrt(3) * _std(shape, gain), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="Without its tails the law is narrower, by 12 % if cut at 2. Keep every draw.",
    points_at=r"trunc|<|>",
)
def normal_cuts_the_tails(shape, gain=1.0, generator=None):
    """cuts the tails off at two standard deviations"""
    edge = torch.special.ndtr(torch.tensor(-2.0))
    share = edge + (1 - 2 * edge) * torch.rand(*shape, generator=generator)
    return _std(shape, gain) * torch.special.ndtri(share)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_has_the_right_law,
    hint="rand and uniform_ draw a box. A normal law comes from randn or normal_.",
    points_at=r"rand\(|uniform",
)
def normal_draws_a_uniform(shape, gain=1.0, generator=None):
    """draws from a uniform law of the right standard deviation"""
    return _uniform(_std(shape, gain), shape, generator)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_comes_from_the_generator,
    hint="Every draw needs generator=generator (it may be None): without it torch draws from the "
    "global generator.",
    points_at=r"rand|normal_|normal\(",
)
def normal_ignores_the_generator(shape, gain=1.0, generator=None):
    """does not draw from the generator that it was given"""
    return _normal(_std(shape, gain), shape, None)


@exercise.mistake(
    xavier_normal,
    caught_by=the_normal_weight_comes_from_the_generator,
    hint="initial_seed() is where the generator began: two layers would get equal weights. Draw "
    "from it as it is.",
    points_at=r"seed",
)
def normal_starts_again(shape, gain=1.0, generator=None):
    """seeds again with the generator's first seed, so that every call draws alike"""
    return _normal(_std(shape, gain), shape, _again(generator))


@exercise.picture(the_uniform_weight_has_the_right_size, the_uniform_weight_has_the_right_law)
def draw_uniform(view: View):
    """The values against the box that they should fill."""
    bound = math.sqrt(3) * _law(view.calls[0])
    return pictures.histogram(
        view.yours[0],
        density=lambda x: (numpy.abs(x) <= bound) / (2 * bound),
        marks={"±b": bound},
        title="your values under the uniform density; marked is the bound b",
    )


@exercise.picture(the_normal_weight_has_the_right_size, the_normal_weight_has_the_right_law)
def draw_normal(view: View):
    """The values against the bell that they should fill."""
    std = _law(view.calls[0])
    return pictures.histogram(
        view.yours[0],
        density=lambda x: numpy.exp(-((x / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi)),
        marks={"±s": std},
        title="your values under the normal density; marked is the standard deviation s",
    )
