"""Propagation of activations through random layers.

Everything that is drawn may be drawn in any order, so three views show what must hold.

* Wide layers: the standard deviation after each layer lies near its mean-field value, which is
  computed by integration (for linear layers it is (weight_std * sqrt(width)) ** layer).
* Layers of width 1: the ratio of two standard deviations is the size of one weight, exactly.
* Saturated units are +1 or -1, and the standard deviation tells how many of how many are +1.

Draws from the global generator are let through but where the generator itself is judged.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy
import torch
from torch import Tensor

from grader import Exercise, Inputs, statistics

Arguments = Mapping[str, Any]

BATCH: Final = 1024
ACTIVATIONS: Final = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "linear": lambda x: x,
}


def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(BATCH, width, generator=generator)
    stds = []
    for _ in range(depth):
        weight = weight_std * torch.randn(width, width, generator=generator)
        x = ACTIVATIONS[activation](x @ weight.T)
        stds.append(x.std())
    return torch.stack(stds)


exercise = Exercise(
    activation_std,
    title="Activations through random layers",
    hints=[
        "One batch passes through all layers, and each layer has weights of its own. At which "
        "point of a layer is the standard deviation taken, and over which axes?",
        "Draw a batch (1024, width). In a loop over depth draw a weight (width, width) times "
        "weight_std, multiply, apply the activation, and append the std of all values.",
        "x = torch.randn(1024, width, generator=generator); then, for every layer: "
        "x = act(x @ (weight_std * torch.randn(width, width, generator=generator)).T) and "
        "stds.append(x.std()); return torch.stack(stds).",
    ],
)


# --- wide layers ------------------------------------------------------------------------------

# (activation, width, weight_std * sqrt(width), standard deviation of the logarithm of each entry).
# The latter were measured over 600 to 4000 seeds of the reference; for a linear layer the first
# agrees with sqrt((1 / width + 1 / 1024) / (2 * width)), which follows from the law of quadratic
# forms. An entry may be 8 of them off, on a logarithmic scale, where it is close to normal: 6.11
# for alpha = 1e-9, the rest for the bias of a finite width (0.7 at most) and for their own error.
Setting = tuple[str, int, float, tuple[float, ...]]
LINEAR: Final[tuple[Setting, ...]] = (
    ("linear", 67, 2.0, (0.0112, 0.0189, 0.0266)),
    ("linear", 41, 0.5, (0.0175, 0.0307, 0.0420)),
)
NONLINEAR: Final[tuple[Setting, ...]] = (
    ("tanh", 127, 2.0, (0.0017, 0.0025)),
    ("sigmoid", 109, 4.0, (0.0019, 0.0170)),
    ("relu", 137, math.sqrt(2), (0.0066, 0.0365)),
)
ALLOWED: Final = 8.0
NARROW, BROAD = 31, 124
REACH: Final = math.exp(ALLOWED * 0.0240)
SMALL: Final = 0.001  # so small that an activation in the wrong place does no harm


def within(value: float, expected: float, spread: float) -> statistics.Statistic:
    """A value over the expected one, allowed 8 spreads of its logarithm."""
    reach = math.exp(ALLOWED * spread)
    return statistics.Statistic(value / expected, 1 / reach, reach, 1.0)


def mean_field(activation: str, factor: float, depth: int) -> list[float]:
    """Standard deviations for infinite width, by the trapezoidal rule under the normal density."""
    z = torch.linspace(-9, 9, 3601, dtype=torch.float64)
    density = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    square, expected = 1.0, []
    for _ in range(depth):
        h = ACTIVATIONS[activation](factor * math.sqrt(square) * z)
        mean = torch.trapezoid(density * h, z).item()
        square = torch.trapezoid(density * h**2, z).item()
        expected.append(math.sqrt(square - mean**2))
    return expected


def layers(answer: Tensor, depth: int) -> list[float]:
    """The entries of an answer, NaN if it has another shape."""
    entries: list[float] = answer.detach().double().flatten().tolist()
    return entries if tuple(answer.shape) == (depth,) else [math.nan] * depth


def growth(settings: Sequence[Setting]):
    def observe(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for answer, (name, width, factor, spreads) in zip(answers, settings, strict=True):
            seen[f"shape for {name}, width {width}"] = str(tuple(answer.shape))
            expected = mean_field(name, factor, len(spreads))
            entries = layers(answer, len(spreads))
            for layer, numbers in enumerate(zip(entries, expected, spreads, strict=True)):
                label = f"{name}, width {width}: entry {layer} as a multiple of {numbers[1]:.4g}"
                seen[label] = within(*numbers)
        return seen

    return observe


def of_settings(inputs: Inputs, settings: Sequence[Setting]) -> list[dict[str, Any]]:
    return [
        dict(
            depth=len(spreads),
            width=width,
            weight_std=factor / math.sqrt(width),
            activation=name,
            generator=inputs.generator(),
        )
        for name, width, factor, spreads in settings
    ]


def widths(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    narrow, broad = entries = [layers(answer, 1)[0] for answer in answers[:2]]
    faded = layers(answers[2], 2)[1]
    ratio = broad / narrow if narrow else math.nan

    def both_near(number: float) -> bool:
        return all(abs(entry / number - 1) < 0.2 for entry in entries)

    # A linear layer of 31 units has the spread 0.0232, one of 124 units 0.0060.
    return {
        "shapes for depth 1, 1 and 2": ", ".join(str(tuple(answer.shape)) for answer in answers),
        f"std for {BROAD} units ÷ std for {NARROW}": statistics.Statistic(
            ratio, 2 / REACH, 2 * REACH, 2.0
        ),
        "one layer gives weight_std itself, whatever its width": both_near(SMALL),
        "one layer gives 1, whatever its width": both_near(1.0),
        "one layer gives less than half of weight_std": all(e < SMALL / 2 for e in entries),
        "two layers with weight_std = 1e-6 leave next to nothing": faded < 1e-4,
    }


@exercise.case(
    points=1,
    observe=widths,
    allows_global_rng=True,
    hint="A unit of four times the width adds up four times as many products: twice the std.",
)
def the_width_counts(inputs: Inputs):
    """four times the width doubles the standard deviation, for the same weight_std"""
    return [
        dict(
            depth=depth,
            width=width,
            weight_std=std,
            activation="linear",
            generator=inputs.generator(),
        )
        for depth, width, std in ((1, NARROW, SMALL), (1, BROAD, SMALL), (2, 3, 1e-6))
    ]


@exercise.case(
    points=2,
    observe=growth(LINEAR),
    allows_global_rng=True,
    needs=[the_width_counts],
    hint="Entry 0 belongs to the first layer, and each entry is the last times a known factor.",
)
def linear_layers_multiply(inputs: Inputs):
    """every linear layer multiplies the standard deviation by weight_std * sqrt(width)"""
    return of_settings(inputs, LINEAR)


@exercise.case(
    points=3,
    observe=growth(NONLINEAR),
    allows_global_rng=True,
    needs=[the_width_counts],
    hint="Is the std taken after the activation, over samples and units together?",
)
def activations_squash(inputs: Inputs):
    """after tanh, sigmoid and relu the standard deviations are those of what they let through"""
    return of_settings(inputs, NONLINEAR)


# --- layers of one unit -----------------------------------------------------------------------


def sizes(answer: Tensor) -> Tensor:
    """The size of each weight but the first, from an answer for linear layers of width 1."""
    entries = answer.detach().double().flatten()
    return entries[1:] / entries[:-1]


def weights_of_their_own(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    found = sizes(answers[0]).sort().values
    # Of 11 weights, two lie this close together by chance once in 10^10 times.
    # With relu a single unit is off for good after its first negative weight: exactly 0, no NaN.
    entries = answers[1].detach().flatten()
    back = (entries[:-1] == 0) & (entries[1:] > 0)
    twins = (found[1:] - found[:-1]).abs() <= 1e-12 * found[1:]
    return {
        "length": answers[0].numel(),
        "two layers have the same weights": bool(twins.any()),
        "all layers have the same weights": bool(twins.all()),
        "length with relu": answers[1].numel(),
        "every entry with relu is a number": bool(answers[1].isfinite().all()),
        "a unit that was off for all samples comes back": bool(back.any()),
    }


@exercise.case(
    points=2,
    observe=weights_of_their_own,
    allows_global_rng=True,
    hint="With width 1 each entry is the last one times |w|. Are yours powers of one number?",
)
def every_layer_has_its_own_weights(inputs: Inputs):
    """every layer draws weights of its own"""
    generator = inputs.generator()
    call = dict(depth=12, width=1, weight_std=1.0, generator=generator)
    return [dict(**call, activation="linear"), dict(**call, activation="relu")]


# At this weight_std the logarithm of |w| has mean 0, and 260 factors stay within 1e48 either way.
STEADY: Final = 1.887
MANY: Final = 260


def weight_law(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    found = sizes(answers[0]) / STEADY
    ordered = found.sort().values
    twins = (ordered[1:] - ordered[:-1]) <= 1e-12 * ordered[1:]
    return {
        "length": answers[0].numel(),
        "distance of the weights from the normal distribution": statistics.distribution(
            found, lambda size: torch.erf(size / math.sqrt(2))
        ),
        # A pair of 33 000 is this close once in 5 * 10^7 times, three pairs never are: whoever
        # clamps the tails has a dozen weights at the edge.
        "several weights have the same size": int(twins.sum()) >= 3,
        # Uniform values end at 1.73; 259 normal ones all do so with probability 0.92^259 = 4e-10.
        "a weight lies beyond 1.75 weight_std": bool((found > 1.75).any()),
    }


@exercise.case(
    points=1,
    observe=weight_law,
    allows_global_rng=True,
    needs=[linear_layers_multiply, every_layer_has_its_own_weights],
    hint="The weights are normal: torch.randn times weight_std, with all of its tails.",
)
def the_weights_are_normal(inputs: Inputs):
    """the weights are normal with standard deviation weight_std"""
    generator = inputs.generator()
    return dict(depth=MANY, width=1, weight_std=STEADY, activation="linear", generator=generator)


# --- saturated units --------------------------------------------------------------------------


def is_of_signs(std: float, count: int) -> bool:
    """Whether ``count`` values of +1 and -1 can have that deviation, biased or unbiased."""
    for variance in (std**2, std**2 * (count - 1) / count):
        square = 1 - variance  # of the mean
        if -1e-12 <= square <= 1:
            positive = count / 2 * (1 + math.sqrt(max(square, 0.0)))
            if abs(positive - round(positive)) < 0.002:
                return True
    return False


def saturated(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    entries = [layers(answer, 1)[0] for answer in answers]
    counts = [BATCH * call["width"] for call in calls]
    return {
        "length": [answer.numel() for answer in answers],
        "saturated activations are those of 1024 samples": all(map(is_of_signs, entries, counts)),
        # Without a bias the mean of 1024 signs has the deviation 1/32 at most: 0.2 is 6.4 of them.
        "about half of the signs are positive": all(entry**2 > 0.96 for entry in entries),
    }


@exercise.case(
    points=1,
    observe=saturated,
    allows_global_rng=True,
    needs=[the_width_counts],
    hint="The batch is (1024, width), whatever the width, and there is one std for all of it.",
)
def the_batch_has_1024_samples(inputs: Inputs):
    """the standard deviation is that of 1024 samples, in all units together, without a bias"""
    generator = inputs.generator()
    huge = dict(depth=1, weight_std=1e30, activation="tanh", generator=generator)
    return [dict(**huge, width=width) for width in (1, 3, 3, 2, 3, 5)]


# --- the generator ----------------------------------------------------------------------------


def draws(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    first, second, repeated, other = answers
    return {
        "the same generator state gives the same answer": torch.equal(first, repeated),
        "a second call goes on to another answer": not torch.equal(first, second),
        "another seed gives another answer": not torch.equal(first, other),
    }


@exercise.case(
    points=1,
    observe=draws,
    hint="The batch and every weight need generator=generator; nothing needs a seed.",
)
def all_draws_come_from_the_generator(inputs: Inputs):
    """batch and weights come from the generator, which goes on from call to call"""
    live = inputs.generator()
    generators = (live, live, inputs.generator(like=live), inputs.generator())
    call = dict(depth=2, width=5, weight_std=0.5, activation="tanh")
    return [dict(**call, generator=generator) for generator in generators]


# --- other right ways -------------------------------------------------------------------------


@exercise.alternative()
def weights_first(depth, width, weight_std, activation, generator):
    """draws all weights before the batch, samples in columns, biased deviation"""
    weights = torch.normal(0.0, weight_std, (depth, width, width), generator=generator)
    x = torch.empty(width, BATCH).normal_(generator=generator)
    stds = torch.zeros(depth)
    for layer, weight in enumerate(weights):
        x = ACTIVATIONS[activation](weight @ x)
        stds[layer] = x.std(correction=0)
    return stds


@exercise.alternative()
def by_modules(depth, width, weight_std, activation, generator):
    """modules whose outputs are caught by hooks"""
    act = {"tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}
    stds = []
    net = torch.nn.Sequential()
    for _ in range(depth):
        linear = torch.nn.utils.skip_init(torch.nn.Linear, width, width, bias=False)
        torch.nn.init.normal_(linear.weight, std=weight_std, generator=generator)
        layer = torch.nn.Sequential(linear, act.get(activation, torch.nn.Identity)())
        layer.register_forward_hook(lambda module, given, out: stds.append(out.std().item()))
        net.append(layer)
    with torch.no_grad():
        net(torch.randn(BATCH, width, generator=generator))
    return torch.tensor(stds)


@exercise.alternative()
def in_numpy(depth, width, weight_std, activation, generator):
    """numpy, seeded by a draw from the generator; the deviation from two means"""
    source = numpy.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    act = {
        "tanh": numpy.tanh,
        "sigmoid": lambda z: 0.5 * (1 + numpy.tanh(z / 2)),
        "relu": lambda z: z.clip(min=0),
        "linear": lambda z: z,
    }[activation]
    x, variances = source.standard_normal((BATCH, width)), []
    for _ in range(depth):
        x = act(x @ source.normal(0, weight_std, (width, width)))
        variances.append((x**2).mean() - x.mean() ** 2)
    return torch.from_numpy(numpy.sqrt(numpy.maximum(variances, 0)))


@exercise.alternative()
def in_two_halves(depth, width, weight_std, activation, generator):
    """the batch in two halves, which go through the same weights"""
    halves = [torch.randn(BATCH // 2, width, generator=generator) for _ in range(2)]
    stds = torch.empty(depth)
    for layer in range(depth):
        weight = torch.randn(width, width, generator=generator).mul_(weight_std)
        halves = [ACTIVATIONS[activation](half @ weight) for half in halves]
        stds[layer] = torch.var(torch.cat(halves), unbiased=True).sqrt()
    return stds


# --- mistakes ---------------------------------------------------------------------------------


def normal(*shape, generator):
    return torch.randn(*shape, generator=generator)


def network(depth, width, weight_std, act, generator, measure=torch.std, batch=BATCH):
    """The right network, with parts that can be replaced."""
    x, stds = normal(batch, width, generator=generator), []
    for _ in range(depth):
        x = act(x @ (weight_std * normal(width, width, generator=generator)))
        stds.append(measure(x))
    return torch.stack(stds)


@exercise.mistake(
    caught_by=the_width_counts,
    hint="weight_std is the standard deviation of the weights as it is: no 1 / sqrt(width) on top.",
    points_at=r"sqrt|\*\* ?-?0?\.5",
)
def divides_by_the_root_of_width(depth, width, weight_std, activation, generator):
    """divides the weights by the root of width"""
    std = weight_std / math.sqrt(width)
    return network(depth, width, std, ACTIVATIONS[activation], generator)


@exercise.mistake(
    caught_by=the_width_counts,
    hint="1 / sqrt(width) is one choice of weight_std among others. The experiment is to show what "
    "each choice does: multiply the normal values by the weight_std that is given.",
    points_at=r"sqrt|\*\* ?-?0?\.5",
)
def weight_std_ignored(depth, width, weight_std, activation, generator):
    """draws weights of standard deviation 1 / sqrt(width) whatever weight_std is"""
    return network(depth, width, width**-0.5, ACTIVATIONS[activation], generator)


@exercise.mistake(
    caught_by=the_width_counts,
    hint="The batch is (1024, width) and the weights (width, width): is there a number where width "
    "should stand?",
    points_at=r"randn|normal",
)
def width_fixed(depth, width, weight_std, activation, generator):
    """uses one width whatever is asked for"""
    return network(depth, 100, weight_std, ACTIVATIONS[activation], generator)


@exercise.mistake(
    caught_by=the_width_counts,
    hint="normal_ and torch.normal take a standard deviation, and randn is multiplied by one: do "
    "not square weight_std.",
    points_at=r"\*\* ?2",
)
def weight_std_squared(depth, width, weight_std, activation, generator):
    """squares weight_std"""
    return network(depth, width, weight_std**2, ACTIVATIONS[activation], generator)


@exercise.mistake(
    caught_by=the_width_counts,
    hint="A variance is in squared units. Take its root, or std().",
    points_at=r"var\(",
)
def variances_returned(depth, width, weight_std, activation, generator):
    """returns variances"""
    return network(depth, width, weight_std, ACTIVATIONS[activation], generator, torch.var)


@exercise.mistake(
    caught_by=the_width_counts,
    hint="Entry 0 is measured after the first layer, not before it: append below the line that "
    "computes x.",
    points_at=r"append|std\(",
)
def measures_before_each_layer(depth, width, weight_std, activation, generator):
    """measures what goes into each layer, the batch first"""
    x, stds = normal(BATCH, width, generator=generator), []
    for _ in range(depth):
        stds.append(x.std())
        weight = weight_std * normal(width, width, generator=generator)
        x = ACTIVATIONS[activation](x @ weight)
    return torch.stack(stds)


@exercise.mistake(
    caught_by=linear_layers_multiply,
    hint="Each layer must be fed what the last one gave: x = act(x @ w), with one x.",
    points_at=r"@|matmul|randn",
)
def batch_not_carried(depth, width, weight_std, activation, generator):
    """feeds every layer the first batch"""
    x, stds = normal(BATCH, width, generator=generator), []
    for _ in range(depth):
        weight = weight_std * normal(width, width, generator=generator)
        stds.append(ACTIVATIONS[activation](x @ weight).std())
    return torch.stack(stds)


@exercise.mistake(
    caught_by=linear_layers_multiply,
    hint="weight_std is a standard deviation already: no root is taken of it.",
    points_at=r"sqrt|\*\* ?0?\.5",
)
def weight_std_taken_for_a_variance(depth, width, weight_std, activation, generator):
    """takes the root of weight_std, as if it were a variance"""
    return network(depth, width, math.sqrt(weight_std), ACTIVATIONS[activation], generator)


@exercise.mistake(
    caught_by=linear_layers_multiply,
    hint="The argument activation chooses between four; 'linear' is no activation at all.",
    points_at=r"tanh",
)
def always_tanh(depth, width, weight_std, activation, generator):
    """uses tanh whatever the activation"""
    return network(depth, width, weight_std, torch.tanh, generator)


@exercise.mistake(
    caught_by=activations_squash,
    hint="The layers run without an activation. Apply the one that is named, after each product.",
    points_at=r"@|matmul",
)
def activation_ignored(depth, width, weight_std, activation, generator):
    """ignores the activation"""
    return network(depth, width, weight_std, ACTIVATIONS["linear"], generator)


@exercise.mistake(
    caught_by=activations_squash,
    hint="Those are the pre-activations. Apply the activation first, then take std().",
    points_at=r"append|std\(",
)
def measures_before_the_activation(depth, width, weight_std, activation, generator):
    """measures before the activation"""
    x, stds = normal(BATCH, width, generator=generator), []
    for _ in range(depth):
        z = x @ (weight_std * normal(width, width, generator=generator))
        stds.append(z.std())
        x = ACTIVATIONS[activation](z)
    return torch.stack(stds)


@exercise.mistake(
    caught_by=activations_squash,
    hint="sigmoid and relu have a mean above 0: subtract it before you square, or use std().",
    points_at=r"mean\(|norm\(",
)
def root_mean_square(depth, width, weight_std, activation, generator):
    """takes the root mean square, without subtracting the mean"""
    return network(
        depth,
        width,
        weight_std,
        ACTIVATIONS[activation],
        generator,
        lambda x: x.square().mean().sqrt(),
    )


@exercise.mistake(
    caught_by=activations_squash,
    hint="Units differ in their means, and that spread counts: take one std over the whole "
    "(1024, width) tensor, with no dim.",
    points_at=r"dim|axis|std\(\s*0",
)
def averaged_over_units(depth, width, weight_std, activation, generator):
    """averages the standard deviations of the single units"""
    return network(
        depth, width, weight_std, ACTIVATIONS[activation], generator, lambda x: x.std(0).mean()
    )


@exercise.mistake(
    caught_by=every_layer_has_its_own_weights,
    hint="The weight is drawn once, above the loop. Each layer has its own: draw inside the loop.",
    points_at=r"randn\(\s*width|normal",
)
def same_weights_in_every_layer(depth, width, weight_std, activation, generator):
    """uses the same weights in every layer"""
    x, stds = normal(BATCH, width, generator=generator), []
    weight = weight_std * normal(width, width, generator=generator)
    for _ in range(depth):
        x = ACTIVATIONS[activation](x @ weight)
        stds.append(x.std())
    return torch.stack(stds)


@exercise.mistake(
    caught_by=the_weights_are_normal,
    hint="rand and uniform_ draw a box of the right width. The weights asked for are normal: "
    "weight_std * torch.randn(...).",
    points_at=r"rand\(|uniform",
)
def uniform_weights(depth, width, weight_std, activation, generator):
    """draws uniform weights of the right standard deviation"""
    x, stds = normal(BATCH, width, generator=generator), []
    for _ in range(depth):
        weight = 2 * torch.rand(width, width, generator=generator) - 1
        x = ACTIVATIONS[activation](x @ (math.sqrt(3) * weight_std * weight))
        stds.append(x.std())
    return torch.stack(stds)


@exercise.mistake(
    caught_by=the_batch_has_1024_samples,
    hint="The batch has 1024 rows, whatever the width: torch.randn(1024, width, ...).",
    points_at=r"randn\(|normal",
)
def another_batch_size(depth, width, weight_std, activation, generator):
    """draws another number of samples than 1024"""
    return network(depth, width, weight_std, ACTIVATIONS[activation], generator, batch=1000)


@exercise.mistake(
    caught_by=all_draws_come_from_the_generator,
    hint="Every draw needs generator=generator: without it torch draws from the global generator.",
    points_at=r"randn|normal",
)
def generator_ignored(depth, width, weight_std, activation, generator):
    """does not draw from the generator that it was given"""
    return network(depth, width, weight_std, ACTIVATIONS[activation], None)


@exercise.mistake(
    caught_by=all_draws_come_from_the_generator,
    hint="Seeding the generator makes every call draw alike. Draw from it as it is.",
    points_at=r"seed",
)
def generator_started_again(depth, width, weight_std, activation, generator):
    """seeds the generator again, so that every call draws alike"""
    generator = torch.Generator().manual_seed(generator.initial_seed())
    return network(depth, width, weight_std, ACTIVATIONS[activation], generator)
