"""Kaiming initialisation.

No case holds a weight against another weight: any way to draw is right if what comes out has the
right law. The shapes make mistakes loud: with 250 rows of 400 every rule of thumb that could stand
in for Kaiming's gives a standard deviation of its own.

Draws from the global generator are let through but where the generator itself is judged, so that
this fault is reported there, and once.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy
import torch
from torch import Tensor

from grader import Exercise, Inputs, View, pictures, statistics

Arguments = Mapping[str, Any]


def gain(nonlinearity: str, negative_slope: float = 0.01) -> float:
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    if nonlinearity == "tanh":
        return 5 / 3
    if nonlinearity == "relu":
        return math.sqrt(2)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + negative_slope**2))
    raise ValueError(f"unknown nonlinearity {nonlinearity!r}")


def _std(shape: Sequence[int], mode: str = "fan_in", negative_slope: float = 0.0) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"unknown mode {mode!r}")
    units = shape[1] if mode == "fan_in" else shape[0]
    return gain("leaky_relu", negative_slope) / math.sqrt(units * math.prod(shape[2:]))


def kaiming_uniform(
    shape: Sequence[int],
    mode: str = "fan_in",
    negative_slope: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    bound = math.sqrt(3) * _std(shape, mode, negative_slope)
    return bound * (2 * torch.rand(*shape, generator=generator) - 1)


def kaiming_normal(
    shape: Sequence[int],
    mode: str = "fan_in",
    negative_slope: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    return _std(shape, mode, negative_slope) * torch.randn(*shape, generator=generator)


exercise = Exercise(
    gain,
    kaiming_uniform,
    kaiming_normal,
    title="Kaiming initialisation",
    forbids=["torch.nn.init", "torch.nn.modules"],
    hints=[
        "Everything follows from one number, the standard deviation gain / sqrt(fan). Which "
        "axis of the weight does a unit add up over, and how many kernel positions come with "
        "it?",
        "shape is (out, in, *kernel): fan_in = shape[1] * math.prod(shape[2:]), fan_out the "
        "same with shape[0]; the gain is gain('leaky_relu', negative_slope). A uniform law "
        "needs a bound that is sqrt(3) times its standard deviation.",
        "normal: torch.randn(*shape, generator=generator) * std. Uniform: "
        "(2 * torch.rand(*shape, generator=generator) - 1) * math.sqrt(3) * std.",
    ],
)


# --- gain -------------------------------------------------------------------------------------


@exercise.case(gain, points=1, hint="Five names, four numbers; only leaky_relu looks at the slope.")
def every_nonlinearity_has_its_gain(inputs: Inputs):
    """linear, sigmoid, tanh and relu have their gains, whatever the slope"""
    names = ("linear", "sigmoid", "tanh", "relu")
    sloped = [dict(nonlinearity=name, negative_slope=0.5) for name in names]
    return [dict(nonlinearity=name) for name in names] + sloped


@exercise.case(
    gain, points=1, hint="sqrt(2 / (1 + a^2)): with a = 1 nothing is lost, so the gain is 1."
)
def the_slope_of_leaky_relu_counts(inputs: Inputs):
    """the gain of leaky_relu depends on its slope, 0.01 if none is given"""
    slopes = (0.0, 0.2, 0.5, 1.0, 3.0)
    sloped = [dict(nonlinearity="leaky_relu", negative_slope=slope) for slope in slopes]
    return [dict(nonlinearity="leaky_relu"), *sloped]


@exercise.case(
    gain,
    points=1,
    raises=ValueError,
    needs=[every_nonlinearity_has_its_gain],
    hint="End with: raise ValueError(...). A dict's [...] raises KeyError, its get raises nothing.",
)
def an_unknown_name_is_a_value_error(inputs: Inputs):
    """an unknown nonlinearity raises ValueError"""
    return dict(nonlinearity="leaky")


# --- what a sample tells ----------------------------------------------------------------------

# 100 000 values resolve 2.7 % of scale (normal) and 1.7 % (uniform) at alpha = beta = 1e-9.
# Ratios to the right scale, all 4 % apart: fans swapped 1.265, gain left out 0.707, squared
# 1.414, Xavier 0.784, its average of fans with the gain 1.109, variance 0.071, bound for std
# 1.732, std for bound 0.577, default of nn.Linear 0.408, cut at two standard deviations 0.880,
# clamped there 0.959.
WIDE: Final = (250, 400)

# Many more values for the shape of the law: kurtosis and distance are slower to settle than scale.
LARGE: Final = (128, 512)

# Kernels of one and of two axes, the other fan, a steep slope (gain 1), and a fan so small that an
# error of 1 in it shows (15 %). 7 680 values resolve 10 % of scale.
WEIGHTS: Final = (
    dict(shape=(64, 8, 3, 5)),
    dict(shape=(40, 250), mode="fan_out"),
    dict(shape=(20, 60, 9), mode="fan_out"),
    dict(shape=(50, 200), negative_slope=1.0),
    dict(shape=(3000, 3)),
)
UNIFORM_MARGIN: Final = 1e-6  # above the bound, for rounding


def _std_of(call: Arguments) -> float:
    law = {name: call[name] for name in ("shape", "mode", "negative_slope") if name in call}
    return _std(**law)


def _kind(answer: Tensor) -> dict[str, Any]:
    return {"shape": str(tuple(answer.shape)), "dtype": str(answer.dtype).removeprefix("torch.")}


def _law(answer: Tensor, std: float) -> dict[str, Any]:
    """What holds of independent values with mean 0: rows and columns differ by chance only."""
    # Centred, so that a shift is reported once; it takes 1 of 128 degrees of freedom.
    centred = answer - answer.mean()
    return {
        "mean": statistics.mean(answer, std),
        "spread of the rows' means": statistics.row_means(centred, std),
        "spread of the columns' means": statistics.column_means(centred, std),
        "correlation of each value with the next": statistics.lag_correlation(answer),
    }


def _free(answers: Sequence[Tensor]) -> dict[str, Any]:
    """The calls without a generator: one global state for the last two, another before them."""
    first, second, third = answers[1:]
    return {
        "shape without a generator": str(tuple(first.shape)),
        "without a generator, another global state gives another weight": not torch.equal(
            first, second
        ),
        "without a generator, the same global state gives the same weight": torch.equal(
            second, third
        ),
    }


def uniform_spread(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    answer = answers[0].double()
    bound, free_bound = (math.sqrt(3) * _std_of(call) for call in calls[:2])
    largest = answer.abs().max().item() if answer.numel() else math.nan
    spread = statistics.uniform_scale(answer, bound)
    reach = statistics.uniform_limit(answer, bound).low
    return {
        **_kind(answers[0]),
        "standard deviation ÷ (b ÷ √3)": spread,
        # Only if the scale is right, so that the ratio is what is said of a wrong one.
        "a value lies outside [-b, b]": spread.holds and largest > bound * (1 + UNIFORM_MARGIN),
        "no value comes close to ±b": spread.holds and largest < bound * reach,
        "standard deviation ÷ (b ÷ √3), no generator": statistics.uniform_scale(
            answers[1], free_bound
        ),
        **_free(answers),
    }


def normal_spread(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    std, free_std = (_std_of(call) for call in calls[:2])
    return {
        **_kind(answers[0]),
        "standard deviation ÷ (gain ÷ √fan)": statistics.scale(answers[0], std),
        "standard deviation ÷ (gain ÷ √fan), no generator": statistics.scale(answers[1], free_std),
        **_free(answers),
    }


def _sized(inputs: Inputs) -> list[dict[str, Any]]:
    free = dict(shape=(50, 300))
    return [dict(shape=WIDE, generator=inputs.generator()), free, free, free]


def uniform_law(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    answer, std = answers[0].double(), _std_of(calls[0])
    cdf = statistics.uniform_cdf(math.sqrt(3) * std)
    return {
        "kurtosis": statistics.kurtosis(answer, 1.8),
        "distance from the uniform distribution": statistics.distribution(answer, cdf),
        **_law(answer, std),
    }


def normal_law(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    answer, std = answers[0].double(), _std_of(calls[0])
    cdf = statistics.normal_cdf(std)
    return {
        "kurtosis": statistics.kurtosis(answer, 3.0),
        "distance from the normal distribution": statistics.distribution(answer, cdf),
        **_law(answer, std),
    }


def _named(call: Arguments) -> str:
    options = [f"{name}={call[name]}" for name in ("mode", "negative_slope") if name in call]
    return ", ".join([str(tuple(call["shape"])), *options])


def uniform_spreads(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for answer, call in zip(answers, calls, strict=True):
        limit = math.sqrt(3) * _std_of(call)
        seen[f"shape for {_named(call)}"] = str(tuple(answer.shape))
        seen[f"relative scale for {_named(call)}"] = statistics.uniform_scale(answer, limit)
    return seen


def normal_spreads(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for answer, call in zip(answers, calls, strict=True):
        seen[f"shape for {_named(call)}"] = str(tuple(answer.shape))
        seen[f"relative scale for {_named(call)}"] = statistics.scale(answer, _std_of(call))
    return seen


def draws(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    first, second, repeated, other, spelled_out = answers
    return {
        "the same generator state gives the same weight": torch.equal(first, repeated),
        "a second call goes on to another weight": not torch.equal(first, second),
        "another seed gives another weight": not torch.equal(first, other),
        # A slope of 0.01 changes the scale by 0.005 %, which no sample resolves; equal draws do.
        "left out, mode is 'fan_in' and negative_slope 0": torch.equal(first, spelled_out),
    }


def _drawn(inputs: Inputs) -> list[dict[str, Any]]:
    live = inputs.generator()
    generators = (live, live, inputs.generator(like=live), inputs.generator())
    spelled_out = dict(mode="fan_in", negative_slope=0.0, generator=inputs.generator(like=live))
    drawn = [dict(shape=(30, 20), generator=generator) for generator in generators]
    return [*drawn, dict(shape=(30, 20), **spelled_out)]


# --- kaiming_uniform ----------------------------------------------------------------------


@exercise.case(
    kaiming_uniform,
    points=1,
    observe=uniform_spread,
    allows_global_rng=True,
    hint="fan_in is shape[1], the gain of a ReLU sqrt(2), and b is sqrt(3) standard deviations.",
)
def the_uniform_weight_has_the_right_size(inputs: Inputs):
    """the values fill [-b, b] with b = sqrt(3) * gain / sqrt(fan_in)"""
    return _sized(inputs)


@exercise.case(
    kaiming_uniform,
    points=1,
    observe=uniform_law,
    allows_global_rng=True,
    needs=[the_uniform_weight_has_the_right_size],
    hint="Both signs, every value drawn for itself, all of [-b, b] alike: torch.rand reaches "
    "from 0 to 1.",
)
def the_uniform_weight_has_the_right_law(inputs: Inputs):
    """the values are independent, and uniform about 0"""
    return dict(shape=LARGE, generator=inputs.generator())


@exercise.case(
    kaiming_uniform,
    points=1,
    observe=uniform_spreads,
    allows_global_rng=True,
    needs=[the_uniform_weight_has_the_right_size],
    hint="Print the fan that you use: for (64, 8, 3, 5) fan_in is 120 and fan_out 960.",
)
def the_uniform_weight_minds_kernel_mode_and_slope(inputs: Inputs):
    """the kernel, the mode and the slope count"""
    generator = inputs.generator()
    return [dict(**weight, generator=generator) for weight in WEIGHTS]


@exercise.case(
    kaiming_uniform,
    points=1,
    observe=draws,
    hint="Every draw needs generator=generator, which may be None; nothing needs a seed.",
)
def the_uniform_weight_comes_from_the_generator(inputs: Inputs):
    """the values come from the generator, which goes on from call to call"""
    return _drawn(inputs)


@exercise.case(
    kaiming_uniform,
    points=1,
    raises=ValueError,
    needs=[the_uniform_weight_has_the_right_size],
    hint="Compare with both names; an else that takes all the rest hides a caller's typing error.",
)
def an_unknown_mode_of_the_uniform_weight_is_a_value_error(inputs: Inputs):
    """a mode other than fan_in and fan_out raises ValueError"""
    return dict(shape=(4, 3), mode="fan_avg", generator=inputs.generator())


# --- kaiming_normal -----------------------------------------------------------------------


@exercise.case(
    kaiming_normal,
    points=1,
    observe=normal_spread,
    allows_global_rng=True,
    hint="fan_in is shape[1], and the gain of a ReLU is sqrt(2). Look at the ratio: is it one "
    "you know?",
)
def the_normal_weight_has_the_right_size(inputs: Inputs):
    """the standard deviation is gain / sqrt(fan_in)"""
    return _sized(inputs)


@exercise.case(
    kaiming_normal,
    points=1,
    observe=normal_law,
    allows_global_rng=True,
    needs=[the_normal_weight_has_the_right_size],
    hint="Both signs, every value drawn for itself, a bell with all of its tails: torch.randn.",
)
def the_normal_weight_has_the_right_law(inputs: Inputs):
    """the values are independent, and normal about 0"""
    return dict(shape=LARGE, generator=inputs.generator())


@exercise.case(
    kaiming_normal,
    points=1,
    observe=normal_spreads,
    allows_global_rng=True,
    needs=[the_normal_weight_has_the_right_size],
    hint="Print the fan that you use: for (64, 8, 3, 5) fan_in is 120 and fan_out 960.",
)
def the_normal_weight_minds_kernel_mode_and_slope(inputs: Inputs):
    """the kernel, the mode and the slope count"""
    generator = inputs.generator()
    return [dict(**weight, generator=generator) for weight in WEIGHTS]


@exercise.case(
    kaiming_normal,
    points=1,
    observe=draws,
    hint="Every draw needs generator=generator, which may be None; nothing needs a seed.",
)
def the_normal_weight_comes_from_the_generator(inputs: Inputs):
    """the values come from the generator, which goes on from call to call"""
    return _drawn(inputs)


@exercise.case(
    kaiming_normal,
    points=1,
    raises=ValueError,
    needs=[the_normal_weight_has_the_right_size],
    hint="Compare with both names; an else that takes all the rest hides a caller's typing error.",
)
def an_unknown_mode_of_the_normal_weight_is_a_value_error(inputs: Inputs):
    """a mode other than fan_in and fan_out raises ValueError"""
    return dict(shape=(4, 3), mode="fan_avg", generator=inputs.generator())


@exercise.grows(kaiming_uniform, per="unit")
def units_of_the_uniform_weight(inputs: Inputs):
    return {n: dict(shape=(n, 5), generator=inputs.generator()) for n in (4, 12)}


@exercise.grows(kaiming_normal, per="unit")
def units_of_the_normal_weight(inputs: Inputs):
    return {n: dict(shape=(n, 5), generator=inputs.generator()) for n in (4, 12)}


# --- other right ways -------------------------------------------------------------------------


@exercise.alternative(gain)
def gain_from_a_table(nonlinearity, negative_slope=0.01):
    """a table, and a KeyError turned into a ValueError"""
    leaky = (2 / (1 + negative_slope**2)) ** 0.5
    table = {"linear": 1, "sigmoid": 1, "tanh": 5 / 3, "relu": 2**0.5, "leaky_relu": leaky}
    try:
        return float(table[nonlinearity])
    except KeyError:
        raise ValueError(nonlinearity) from None


@exercise.alternative(gain)
def gain_by_pattern(nonlinearity, negative_slope=0.01):
    """pattern matching, with relu as a leaky_relu of slope 0"""
    match nonlinearity:
        case "linear" | "sigmoid":
            return 1.0
        case "tanh":
            return 5.0 / 3.0
        case "relu":
            return gain_by_pattern.run("leaky_relu", 0.0)
        case "leaky_relu":
            return math.sqrt(2.0) / math.hypot(1.0, negative_slope)
    raise ValueError("no such nonlinearity")


@exercise.alternative(gain)
def gain_in_torch(nonlinearity, negative_slope=0.01):
    """computed with tensors, a subclass of ValueError for unknown names"""

    class UnknownNonlinearity(ValueError):
        pass

    kept = {"relu": 0.5, "leaky_relu": (1 + negative_slope**2) / 2}
    if nonlinearity in kept:
        return torch.tensor(kept[nonlinearity]).rsqrt().item()
    if nonlinearity == "tanh":
        return torch.tensor(5.0).div(3).item()
    if nonlinearity not in {"linear", "sigmoid"}:
        raise UnknownNonlinearity(nonlinearity)
    return 1.0


@exercise.alternative(gain)
def gain_in_numpy(nonlinearity, negative_slope=0.01):
    """numpy, by lists of names and squares"""
    names = ["linear", "sigmoid", "tanh", "relu", "leaky_relu"]
    squares = numpy.array([1.0, 1.0, 25 / 9, 2.0, 2 / (1 + negative_slope**2)])
    return float(numpy.sqrt(squares[names.index(nonlinearity)]))


@exercise.alternative(kaiming_uniform)
def uniform_in_place(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """Tensor.uniform_ between the bounds"""
    bound = (3 * _std(shape, mode, negative_slope) ** 2) ** 0.5
    return torch.empty(shape).uniform_(-bound, bound, generator=generator)


@exercise.alternative(kaiming_uniform)
def uniform_with_a_gradient(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """torch.lerp between the bounds, as a leaf that asks for gradients"""
    edge = torch.full(shape, math.sqrt(3.0) * _std(shape, mode, negative_slope))
    weight = torch.lerp(-edge, edge, torch.rand(shape, generator=generator))
    return weight.requires_grad_()


@exercise.alternative(kaiming_uniform)
def uniform_from_numpy(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """numpy's generator, seeded by a draw from torch's"""
    source = numpy.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    bound = math.sqrt(3) * _std(shape, mode, negative_slope)
    return torch.tensor(source.uniform(-bound, bound, size=tuple(shape)))


@exercise.alternative(kaiming_uniform)
def uniform_by_sign_and_size(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """a random size and a random sign"""
    size = torch.rand(shape, generator=generator) * math.sqrt(3) * _std(shape, mode, negative_slope)
    return torch.where(torch.randint(2, shape, generator=generator) == 0, size, -size)


@exercise.alternative(kaiming_uniform)
def uniform_from_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """the distribution function of normal values, which is uniform"""
    share = torch.special.ndtr(torch.randn(shape, generator=generator))
    return (share - 0.5) * 2 * math.sqrt(3) * _std(shape, mode, negative_slope)


@exercise.alternative(kaiming_normal)
def normal_in_place(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """Tensor.normal_, as a parameter"""
    weight = torch.empty(shape).normal_(0, _std(shape, mode, negative_slope), generator=generator)
    return torch.nn.Parameter(weight)


@exercise.alternative(kaiming_normal)
def normal_by_box_and_muller(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """the transform of Box and Muller"""
    radius = torch.sqrt(-2 * torch.log1p(-torch.rand(shape, generator=generator)))
    angle = 2 * math.pi * torch.rand(shape, generator=generator)
    return _std(shape, mode, negative_slope) * radius * torch.cos(angle)


@exercise.alternative(kaiming_normal)
def normal_by_inversion(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """the inverse distribution function of uniform values, drawn as one long row"""
    uniform = torch.rand(math.prod(shape), generator=generator).clamp_min(2**-53)
    return (_std(shape, mode, negative_slope) * torch.special.ndtri(uniform)).view(shape)


@exercise.alternative(kaiming_normal)
def normal_row_by_row(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """torch.normal, one unit at a time"""
    std = _std(shape, mode, negative_slope)
    rows = [torch.normal(0.0, std, tuple(shape[1:]), generator=generator) for _ in range(shape[0])]
    return torch.stack(rows)


@exercise.alternative(kaiming_normal)
def normal_in_another_layout(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """drawn with the axes in reverse, so that the weight is not contiguous"""
    drawn = torch.randn(tuple(reversed(shape)), generator=generator)
    return drawn.permute(*reversed(range(len(shape)))).mul(_std(shape, mode, negative_slope))


# --- mistakes: gain ---------------------------------------------------------------------------


@exercise.mistake(
    gain,
    caught_by=every_nonlinearity_has_its_gain,
    hint="2 is what the variance is multiplied by. The gain multiplies the weights: take the root.",
    points_at=r"\b2\b",
)
def gain_without_the_root(nonlinearity, negative_slope=0.01):
    """gives the factor of the variance, without the square root"""
    right = gain(nonlinearity, negative_slope)
    return right**2 if nonlinearity in ("relu", "leaky_relu") else right


@exercise.mistake(
    gain,
    caught_by=every_nonlinearity_has_its_gain,
    hint="tanh squashes what it gets: its gain is 5/3, by convention.",
    points_at=r"tanh",
)
def gain_of_tanh_is_one(nonlinearity, negative_slope=0.01):
    """gives tanh the gain 1"""
    return 1.0 if nonlinearity == "tanh" else gain(nonlinearity, negative_slope)


@exercise.mistake(
    gain,
    caught_by=every_nonlinearity_has_its_gain,
    hint="Only leaky_relu has a slope; for relu the argument means nothing.",
    points_at=r"relu",
)
def gain_of_relu_with_a_slope(nonlinearity, negative_slope=0.01):
    """uses the slope for relu too"""
    name = "leaky_relu" if nonlinearity == "relu" else nonlinearity
    return gain(name, negative_slope)


@exercise.mistake(
    gain,
    caught_by=the_slope_of_leaky_relu_counts,
    hint="A leaky unit lets a share of the negative side through, so it needs less gain: "
    "sqrt(2 / (1 + a**2)).",
    points_at=r"leaky",
)
def gain_ignores_the_slope(nonlinearity, negative_slope=0.01):
    """treats leaky_relu as relu"""
    return gain("relu" if nonlinearity == "leaky_relu" else nonlinearity)


@exercise.mistake(
    gain,
    caught_by=the_slope_of_leaky_relu_counts,
    hint="The slope scales the negative values, so their mean square scales with its square: 1 "
    "+ a**2.",
    points_at=r"1(\.0)? \+ ",
)
def gain_with_the_plain_slope(nonlinearity, negative_slope=0.01):
    """forgets to square the slope"""
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + negative_slope))
    return gain(nonlinearity)


@exercise.mistake(
    gain,
    caught_by=the_slope_of_leaky_relu_counts,
    hint="A slope of 0 is a slope: `negative_slope or 0.01` takes it for none.",
    points_at=r"\bor\b|if (not )?negative_slope",
)
def gain_takes_zero_for_no_slope(nonlinearity, negative_slope=0.01):
    """replaces a slope of 0 by the default"""
    return gain(nonlinearity, negative_slope or 0.01)


@exercise.mistake(
    gain,
    caught_by=an_unknown_name_is_a_value_error,
    hint="A default answer hides a typing error of the caller. Raise ValueError for any other "
    "name.",
    points_at=r"\.get\(|else",
)
def gain_of_anything(nonlinearity, negative_slope=0.01):
    """answers for any name"""
    known = ("linear", "sigmoid", "tanh", "relu", "leaky_relu")
    return gain(nonlinearity, negative_slope) if nonlinearity in known else 1.0


@exercise.mistake(
    gain,
    caught_by=an_unknown_name_is_a_value_error,
    hint="A missing key raises KeyError, which is no ValueError: catch it, or look with `in` "
    "first.",
    points_at=r"\[nonlinearity\]",
)
def gain_lets_a_key_error_out(nonlinearity, negative_slope=0.01):
    """raises KeyError for an unknown name"""
    try:
        return gain(nonlinearity, negative_slope)
    except ValueError:
        raise KeyError(nonlinearity) from None


# --- mistakes: what they share ----------------------------------------------------------------


def _uniform(std: float, shape: Sequence[int], generator: torch.Generator | None) -> Tensor:
    return math.sqrt(3) * std * (2 * torch.rand(*shape, generator=generator) - 1)


def _normal(std: float, shape: Sequence[int], generator: torch.Generator | None) -> Tensor:
    return std * torch.randn(*shape, generator=generator)


# --- mistakes: kaiming_uniform ------------------------------------------------------------


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="A weight is (out, in, *kernel): fan_in is shape[1] times the kernel, fan_out "
    "shape[0] times it.",
    points_at=r"shape\[|fan_in|fan_out",
)
def uniform_swaps_the_fans(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses fan_out where fan_in is asked for"""
    _std(shape, mode)  # raises for an unknown mode
    other = "fan_out" if mode == "fan_in" else "fan_in"
    return _uniform(_std(shape, other, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="1 / sqrt(fan) is made for linear layers. A ReLU drops half of the mean square: "
    "times sqrt(2).",
    points_at=r"sqrt",
)
def uniform_leaves_the_gain_out(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """leaves the gain out"""
    return _uniform(
        _std(shape, mode, negative_slope) / gain("leaky_relu", negative_slope), shape, generator
    )


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="The gain belongs into the standard deviation once; 2 / sqrt(fan) has it twice.",
    points_at=r"gain|sqrt",
)
def uniform_squares_the_gain(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """applies the gain twice"""
    return _uniform(
        _std(shape, mode, negative_slope) * gain("leaky_relu", negative_slope), shape, generator
    )


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="2 / fan is the variance. The standard deviation is its square root.",
    points_at=r"/",
)
def uniform_takes_the_variance(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """takes the variance for the standard deviation"""
    return _uniform(_std(shape, mode, negative_slope) ** 2, shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="sqrt(2 / (fan_in + fan_out)) is Xavier's rule, for tanh. Kaiming's has one fan: "
    "sqrt(2 / fan_in).",
    points_at=r"\+",
)
def uniform_is_xavier(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """averages the two fans and has no gain, which is Xavier's rule"""
    _std(shape, mode)  # raises for an unknown mode
    fans = (shape[0] + shape[1]) * math.prod(shape[2:])
    return _uniform(math.sqrt(2 / fans), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="A uniform variable in [-b, b] has the standard deviation b / sqrt(3), so b = "
    "sqrt(3) * std.",
    points_at=r"rand|uniform_",
)
def uniform_takes_the_std_for_the_bound(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses the standard deviation as the bound"""
    return _uniform(_std(shape, mode, negative_slope) / math.sqrt(3), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="1 / sqrt(fan) is what nn.Linear starts with, for history's sake. A ReLU needs "
    "sqrt(6 / fan).",
    points_at=r"sqrt",
)
def uniform_is_the_default_of_linear(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses the bound 1 / sqrt(fan), as nn.Linear does"""
    _std(shape, mode)  # raises for an unknown mode
    return _uniform(_std(shape, mode, math.sqrt(5)), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_size,
    hint="randn and normal_ draw a bell with no bound. Uniform values come from rand or uniform_.",
    points_at=r"randn|normal",
)
def uniform_draws_a_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """draws from a normal law of the right standard deviation"""
    return _normal(_std(shape, mode, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_has_the_right_law,
    hint="torch.rand reaches from 0 to 1. Stretch it to [-b, b]: 2 * b * rand - b.",
    points_at=r"rand|uniform_|abs",
)
def uniform_is_never_negative(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """has positive values only"""
    return _uniform(_std(shape, mode, negative_slope), shape, generator).abs()


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_minds_kernel_mode_and_slope,
    hint="Each output adds up over the whole kernel: the fan is shape[1] * math.prod(shape[2:]).",
    points_at=r"shape\[",
)
def uniform_leaves_the_kernel_out(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """leaves the kernel out of the fan"""
    return _uniform(_std(shape[:2], mode, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_minds_kernel_mode_and_slope,
    hint="The mode 'fan_out' asks for shape[0] times the kernel.",
    points_at=r"fan_in|shape\[",
)
def uniform_ignores_the_mode(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses fan_in whatever the mode"""
    _std(shape, mode)  # raises for an unknown mode
    return _uniform(_std(shape, negative_slope=negative_slope), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_minds_kernel_mode_and_slope,
    hint="Hand negative_slope on: gain('leaky_relu', negative_slope). With slope 1 the gain is 1.",
    points_at=r"gain|sqrt",
)
def uniform_ignores_the_slope(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses the gain of a ReLU whatever the slope"""
    return _uniform(_std(shape, mode), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_comes_from_the_generator,
    hint="Every draw needs generator=generator (it may be None): without it torch draws from "
    "the global generator, and a seed of your own gives every layer the same weights.",
    points_at=r"rand|normal_|uniform_|normal\(",
)
def uniform_ignores_the_generator(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """does not draw from the generator that it was given"""
    return _uniform(_std(shape, mode, negative_slope), shape, None)


@exercise.mistake(
    kaiming_uniform,
    caught_by=the_uniform_weight_comes_from_the_generator,
    hint="initial_seed() is where the generator began: two layers would get equal weights."
    " Draw from it as it is.",
    points_at=r"seed",
)
def uniform_starts_the_generator_again(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """seeds again with the generator's first seed, so that every call draws alike"""
    if generator is not None:
        generator = torch.Generator().manual_seed(generator.initial_seed())
    return _uniform(_std(shape, mode, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_uniform,
    caught_by=an_unknown_mode_of_the_uniform_weight_is_a_value_error,
    hint="An else that takes all the rest hides a typing error. Compare with both names, "
    "then raise ValueError.",
    points_at=r"else",
)
def uniform_takes_any_mode(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """takes any other mode for fan_out"""
    known = "fan_in" if mode == "fan_in" else "fan_out"
    return _uniform(_std(shape, known, negative_slope), shape, generator)


# --- mistakes: kaiming_normal -------------------------------------------------------------


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="A weight is (out, in, *kernel): fan_in is shape[1] times the kernel, fan_out "
    "shape[0] times it.",
    points_at=r"shape\[|fan_in|fan_out",
)
def normal_swaps_the_fans(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses fan_out where fan_in is asked for"""
    _std(shape, mode)  # raises for an unknown mode
    other = "fan_out" if mode == "fan_in" else "fan_in"
    return _normal(_std(shape, other, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="1 / sqrt(fan) is made for linear layers. A ReLU drops half of the mean square: "
    "times sqrt(2).",
    points_at=r"sqrt",
)
def normal_leaves_the_gain_out(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """leaves the gain out"""
    return _normal(
        _std(shape, mode, negative_slope) / gain("leaky_relu", negative_slope), shape, generator
    )


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="The gain belongs into the standard deviation once; 2 / sqrt(fan) has it twice.",
    points_at=r"gain|sqrt",
)
def normal_squares_the_gain(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """applies the gain twice"""
    return _normal(
        _std(shape, mode, negative_slope) * gain("leaky_relu", negative_slope), shape, generator
    )


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="2 / fan is the variance. The standard deviation is its square root.",
    points_at=r"/",
)
def normal_takes_the_variance(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """takes the variance for the standard deviation"""
    return _normal(_std(shape, mode, negative_slope) ** 2, shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="sqrt(2 / (fan_in + fan_out)) is Xavier's rule, for tanh. Kaiming's has one fan: "
    "sqrt(2 / fan_in).",
    points_at=r"\+",
)
def normal_is_xavier(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """averages the two fans and has no gain, which is Xavier's rule"""
    _std(shape, mode)  # raises for an unknown mode
    fans = (shape[0] + shape[1]) * math.prod(shape[2:])
    return _normal(math.sqrt(2 / fans), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="sqrt(3) turns the standard deviation of a uniform law into its bound. A normal "
    "law has no bound.",
    points_at=r"3|6",
)
def normal_takes_the_bound_for_the_std(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses the uniform law's bound as standard deviation"""
    return _normal(math.sqrt(3) * _std(shape, mode, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_size,
    hint="Without its tails the law is narrower, by 12 % if cut at 2. Keep every draw, and"
    " clamp nothing.",
    points_at=r"trunc|clamp|clip|<|>",
)
def normal_cuts_the_tails(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """cuts the tails off at two standard deviations"""
    std = _std(shape, mode, negative_slope)
    edge = torch.special.ndtr(torch.tensor(-2.0))
    share = edge + (1 - 2 * edge) * torch.rand(*shape, generator=generator)
    return std * torch.special.ndtri(share)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_law,
    hint="rand and uniform_ draw a box. A normal law comes from randn or normal_.",
    points_at=r"rand\(|uniform",
)
def normal_draws_a_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """draws from a uniform law of the right standard deviation"""
    return _uniform(_std(shape, mode, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_law,
    hint="Two values have the right mean and spread, but a normal law has all values: torch.randn.",
    points_at=r"sign|randint|where",
)
def normal_draws_two_values(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """draws only +std and -std"""
    return _std(shape, mode, negative_slope) * torch.randn(*shape, generator=generator).sign()


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_has_the_right_law,
    hint="abs folds the negative half over. Weights need both signs.",
    points_at=r"rand|uniform_|abs",
)
def normal_is_never_negative(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """has positive values only"""
    return _normal(_std(shape, mode, negative_slope), shape, generator).abs()


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_minds_kernel_mode_and_slope,
    hint="Each output adds up over the whole kernel: the fan is shape[1] * math.prod(shape[2:]).",
    points_at=r"shape\[",
)
def normal_leaves_the_kernel_out(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """leaves the kernel out of the fan"""
    return _normal(_std(shape[:2], mode, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_minds_kernel_mode_and_slope,
    hint="The mode 'fan_out' asks for shape[0] times the kernel.",
    points_at=r"fan_in|shape\[",
)
def normal_ignores_the_mode(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses fan_in whatever the mode"""
    _std(shape, mode)  # raises for an unknown mode
    return _normal(_std(shape, negative_slope=negative_slope), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_minds_kernel_mode_and_slope,
    hint="Hand negative_slope on: gain('leaky_relu', negative_slope). With slope 1 the gain is 1.",
    points_at=r"gain|sqrt",
)
def normal_ignores_the_slope(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """uses the gain of a ReLU whatever the slope"""
    return _normal(_std(shape, mode), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_comes_from_the_generator,
    hint="Every draw needs generator=generator (it may be None): without it torch draws from "
    "the global generator, and a seed of your own gives every layer the same weights.",
    points_at=r"rand|normal_|uniform_|normal\(",
)
def normal_ignores_the_generator(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """does not draw from the generator that it was given"""
    return _normal(_std(shape, mode, negative_slope), shape, None)


@exercise.mistake(
    kaiming_normal,
    caught_by=the_normal_weight_comes_from_the_generator,
    hint="initial_seed() is where the generator began: two layers would get equal weights."
    " Draw from it as it is.",
    points_at=r"seed",
)
def normal_starts_the_generator_again(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """seeds again with the generator's first seed, so that every call draws alike"""
    if generator is not None:
        generator = torch.Generator().manual_seed(generator.initial_seed())
    return _normal(_std(shape, mode, negative_slope), shape, generator)


@exercise.mistake(
    kaiming_normal,
    caught_by=an_unknown_mode_of_the_normal_weight_is_a_value_error,
    hint="An else that takes all the rest hides a typing error. Compare with both names, "
    "then raise ValueError.",
    points_at=r"else",
)
def normal_takes_any_mode(shape, mode="fan_in", negative_slope=0.0, generator=None):
    """takes any other mode for fan_out"""
    known = "fan_in" if mode == "fan_in" else "fan_out"
    return _normal(_std(shape, known, negative_slope), shape, generator)


# --- pictures ---------------------------------------------------------------------------------


def _marks(call: Arguments, factor: float) -> dict[str, float]:
    out, columns = call["shape"][:2]
    return {"±fan_in": factor * _std((out, columns)), "±fan_out": factor * _std((columns, out))}


@exercise.picture(the_uniform_weight_has_the_right_size, the_uniform_weight_has_the_right_law)
def draw_uniform(view: View):
    call = view.calls[0]
    bound = math.sqrt(3) * _std_of(call)
    return pictures.histogram(
        view.yours[0],
        density=lambda x: (numpy.abs(x) <= bound) / (2 * bound),
        marks=_marks(call, math.sqrt(3)),
        title="your values under the uniform density; marked are the bounds for either fan",
    )


@exercise.picture(the_normal_weight_has_the_right_size, the_normal_weight_has_the_right_law)
def draw_normal(view: View):
    call = view.calls[0]
    std = _std_of(call)
    return pictures.histogram(
        view.yours[0],
        density=lambda x: numpy.exp(-((x / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi)),
        marks=_marks(call, 1.0),
        title="your values under the normal density; marked is √(2 ÷ fan) for either fan",
    )
