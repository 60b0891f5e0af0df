"""Batch normalisation.

The answer has three parts, and most cases look at one of them, so that one fault does not cost
everything: they observe y or the running statistics. Where y is looked at, the running statistics
may be changed in place (shows=); that they must not be is the business of the cases about them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor

from grader import Exercise, Inputs, View, pictures

Arguments = Mapping[str, Any]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    mean, variance = running_mean, running_var
    if training:
        axes = [axis for axis in range(x.dim()) if axis != 1]
        mean, variance = x.mean(axes), x.var(axes, unbiased=False)
        unbiased = x.var(axes, unbiased=True)
        running_mean = (1 - momentum) * running_mean + momentum * mean.detach()
        running_var = (1 - momentum) * running_var + momentum * unbiased.detach()
    y = normalised(x, mean, variance, weight, bias, eps)
    return y, running_mean, running_var


def by_channel(values: Tensor, x: Tensor) -> Tensor:
    """One value for each channel, shaped so that it broadcasts against x."""
    return values.reshape(-1, *[1] * (x.dim() - 2))


def normalised(x, mean, variance, weight, bias, eps):
    centred = x - by_channel(mean, x)
    spread = torch.sqrt(by_channel(variance, x) + eps)
    return centred / spread * by_channel(weight, x) + by_channel(bias, x)


exercise = Exercise(
    batch_norm,
    title="Batch normalisation",
    forbids=["batch_norm", "instance_norm", "group_norm"],
    hints=[
        "For x of shape (N, C, H, W) there are C means. Which axes are averaged away, and which "
        "statistics does a single sample in evaluation need?",
        "Average over every axis but axis 1, and reshape to (C, 1, 1) for broadcasting. Normalise "
        "with the variance divided by m; the running one takes that divided by m - 1.",
        "axes = [a for a in range(x.dim()) if a != 1]; x.mean(axes), x.var(axes, unbiased=False) "
        "in training, else the running ones; running = (1 - momentum) * running + momentum * "
        "batch, with x.var(axes, unbiased=True).",
    ],
)


def per_channel(inputs: Inputs, channels: int, spread: float = 1.0) -> dict[str, Tensor]:
    """Random weight and bias, and running statistics that are far from those of any x here."""
    return dict(
        weight=inputs.normal(channels, mean=1.5),
        bias=inputs.normal(channels, mean=-0.5),
        running_mean=inputs.normal(channels, mean=-1.0) * spread,
        running_var=inputs.uniform(channels, low=0.3, high=0.8) * spread**2,
    )


def unscaled(inputs: Inputs, channels: int, spread: float = 1.0) -> dict[str, Tensor]:
    return {
        **per_channel(inputs, channels, spread),
        "weight": torch.ones(channels, dtype=torch.float64),
        "bias": torch.zeros(channels, dtype=torch.float64),
    }


RUNNING: Final = ("running_mean", "running_var")


def _results(answer: Any) -> Sequence[Any]:
    """What was returned, where the case may also show arguments."""
    return answer["returned"] if isinstance(answer, Mapping) else answer


def output(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for answer, call in zip(answers, calls, strict=True):
        results = _results(answer)
        when = "training" if call["training"] else "evaluation"
        name = f"y in {when} for x of shape {tuple(call['x'].shape)}, eps = {call.get('eps', 1e-5)}"
        seen[name] = results[0] if len(results) == 3 else None
    return seen


def running(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for answer, call in zip(answers, calls, strict=True):
        results = _results(answer)
        for place, name in enumerate(RUNNING, start=1):
            momentum = call.get("momentum", "left out")
            where = f"{name} after x of shape {tuple(call['x'].shape)}, momentum {momentum}"
            seen[where] = results[place] if len(results) == 3 else None
    return seen


# --- y in training ----------------------------------------------------------------------------


# The spread is so large that eps changes nothing here: where it stands is another case's business.
@exercise.case(
    points=2,
    observe=output,
    shows=RUNNING,
    hint="How many means are there for x of shape (5, 3), and over which axis?",
)
def training_normalises_over_the_batch(inputs: Inputs):
    """in training every channel is normalised with its own mean and variance over the batch"""
    return [
        dict(x=inputs.normal(n, 3, mean=2e6, std=1e6), **unscaled(inputs, 3, 1e6), training=True)
        for n in (5, 2)
    ]


@exercise.case(
    points=1,
    observe=output,
    shows=RUNNING,
    needs=[training_normalises_over_the_batch],
    hint="weight and bias act on the normalised values, one of each for every channel.",
)
def scale_and_shift_come_last(inputs: Inputs):
    """the normalised values are multiplied by weight, then bias is added"""
    x = inputs.normal(5, 3, mean=2e6, std=1e6)
    return dict(x=x, **per_channel(inputs, 3, 1e6), training=True)


@exercise.case(
    points=1,
    observe=output,
    shows=RUNNING,
    hint="Where the variance is about as small as eps, it matters where eps stands.",
)
def eps_stands_under_the_root(inputs: Inputs):
    """eps is added to the variance under the root: 1e-5 unless another one is given"""
    spread = torch.tensor([3e-3, 1e-3, 5e-3], dtype=torch.float64)
    return [
        dict(x=inputs.normal(4, 3) * spread + 0.25, **unscaled(inputs, 3), training=True),
        dict(x=inputs.normal(4, 3, std=0.4), **unscaled(inputs, 3), training=True, eps=0.1),
    ]


# All sizes but N are equal, so that a wrong axis gives wrong numbers instead of an error.
@exercise.case(
    points=1,
    observe=output,
    shows=RUNNING,
    needs=[scale_and_shift_come_last],
    hint="A channel of an image has N * H * W values. Reshape what is (C,) to (C, 1, 1).",
)
def images_are_normalised_by_channel(inputs: Inputs):
    """for x of shape (N, C, H, W) the statistics of a channel run over N, H and W"""
    x = inputs.normal(2, 3, 3, 3, mean=2e6, std=1e6)
    return dict(x=x, **per_channel(inputs, 3, 1e6), training=True)


# --- the running statistics -------------------------------------------------------------------


@exercise.case(
    points=2,
    observe=running,
    hint="One batch, on paper: 0.9 of the old value, 0.1 of the batch's. Which variance is it?",
)
def running_statistics_move_by_momentum(inputs: Inputs):
    """in training the running statistics move by momentum towards the batch's, unbiased"""

    def call(n: int, **more: Any) -> dict[str, Any]:
        x = inputs.normal(n, 3, mean=2.0, std=3.0)
        return dict(x=x, **per_channel(inputs, 3), training=True, **more)

    fresh = dict(running_mean=torch.zeros(3), running_var=torch.ones(3))
    ends = (call(3, momentum=0.0), call(3, momentum=1.0))
    return [{**call(4), **fresh}, call(5, momentum=0.3), call(2, momentum=0.7), *ends]


@exercise.case(
    points=1,
    observe=running,
    needs=[running_statistics_move_by_momentum, images_are_normalised_by_channel],
    hint="A channel of an image has m = N * H * W values: unbiased means divided by m - 1.",
)
def running_statistics_of_images(inputs: Inputs):
    """for images the running statistics count every position as a value"""
    shapes = ((2, 3, 5, 7), (1, 3, 2, 2), (3, 2, 5))
    return [
        dict(x=inputs.normal(*s, mean=2.0, std=3.0), **per_channel(inputs, s[1]), training=True)
        for s in shapes
    ]


# --- evaluation -------------------------------------------------------------------------------


@exercise.case(
    points=2,
    observe=output,
    shows=RUNNING,
    hint="A single sample has no variance of its own: what can it be normalised with?",
)
def evaluation_uses_the_running_statistics(inputs: Inputs):
    """in evaluation the running statistics normalise, also a batch of one"""
    return [
        dict(x=inputs.normal(n, 3, mean=2e6, std=1e6), **unscaled(inputs, 3, 1e6), training=False)
        for n in (5, 1)
    ]


@exercise.case(points=1, observe=running, hint="Only training learns about the data.")
def evaluation_leaves_the_running_statistics(inputs: Inputs):
    """in evaluation the running statistics are returned as they were given"""
    return [
        dict(x=inputs.normal(4, 3, mean=2.0, std=3.0), **per_channel(inputs, 3), training=False),
        dict(
            x=inputs.normal(2, 3, mean=2.0, std=3.0),
            **per_channel(inputs, 3),
            training=False,
            momentum=0.5,
        ),
    ]


@exercise.case(
    points=1,
    observe=output,
    shows=RUNNING,
    needs=[
        images_are_normalised_by_channel,
        eps_stands_under_the_root,
        evaluation_uses_the_running_statistics,
    ],
    hint="Both ways of working scale, shift and add eps alike. Does a line count on four axes?",
)
def any_shape_either_way(inputs: Inputs):
    """any number of spatial axes will do, and views, in training and in evaluation"""
    calls = [
        dict(x=inputs.normal(*s, mean=2.0), **per_channel(inputs, s[1]), training=training)
        for s in ((3, 2, 5), (2, 3, 5, 7), (2, 5, 3, 2, 4), (1, 3, 2, 2), (4, 1), (5, 4, 4))
        for training in (True, False)
    ]
    views = (
        inputs.normal(7, 5, mean=2.0).T,
        inputs.normal(2, 5, 4, 3, mean=2.0).permute(0, 3, 2, 1),
        inputs.strided(inputs.normal(5, 3, 2, mean=2.0)),
    )
    calls += [dict(x=x, **per_channel(inputs, x.shape[1]), training=True) for x in views]
    # Running variances about as small as eps, and 0: eps counts in evaluation too.
    small = {**per_channel(inputs, 3), "running_var": torch.tensor([2e-5, 1e-6, 0.0])}
    calls.append(dict(x=inputs.normal(6, 3), **small, training=False))
    calls.append(dict(x=inputs.normal(3, 3, 2), **per_channel(inputs, 3), training=False, eps=0.1))
    return calls


# --- gradients --------------------------------------------------------------------------------


# momentum = 0: the new running statistics do not depend on x, so whether a learner detaches them
# makes no difference. All gradient comes through y.
@exercise.case(
    points=1,
    gradients=["x", "weight", "bias"],
    needs=[any_shape_either_way],
    hint="In training a change of one value moves the mean and the variance of its channel too.",
)
def gradients_flow_through_the_statistics(inputs: Inputs):
    """gradients reach x through the batch's mean and variance, and weight and bias too"""
    return [
        dict(x=inputs.normal(*s, mean=1.0), **per_channel(inputs, 3), training=t, momentum=0.0)
        for s, t in (((4, 3), True), ((2, 3, 2, 4), True), ((2, 3, 2), False))
    ]


@exercise.grows(per="channel")
def channels(inputs: Inputs):
    return {
        c: dict(x=inputs.normal(5, c), **per_channel(inputs, c), training=True) for c in (4, 12)
    }


# --- other right answers ----------------------------------------------------------------------


@exercise.alternative()
def as_rows(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    """moves the channels to the end, works on rows (m, C), and moves them back"""
    moved = x.movedim(1, -1)
    rows = moved.reshape(-1, x.shape[1])
    mean, variance = running_mean, running_var
    if training:
        m = len(rows)
        mean = rows.sum(0) / m
        variance = (rows - mean).square().sum(0) / m
        running_mean = running_mean + momentum * (mean - running_mean)
        running_var = running_var + momentum * (variance * m / (m - 1) - running_var)
    rows = (rows - mean) * torch.rsqrt(variance + eps) * weight + bias
    return rows.reshape(moved.shape).movedim(-1, 1), running_mean, running_var


@exercise.alternative()
def channel_by_channel(
    x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """loops over the channels, and stacks them"""
    channels, means, variances = [], [], []
    for c in range(x.shape[1]):
        values, mean, variance = x[:, c], running_mean[c], running_var[c]
        if training:
            mean, variance = values.mean(), values.var(correction=0)
        means.append(torch.lerp(running_mean[c], mean, momentum) if training else mean)
        unbiased = values.var() if training else variance
        variances.append(torch.lerp(running_var[c], unbiased, momentum) if training else variance)
        channels.append((values - mean) / (variance + eps) ** 0.5 * weight[c] + bias[c])
    return torch.stack(channels, dim=1), torch.stack(means), torch.stack(variances)


@exercise.alternative()
def one_affine_map(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    """folds statistics, weight and bias into one factor and one offset for each channel"""
    flat = x.flatten(2) if x.dim() > 2 else x.unsqueeze(2)
    mean, variance = running_mean.clone(), running_var.clone()
    after = (mean, variance)
    if training:
        variance, mean = torch.var_mean(flat, (0, 2), correction=0)
        m = flat.numel() // flat.shape[1]
        with torch.no_grad():
            after = (
                running_mean * (1 - momentum) + mean * momentum,
                running_var * (1 - momentum) + variance * (momentum * m / (m - 1)),
            )
    factor = weight / torch.sqrt(variance + eps)
    offset = bias - mean * factor
    return (flat * factor[:, None] + offset[:, None]).reshape(x.shape), *after


@exercise.alternative()
def by_layer_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    """lets layer_norm normalise the rows of the transposed batch"""
    swapped = x.transpose(0, 1)
    rows = swapped.reshape(len(weight), -1)
    if training:
        out = torch.nn.functional.layer_norm(rows, rows.shape[1:], eps=eps)
        running_mean = (1 - momentum) * running_mean + momentum * rows.mean(1)
        running_var = (1 - momentum) * running_var + momentum * rows.var(1)
    else:
        out = (rows - running_mean[:, None]) / (running_var[:, None] + eps).sqrt()
    out = out * weight[:, None] + bias[:, None]
    return out.reshape(swapped.shape).transpose(0, 1), running_mean, running_var


# --- mistakes ---------------------------------------------------------------------------------
# Each is the right answer with one of its parts replaced.


def replaced(given: Arguments, *parts: Tensor | None) -> tuple[Tensor, ...]:
    """The right y, running_mean and running_var, with those replaced that are given."""
    pairs = zip(batch_norm(**given), (*parts, None, None), strict=False)
    return tuple(right if other is None else other for right, other in pairs)


def others(x: Tensor) -> list[int]:
    """Every axis but the channels'."""
    return [axis for axis in range(x.dim()) if axis != 1]


def moments(given: Arguments, axes: Sequence[int] | None = None, bessel: int = 0):
    """Mean and variance of x, over all axes but the channels' if none are named."""
    axes = tuple(others(given["x"]) if axes is None else axes)
    variance, mean = torch.var_mean(given["x"], axes, correction=bessel, keepdim=True)
    return mean, variance


def y_from(given: Arguments, mean: Any, divisor: Any) -> Tensor:
    """y with statistics that broadcast against x."""
    weight, bias = (by_channel(given[name], given["x"]) for name in ("weight", "bias"))
    return (given["x"] - mean) / divisor * weight + bias


def root(given: Arguments, variance: Tensor) -> Tensor:
    return torch.sqrt(variance + given.get("eps", 1e-5))


def y_over(given: Arguments, axes: Sequence[int]) -> tuple[Tensor, ...]:
    """The right answer, but in training y has its statistics over these axes."""
    if not given["training"]:
        return batch_norm(**given)
    mean, variance = moments(given, axes)
    return replaced(given, y_from(given, mean, root(given, variance)))


def given_running(given: Arguments) -> tuple[Tensor, Tensor]:
    return given["running_mean"], given["running_var"]


def running_y(given: Arguments, mean: Tensor, variance: Tensor) -> Tensor:
    x = given["x"]
    return y_from(given, by_channel(mean, x), root(given, by_channel(variance, x)))


def moved(given: Arguments) -> list[Tensor]:
    """The running statistics after this batch, whatever training is; NaN for a single value."""
    mean, variance = moments(given)
    m = given["x"].numel() // given["x"].shape[1]
    unbiased = variance * m / torch.tensor(m - 1.0)
    momentum = given.get("momentum", 0.1)
    pairs = zip(given_running(given), (mean, unbiased), strict=True)
    return [(1 - momentum) * old + momentum * new.flatten() for old, new in pairs]


def running_towards(given: Arguments, mean: Tensor, variance: Tensor, momentum: float):
    """The right answer, but the running statistics move to these by this momentum."""
    if not given["training"]:
        return batch_norm(**given)
    old_mean, old_variance = given_running(given)
    return replaced(
        given,
        None,
        (1 - momentum) * old_mean + momentum * mean.flatten(),
        (1 - momentum) * old_variance + momentum * variance.flatten(),
    )


@exercise.mistake(
    caught_by=training_normalises_over_the_batch,
    hint="In training the batch's own mean and variance normalise; the running ones are only "
    "brought up to date.",
    points_at=r"running_(mean|var)",
)
def running_statistics_in_training(**given):
    """normalises with the given running statistics in training too"""
    return replaced(given, running_y(given, *given_running(given)))


@exercise.mistake(
    caught_by=training_normalises_over_the_batch,
    hint="In training y comes from the batch's own mean and variance, not from the running ones "
    "after their update.",
    points_at=r"running_(mean|var)",
)
def updated_statistics_in_training(**given):
    """normalises with the running statistics after their update in training"""
    _, mean, variance = batch_norm(**given)
    return replaced(given, running_y(given, mean, variance))


@exercise.mistake(
    caught_by=training_normalises_over_the_batch,
    hint="torch.var and torch.std divide by m - 1 unless you say unbiased=False. That is for "
    "running_var; y takes the variance divided by m.",
    points_at=r"\b(var|std|var_mean|std_mean)\(",
)
def unbiased_variance_normalises(**given):
    """normalises with the unbiased variance, divided by m - 1"""
    if not given["training"]:
        return batch_norm(**given)
    mean, variance = moments(given, bessel=1)
    return replaced(given, y_from(given, mean, root(given, variance)))


@exercise.mistake(
    caught_by=training_normalises_over_the_batch,
    hint="Two things in x.std() + eps: std() divides by m - 1 unless you say unbiased=False, and "
    "eps belongs under the root, sqrt(variance + eps).",
    points_at=r"\bstd\(|\+\s*eps",
)
def unbiased_and_eps_outside(**given):
    """normalises with the unbiased variance, and adds eps outside the root"""
    x = given["x"]
    mean, variance = moments(given, bessel=1) if given["training"] else given_running(given)
    mean, variance = by_channel(mean.flatten(), x), by_channel(variance.flatten(), x)
    return replaced(given, y_from(given, mean, variance.sqrt() + given.get("eps", 1e-5)))


@exercise.mistake(
    caught_by=training_normalises_over_the_batch,
    hint="Statistics over the features of each sample are LayerNorm's. Average over every axis but "
    "axis 1.",
    points_at=r"-\s*1\b|dim=1|axis=1|\(\s*1\b",
)
def over_the_features(**given):
    """normalises each sample over its own features (LayerNorm)"""
    answer = y_over(given, range(1, given["x"].dim()))
    if not given["training"] or given["x"].dim() > 2 or given["x"].shape[1] == 1:
        return answer
    # Statistics of shape (N, 1) broadcast against the running ones, (C,), without an error.
    momentum = given.get("momentum", 0.1)
    pairs = zip(given_running(given), moments(given, [1], bessel=1), strict=True)
    return answer[0], *((1 - momentum) * old + momentum * new for old, new in pairs)


@exercise.mistake(
    caught_by=training_normalises_over_the_batch,
    hint="mean() and var() without axes give one number for all channels. Each channel has its "
    "own.",
    points_at=r"(mean|var|std)\(\s*(unbiased=False|correction=0)?\s*\)",
)
def over_all_axes(**given):
    """normalises all channels with one mean and one variance"""
    x = given["x"]
    mean, variance = x.mean(), x.var(unbiased=True)
    answer = running_towards(given, mean, variance, given.get("momentum", 0.1))
    return y_over(given, range(x.dim()))[0], *answer[1:]


@exercise.mistake(
    caught_by=training_normalises_over_the_batch,
    hint="The variance is in squared units. Divide by its root, sqrt(variance + eps).",
    points_at=r"/\s*\(?\s*\w*var",
)
def divides_by_the_variance(**given):
    """divides by the variance instead of its root"""
    x = given["x"]
    mean, variance = moments(given) if given["training"] else given_running(given)
    mean, variance = by_channel(mean.flatten(), x), by_channel(variance.flatten(), x)
    return replaced(given, y_from(given, mean, root(given, variance) ** 2))


@exercise.mistake(
    caught_by=scale_and_shift_come_last,
    hint="The normalised values are returned as they are: multiply them by weight, add bias.",
    points_at=r"return",
)
def scale_and_shift_missing(**given):
    """uses neither weight nor bias"""
    weight = given["weight"]
    plain = {**given, "weight": torch.ones_like(weight), "bias": torch.zeros_like(weight)}
    return batch_norm(**plain)


@exercise.mistake(
    caught_by=scale_and_shift_come_last,
    hint="Your weight multiplies the bias too. Scale first, shift last: "
    "normalised * weight + bias.",
    points_at=r"\+\s*\w*bias",
)
def shift_before_scale(**given):
    """adds bias before it multiplies by weight"""
    return batch_norm(**{**given, "bias": given["weight"] * given["bias"]})


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="sqrt(variance) + eps is not sqrt(variance + eps): add eps before you take the root.",
    points_at=r"\+\s*eps",
)
def eps_outside_the_root(**given):
    """adds eps to the standard deviation, outside the root"""
    x = given["x"]
    mean, variance = moments(given) if given["training"] else given_running(given)
    mean, variance = by_channel(mean.flatten(), x), by_channel(variance.flatten(), x)
    return replaced(given, y_from(given, mean, variance.sqrt() + given.get("eps", 1e-5)))


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="A channel whose values are all equal divides 0 by 0. Divide by sqrt(variance + eps).",
    points_at=r"sqrt|std\(|\*\*\s*-?\s*0?\.5",
)
def no_eps(**given):
    """leaves eps out"""
    return batch_norm(**{**given, "eps": 0.0})


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="A number is written where the argument belongs: add eps, not 1e-5.",
    points_at=r"1e-0?5|0\.00001",
)
def eps_is_fixed(**given):
    """adds 1e-5 whatever eps is given"""
    return batch_norm(**{**given, "eps": 1e-5})


@exercise.mistake(
    caught_by=images_are_normalised_by_channel,
    hint="mean(0) leaves H and W as they are, with a mean for each pixel. Average over N, H and W: "
    "every axis but axis 1.",
    points_at=r"(mean|var|std)\(.*\b0\b",
)
def over_the_batch_only(**given):
    """takes the statistics over N only, so that each pixel of an image has its own"""
    return y_over(given, [0])


@exercise.mistake(
    caught_by=images_are_normalised_by_channel,
    hint="Statistics for each image and channel are InstanceNorm's. Axis 0, the batch, is averaged "
    "away too.",
    points_at=r"\(?\s*2\s*,\s*3|-2\s*,\s*-1",
)
def over_each_image(**given):
    """takes the statistics over H and W of each image alone (InstanceNorm)"""
    dimensions = given["x"].dim()
    return y_over(given, range(2, dimensions) if dimensions > 2 else [0])


@exercise.mistake(
    caught_by=images_are_normalised_by_channel,
    hint="weight of shape (C,) broadcasts along the last axis, which is W. Reshape weight and bias "
    "to (C, 1, 1).",
    points_at=r"\*\s*weight|weight\s*\*",
)
def scales_along_the_last_axis(**given):
    """multiplies weight and adds bias along the last axis, which are the channels only in 2-D"""
    weight = given["weight"]
    plain = {**given, "weight": torch.ones_like(weight), "bias": torch.zeros_like(weight)}
    y, *after = batch_norm(**plain)
    return y * weight + given["bias"], *after


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="Here momentum is the weight of the batch: (1 - momentum) * running + momentum * batch.",
    points_at=r"momentum",
)
def momentum_swapped(**given):
    """gives momentum to the old value and 1 - momentum to the batch"""
    return batch_norm(**{**given, "momentum": 1 - given.get("momentum", 0.1)})


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="running_var takes the batch's variance divided by m - 1: x.var(axes, unbiased=True), or "
    "variance * m / (m - 1).",
    points_at=r"running_var\s*=",
)
def running_variance_biased(**given):
    """brings running_var up to date with the biased variance, divided by m"""
    return running_towards(given, *moments(given), given.get("momentum", 0.1))


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="running_var holds variances: use var(), not std().",
    points_at=r"std\(|sqrt",
)
def running_deviation(**given):
    """keeps the standard deviation in running_var"""
    if not given["training"]:
        return batch_norm(**given)
    mean, variance = moments(given, bessel=1)
    return running_towards(given, mean, variance.sqrt(), given.get("momentum", 0.1))


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="In training return the new running statistics, not those that were given.",
    points_at=r"return",
)
def running_statistics_stay(**given):
    """returns the running statistics as they were given, in training too"""
    return replaced(given, None, *given_running(given))


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="You return the statistics of this batch. Mix them with the running ones by momentum.",
    points_at=r"return",
)
def returns_the_batch_statistics(**given):
    """returns the batch's own statistics in place of running ones"""
    return batch_norm(**{**given, "momentum": 1.0})


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="You return what normalised this batch. The running statistics are something else: mix "
    "the batch's into them by momentum, with the unbiased variance.",
    points_at=r"return",
)
def returns_what_normalised(**given):
    """returns the mean and the variance that normalised, in place of running ones"""
    if not given["training"]:
        return batch_norm(**given)
    return replaced(given, None, *(statistic.flatten() for statistic in moments(given)))


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="running_var moves as running_mean does, with the variance in the place of the mean.",
    points_at=r"running_mean\s*=|return",
)
def running_variance_stays(**given):
    """moves running_mean and leaves running_var as it was"""
    return replaced(given, None, None, given["running_var"])


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="The results are y, running_mean and running_var, in this order.",
    points_at=r"return",
)
def running_statistics_exchanged(**given):
    """returns running_var before running_mean"""
    y, mean, variance = batch_norm(**given)
    return y, variance, mean


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="A number is written where the argument belongs: use momentum, not 0.1.",
    points_at=r"0?\.[19]\b",
)
def momentum_is_fixed(**given):
    """uses 0.1 whatever momentum is given"""
    return batch_norm(**{**given, "momentum": 0.1})


@exercise.mistake(
    caught_by=running_statistics_move_by_momentum,
    hint="mul_, add_, copy_ and *= write into the caller's tensors. Make new ones: "
    "running_mean = (1 - momentum) * running_mean + ...",
    points_at=r"running_\w+(\.data)?(\.\w+_\(|\[|\s*[-+*]=)",
)
def changes_the_callers_statistics(**given):
    """writes the new running statistics into the caller's tensors"""
    y, *after = batch_norm(**given)
    for old, new in zip(given_running(given), after, strict=True):
        old.copy_(new)
    return y, *given_running(given)


@exercise.mistake(
    caught_by=running_statistics_of_images,
    hint="The unbiased variance divides by m - 1, and m counts all values of a channel: N * H * W.",
    points_at=r"-\s*1\b",
)
def images_counted_not_positions(**given):
    """corrects running_var by N / (N - 1), as if an image were one value"""
    n = len(given["x"])
    mean, variance = moments(given)
    corrected = variance * n / (n - 1)
    return running_towards(given, mean, corrected, given.get("momentum", 0.1))


@exercise.mistake(
    caught_by=evaluation_uses_the_running_statistics,
    hint="Look at `training`: when it is False, running_mean and running_var normalise.",
    points_at=r"mean\(|var\(",
)
def batch_statistics_in_evaluation(**given):
    """normalises with the batch's statistics in evaluation too"""
    mean, variance = moments(given)
    return replaced(given, y_from(given, mean, root(given, variance)))


@exercise.mistake(
    caught_by=evaluation_uses_the_running_statistics,
    hint="Nothing depends on `training` yet: when it is False, the running statistics normalise, "
    "and stay as they are.",
)
def ignores_training(**given):
    """ignores training: uses the batch's statistics and moves the running ones in evaluation too"""
    mean, variance = moments(given)
    return y_from(given, mean, root(given, variance)), *moved(given)


@exercise.mistake(
    caught_by=evaluation_leaves_the_running_statistics,
    hint="The update belongs under `if training:`.",
    points_at=r"running_\w+\s*=",
)
def updates_in_evaluation(**given):
    """moves the running statistics in evaluation too"""
    return replaced(given, None, *moved(given))


@exercise.mistake(
    caught_by=any_shape_either_way,
    hint="eps belongs under the root in evaluation too: a running variance may be 0.",
    points_at=r"sqrt|\*\*\s*-?\s*0?\.5",
)
def no_eps_in_evaluation(**given):
    """leaves eps out in evaluation"""
    return batch_norm(**(given if given["training"] else {**given, "eps": 0.0}))


@exercise.mistake(
    caught_by=any_shape_either_way,
    hint="weight and bias belong to the layer, not to training: use them in both branches.",
    points_at=r"return|else",
)
def no_scale_and_shift_in_evaluation(**given):
    """uses weight and bias in training only"""
    return batch_norm(**given) if given["training"] else scale_and_shift_missing.run(**given)


@exercise.mistake(
    caught_by=gradients_flow_through_the_statistics,
    hint="Mean and variance depend on x, and the gradient has to pass through both: no detach, "
    ".data, .item() or no_grad around them. Only the running ones may be detached.",
    points_at=r"detach|no_grad|\.data\b|\.item\(",
)
def statistics_detached(**given):
    """treats the batch's mean and variance as constants, so their part of the gradient is lost"""
    if not given["training"]:
        return batch_norm(**given)
    mean, variance = (value.detach() for value in moments(given))
    return replaced(given, y_from(given, mean, root(given, variance)))


@exercise.mistake(
    caught_by=gradients_flow_through_the_statistics,
    hint="The variance depends on x: take it from x itself, not from a detached copy.",
    points_at=r"detach|no_grad|\.data\b",
)
def variance_detached(**given):
    """treats the batch's variance as a constant, so its part of the gradient is lost"""
    if not given["training"]:
        return batch_norm(**given)
    mean, variance = moments(given)
    return replaced(given, y_from(given, mean, root(given, variance.detach())))


@exercise.picture(
    training_normalises_over_the_batch,
    scale_and_shift_come_last,
    eps_stands_under_the_root,
    evaluation_uses_the_running_statistics,
)
def draw(view: View):
    """The error of y for every sample and channel of the first call."""
    yours, right = _results(view.yours[0]), _results(view.expected[0])[0]
    if len(yours) != 3 or yours[0].shape != right.shape:
        return None
    allowed = 1e-9 * right.abs().amax(dim=1, keepdim=True)
    return pictures.heat_map(
        (yours[0] - right).detach() / allowed,
        rows="sample",
        columns="channel",
        normalised="rows",
        title="Error of each value of y, in units of the tolerance",
    )


@exercise.picture(gradients_flow_through_the_statistics)
def draw_gradients(view: View):
    """The gradient that was wrong first, against the right one."""
    for name, (yours, expected) in view.gradients.items():
        if yours is not None and yours.shape == expected.shape:
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
