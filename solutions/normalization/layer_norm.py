"""Layer normalisation."""

import torch

from grader import Exercise, Inputs, View, pictures


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    mean = x.mean(axes, keepdim=True)
    variance = x.var(axes, keepdim=True, unbiased=False)
    return (x - mean) / torch.sqrt(variance + eps) * weight + bias


exercise = Exercise(
    layer_norm,
    title="Layer normalisation",
    forbids=["layer_norm", "group_norm", "batch_norm", "instance_norm", "rms_norm"],
    hints=[
        "Take x of shape (B, T, D) and a weight of shape (D,). How many means must there be, and "
        "what shape do they need so that x - mean broadcasts?",
        "The axes are the last weight.dim() ones, and keepdim=True keeps the statistics in place. "
        "The variance is a plain average of squares, and eps belongs under the root.",
        "axes = tuple(range(-weight.dim(), 0)); take x.mean(axes, keepdim=True) and "
        "x.var(axes, keepdim=True, unbiased=False); divide the centred x by "
        "sqrt(variance + eps), times weight, plus bias.",
    ],
)


def plain_affine(*shape):
    return dict(
        weight=torch.ones(shape, dtype=torch.float64), bias=torch.zeros(shape, dtype=torch.float64)
    )


def random_affine(inputs, *shape):
    return dict(weight=inputs.normal(*shape, mean=1.5), bias=inputs.normal(*shape, mean=-0.5))


def directions(answers, calls):
    """Each position scaled to length 1: what it is divided by is the next case's business."""
    (y,), (call,) = answers, calls
    if y.shape != call["x"].shape:
        return {"y": y}
    length = y.norm(dim=-1, keepdim=True)
    return {"y, each position scaled to length 1": y / torch.where(length == 0, 1.0, length)}


# The spread is so large that eps changes nothing here (eps / variance = 1e-17): where eps stands is
# the business of another case, and whoever misplaces it still earns these two.
@exercise.case(
    points=2,
    observe=directions,
    hint="How many means are there for x of shape (2, 3, 7), and which features go into each?",
)
def each_position_is_centred(inputs: Inputs):
    """every position is centred on the mean of its own features, up to a factor"""
    return dict(x=inputs.normal(2, 3, 7, mean=2e6, std=1e6), **plain_affine(7))


@exercise.case(
    points=1,
    needs=[each_position_is_centred],
    hint="Print the mean of the squares of a row of your answer: with this spread it should be 1.",
)
def each_position_has_its_own_statistics(inputs: Inputs):
    """every position is normalised over its own features"""
    return dict(x=inputs.normal(2, 3, 7, mean=2e6, std=1e6), **plain_affine(7))


@exercise.case(
    points=2,
    needs=[each_position_has_its_own_statistics],
    hint="weight and bias act on the normalised values. In which order?",
)
def scale_and_shift_come_last(inputs: Inputs):
    """the normalised values are multiplied by weight, then bias is added"""
    return dict(x=inputs.normal(2, 3, 7, mean=2e6, std=1e6), **random_affine(inputs, 7))


@exercise.case(
    points=2,
    float64_only=True,
    hint="Where the variance is about as small as eps, it matters where eps stands.",
)
def eps_stands_under_the_root(inputs: Inputs):
    """eps is added to the variance under the root: 1e-5 unless another one is given"""
    spread = torch.tensor([[3e-3], [1e-3], [5e-3]], dtype=torch.float64)
    return [
        dict(x=inputs.normal(2, 3, 5) * spread + 0.25, **plain_affine(5)),
        dict(x=inputs.normal(2, 3, 5, mean=0.5, std=0.4), **plain_affine(5), eps=0.1),
    ]


@exercise.case(
    points=1,
    hint="Print the variance of the row [3, 3, 3, 3, 3], and what you divide by.",
)
def a_constant_row_becomes_the_bias(inputs: Inputs):
    """a position whose features are all equal becomes the bias, not NaN"""
    # Whole numbers: their mean is exact, so the variance is exactly 0.
    levels = inputs.integers(2, 3, 1, low=-9, high=10).to(torch.float64)
    levels[1, 0] = 0.0
    return dict(x=levels.repeat(1, 1, 5), **random_affine(inputs, 5))


@exercise.case(
    points=1,
    needs=[scale_and_shift_come_last, eps_stands_under_the_root],
    hint="The shape of weight says how many trailing axes belong to one position.",
)
def weight_says_which_axes(inputs: Inputs):
    """a weight of two or three axes means statistics over as many trailing axes"""
    return [
        dict(x=inputs.normal(2, 7, 3, 5, mean=3.0), **random_affine(inputs, 3, 5)),
        dict(x=inputs.normal(3, 5, mean=3.0), **random_affine(inputs, 3, 5)),
        dict(x=inputs.normal(3, 4, 4, mean=3.0), **random_affine(inputs, 4, 4)),
        dict(x=inputs.normal(5, 2, 7, 3, mean=3.0), **random_affine(inputs, 2, 7, 3)),
    ]


@exercise.case(
    points=1,
    needs=[scale_and_shift_come_last, eps_stands_under_the_root],
    hint="Does any line count the axes of x from the front, or rely on there being three?",
)
def any_leading_axes(inputs: Inputs):
    """any number of leading axes will do: none, one, three, a batch of one, a transposed view"""
    rows = inputs.normal(1, 5, mean=3.0).repeat(4, 1)
    return [
        dict(x=inputs.normal(2, 3, 4, 7, mean=3.0), **random_affine(inputs, 7)),
        dict(x=inputs.normal(7, mean=3.0), **random_affine(inputs, 7)),
        dict(x=inputs.normal(1, 5, mean=3.0), **random_affine(inputs, 5)),
        dict(x=inputs.normal(1, 1, 2, mean=3.0), **random_affine(inputs, 2)),
        dict(x=rows, **random_affine(inputs, 5)),
        dict(x=inputs.normal(5, 5, mean=3.0).T, **random_affine(inputs, 5)),
        dict(x=inputs.strided(inputs.normal(2, 3, 3, mean=3.0)), **random_affine(inputs, 3)),
        dict(x=inputs.normal(3, 2, 7, mean=3.0).transpose(0, 1), **random_affine(inputs, 7)),
    ]


@exercise.case(
    points=2,
    gradients=["x", "weight", "bias"],
    needs=[scale_and_shift_come_last, eps_stands_under_the_root],
    hint="A change of one feature moves the mean and the variance as well.",
)
def gradients_flow_through_the_statistics(inputs: Inputs):
    """gradients reach x through the mean and the variance, and weight and bias too"""
    return [
        dict(x=inputs.normal(2, 3, 5, mean=1.0), **random_affine(inputs, 5)),
        dict(x=inputs.normal(3, 2, 4, mean=1.0), **random_affine(inputs, 2, 4)),
    ]


@exercise.grows(per="row")
def rows(inputs: Inputs):
    return {n: dict(x=inputs.normal(n, 5), **random_affine(inputs, 5)) for n in (4, 12)}


@exercise.alternative()
def flattened(x, weight, bias, eps=1e-5):
    """flattens the normalised axes into one and works on rows"""
    rows = x.reshape(-1, weight.numel())
    centred = rows - rows.mean(1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(1, keepdim=True) + eps)
    return (centred * scale).reshape(x.shape) * weight + bias


@exercise.alternative()
def one_pass(x, weight, bias, eps=1e-5):
    """takes the variance as the mean of squares less the square of the mean"""
    axes = tuple(range(x.dim() - weight.dim(), x.dim()))
    mean = x.mean(axes, keepdim=True)
    variance = (x * x).mean(axes, keepdim=True) - mean * mean
    return torch.addcmul(bias, (x - mean) / (variance + eps) ** 0.5, weight)


@exercise.alternative()
def position_by_position(x, weight, bias, eps=1e-5):
    """loops over the positions and stacks them"""
    normalised = []
    for features in x.reshape(-1, *weight.shape):
        centred = features - features.sum() / features.numel()
        variance = centred.pow(2).sum() / features.numel()
        normalised.append(centred / (variance + eps).sqrt() * weight + bias)
    return torch.stack(normalised).reshape(x.shape)


@exercise.alternative()
def by_einsum(x, weight, bias, eps=1e-5):
    """sums products with einsum"""
    size = weight.numel()
    rows = x.reshape(-1, size)
    centred = rows - torch.einsum("nd->n", rows)[:, None] / size
    variance = torch.einsum("nd,nd->n", centred, centred) / size
    normalised = torch.einsum("nd,n->nd", centred, (variance + eps) ** -0.5)
    return torch.einsum("nd,d->nd", normalised, weight.reshape(-1)).reshape(x.shape) + bias


@exercise.alternative()
def mapped_over_positions(x, weight, bias, eps=1e-5):
    """writes it for one position and maps it over the rest"""

    def one(features):
        variance, mean = torch.var_mean(features, correction=0)
        return (features - mean) / torch.hypot(variance.sqrt(), variance.new_tensor(eps**0.5))

    rows = torch.func.vmap(one)(x.reshape(-1, *weight.shape))
    return rows.reshape(x.shape) * weight + bias


@exercise.alternative()
def as_projection(x, weight, bias, eps=1e-5):
    """centres with a matrix, and takes the spread from the length of the row"""
    size = weight.numel()
    centring = torch.eye(size, dtype=x.dtype) - 1 / size
    centred = x.reshape(-1, size) @ centring
    length = torch.linalg.vector_norm(centred, dim=1, keepdim=True)
    # The length of a constant row is 0, where its gradient is undefined: square it first.
    spread = torch.sqrt(length**2 / size + eps)
    return (centred / spread).reshape(x.shape) * weight + bias


def normalised(x, mean, variance, weight, bias, eps):
    return (x - mean) / torch.sqrt(variance + eps) * weight + bias


def moments(x, axes):
    return x.mean(axes, keepdim=True), x.var(axes, keepdim=True, unbiased=False)


def trailing(weight):
    return tuple(range(-weight.dim(), 0))


@exercise.mistake(
    caught_by=each_position_is_centred,
    hint="Axis 0 runs over the batch: that is BatchNorm's question. Take the statistics over the "
    "last weight.dim() axes.",
    points_at=r"(mean|var|std|sum)\(.*\b0\b",
)
def over_the_batch(x, weight, bias, eps=1e-5):
    """takes the statistics over the batch axis"""
    return normalised(x, *moments(x, 0), weight, bias, eps)


@exercise.mistake(
    caught_by=each_position_is_centred,
    hint="mean() and var() without axes give one number for the whole tensor. Name the last "
    "weight.dim() axes and keep them with keepdim=True.",
    points_at=r"(mean|var|std)\(\s*(x\s*)?(,?\s*unbiased=False|,?\s*correction=0)?\s*\)",
)
def over_all_axes(x, weight, bias, eps=1e-5):
    """takes one mean and one variance over all axes"""
    return normalised(x, *moments(x, tuple(range(x.dim()))), weight, bias, eps)


@exercise.mistake(
    caught_by=each_position_is_centred,
    hint="Every position of a sequence has its own statistics: average over the features (the last "
    "weight.dim() axes) and leave T alone.",
    points_at=r"\(\s*1\s*,|range\(\s*1\s*,",
)
def over_all_but_the_batch(x, weight, bias, eps=1e-5):
    """takes the statistics over every axis but the batch"""
    return normalised(x, *moments(x, tuple(range(1, x.dim())) or 0), weight, bias, eps)


@exercise.mistake(
    caught_by=each_position_is_centred,
    hint="Axis 1 of (B, T, D) is time. The features are the last axes: count from the end, as in "
    "dim=-1.",
    points_at=r"(dim=|axis=|mean\(|var\()\s*1\b",
)
def over_time(x, weight, bias, eps=1e-5):
    """takes the statistics over axis 1, which is time"""
    return normalised(x, *moments(x, 1), weight, bias, eps)


@exercise.mistake(
    caught_by=each_position_has_its_own_statistics,
    hint="torch.var and torch.std divide by n - 1 unless you say unbiased=False; LayerNorm "
    "divides by n.",
    points_at=r"\b(var|std|var_mean|std_mean)\(",
)
def unbiased_variance(x, weight, bias, eps=1e-5):
    """divides the variance by n - 1; LayerNorm divides by n"""
    axes = trailing(weight)
    variance = x.var(axes, keepdim=True, unbiased=True)
    return normalised(x, x.mean(axes, keepdim=True), variance, weight, bias, eps)


@exercise.mistake(
    caught_by=each_position_has_its_own_statistics,
    hint="Two things in x.std() + eps: std() divides by n - 1 unless you say unbiased=False, and "
    "eps belongs under the root, sqrt(variance + eps).",
    points_at=r"\bstd\(|\+\s*eps",
)
def unbiased_and_eps_outside(x, weight, bias, eps=1e-5):
    """divides the variance by n - 1, and adds eps outside the root"""
    axes = trailing(weight)
    deviation = x.std(axes, keepdim=True, unbiased=True)
    return (x - x.mean(axes, keepdim=True)) / (deviation + eps) * weight + bias


@exercise.mistake(
    caught_by=each_position_has_its_own_statistics,
    hint="The variance is in squared units. Divide by its root, sqrt(variance + eps).",
    points_at=r"/\s*\(?\s*var",
)
def divides_by_the_variance(x, weight, bias, eps=1e-5):
    """divides by the variance instead of its root"""
    mean, variance = moments(x, trailing(weight))
    return (x - mean) / (variance + eps) * weight + bias


@exercise.mistake(
    caught_by=each_position_is_centred,
    hint="That is RMSNorm: it scales by the root mean square and never centres. Subtract the mean "
    "first, and take the variance around it.",
    points_at=r"rsqrt|sqrt|\*\*\s*-?\s*0?\.5",
)
def root_mean_square(x, weight, bias, eps=1e-5):
    """divides by the root mean square, and never subtracts the mean (RMSNorm)"""
    square = x.square().mean(trailing(weight), keepdim=True)
    return normalised(x, 0.0, square, weight, bias, eps)


@exercise.mistake(
    caught_by=each_position_is_centred,
    hint="The divisor is right, the numerator is not: it is x - mean that gets divided.",
    points_at=r"/",
)
def mean_not_subtracted(x, weight, bias, eps=1e-5):
    """divides x by its spread without subtracting the mean"""
    _, variance = moments(x, trailing(weight))
    return normalised(x, 0.0, variance, weight, bias, eps)


@exercise.mistake(
    caught_by=each_position_has_its_own_statistics,
    hint="The mean is subtracted, but the values keep their spread: divide by "
    "sqrt(variance + eps).",
)
def only_centred(x, weight, bias, eps=1e-5):
    """subtracts the mean and never divides by the spread"""
    return (x - x.mean(trailing(weight), keepdim=True)) * weight + bias


@exercise.mistake(
    caught_by=scale_and_shift_come_last,
    hint="The normalised values are returned as they are: multiply them by weight, add bias.",
    points_at=r"return",
)
def scale_and_shift_missing(x, weight, bias, eps=1e-5):
    """uses neither weight nor bias"""
    return normalised(x, *moments(x, trailing(weight)), 1.0, 0.0, eps)


@exercise.mistake(
    caught_by=scale_and_shift_come_last,
    hint="bias is added, weight never used: multiply the normalised values by weight first.",
    points_at=r"\bbias\b",
)
def scale_missing(x, weight, bias, eps=1e-5):
    """adds bias but never multiplies by weight"""
    return normalised(x, *moments(x, trailing(weight)), 1.0, bias, eps)


@exercise.mistake(
    caught_by=scale_and_shift_come_last,
    hint="weight is used, bias never added: it comes last.",
    points_at=r"\*\s*weight|weight\s*\*",
)
def shift_missing(x, weight, bias, eps=1e-5):
    """multiplies by weight but never adds bias"""
    return normalised(x, *moments(x, trailing(weight)), weight, 0.0, eps)


@exercise.mistake(
    caught_by=scale_and_shift_come_last,
    hint="Your weight multiplies the bias too. Scale first, shift last: "
    "normalised * weight + bias.",
    points_at=r"\+\s*bias\s*\)",
)
def shift_before_scale(x, weight, bias, eps=1e-5):
    """adds bias before it multiplies by weight"""
    return (normalised(x, *moments(x, trailing(weight)), 1.0, 0.0, eps) + bias) * weight


@exercise.mistake(
    caught_by=each_position_is_centred,
    hint="weight multiplies and bias is added; yours are the other way round.",
    points_at=r"\*\s*bias|bias\s*\*",
)
def scale_and_shift_swapped(x, weight, bias, eps=1e-5):
    """multiplies by bias and adds weight"""
    return normalised(x, *moments(x, trailing(weight)), bias, weight, eps)


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="sqrt(variance) + eps is not sqrt(variance + eps): add eps before you take the root.",
    points_at=r"\+\s*eps",
)
def eps_outside_the_root(x, weight, bias, eps=1e-5):
    """adds eps to the standard deviation, outside the root"""
    mean, variance = moments(x, trailing(weight))
    return (x - mean) / (variance.sqrt() + eps) * weight + bias


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="Without eps a row of equal features divides 0 by 0. Divide by sqrt(variance + eps).",
    points_at=r"sqrt|std\(|\*\*\s*-?\s*0?\.5",
)
def no_eps(x, weight, bias, eps=1e-5):
    """leaves eps out"""
    return normalised(x, *moments(x, trailing(weight)), weight, bias, 0.0)


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="clamp and maximum leave a variance above eps as it is. Add eps to every variance.",
    points_at=r"clamp|max",
)
def eps_as_a_floor(x, weight, bias, eps=1e-5):
    """takes the larger of variance and eps instead of their sum"""
    mean, variance = moments(x, trailing(weight))
    return normalised(x, mean, variance.clamp(min=eps), weight, bias, 0.0)


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="A number is written where the argument belongs: add eps, not 1e-5.",
    points_at=r"1e-0?5|0\.00001",
)
def eps_is_fixed(x, weight, bias, eps=1e-5):
    """adds 1e-5 whatever eps is given"""
    return normalised(x, *moments(x, trailing(weight)), weight, bias, 1e-5)


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="The signature says eps=1e-5, torch's default. 1e-6 is what some Transformers use.",
    points_at=r"1e-0?6",
)
def default_of_1e_6(x, weight, bias, eps=1e-6):
    """has 1e-6 as its default eps"""
    return layer_norm(x, weight, bias, eps)


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="The signature says eps=1e-5, torch's default. 1e-8 is Adam's eps, not LayerNorm's.",
    points_at=r"1e-0?8",
)
def default_of_1e_8(x, weight, bias, eps=1e-8):
    """has 1e-8 as its default eps"""
    return layer_norm(x, weight, bias, eps)


@exercise.mistake(
    caught_by=eps_stands_under_the_root,
    hint="The signature says eps=1e-5, torch's default. 1e-12 is the eps of BERT.",
    points_at=r"1e-12",
)
def default_of_1e_12(x, weight, bias, eps=1e-12):
    """has 1e-12 as its default eps"""
    return layer_norm(x, weight, bias, eps)


@exercise.mistake(
    caught_by=weight_says_which_axes,
    hint="dim=-1 is one axis. A weight of shape (H, W) means the last two: use "
    "tuple(range(-weight.dim(), 0)).",
    points_at=r"-\s*1\b",
)
def only_the_last_axis(x, weight, bias, eps=1e-5):
    """normalises over the last axis only, however many weight has"""
    return normalised(x, *moments(x, -1), weight, bias, eps)


@exercise.mistake(
    caught_by=any_leading_axes,
    hint="Axis 2 is the last one only if there are three. Count from the end: the last "
    "weight.dim() axes.",
    points_at=r"(dim=|axis=|mean\(|var\()\s*2\b",
)
def always_axis_two(x, weight, bias, eps=1e-5):
    """normalises over axis 2, which is the last one only if x has three"""
    return normalised(x, *moments(x, 2), weight, bias, eps)


@exercise.mistake(
    caught_by=gradients_flow_through_the_statistics,
    hint="Mean and variance depend on x, and the gradient has to pass through both: no detach, "
    ".data, .item() or no_grad around them.",
    points_at=r"detach|no_grad|\.data\b|\.item\(",
)
def statistics_detached(x, weight, bias, eps=1e-5):
    """treats mean and variance as constants, so their part of the gradient is lost"""
    mean, variance = moments(x.detach(), trailing(weight))
    return normalised(x, mean, variance, weight, bias, eps)


@exercise.mistake(
    caught_by=gradients_flow_through_the_statistics,
    hint="The variance depends on x: take it from x itself, not from a detached copy.",
    points_at=r"detach|no_grad|\.data\b",
)
def variance_detached(x, weight, bias, eps=1e-5):
    """treats the variance as a constant, so its part of the gradient is lost"""
    axes = trailing(weight)
    _, variance = moments(x.detach(), axes)
    return normalised(x, x.mean(axes, keepdim=True), variance, weight, bias, eps)


@exercise.mistake(
    caught_by=gradients_flow_through_the_statistics,
    hint="The mean depends on x: take it from x itself, not from a detached copy.",
    points_at=r"detach|no_grad|\.data\b",
)
def mean_detached(x, weight, bias, eps=1e-5):
    """subtracts the mean as if it were a constant, so its part of the gradient is lost"""
    mean, _ = moments(x.detach(), trailing(weight))
    _, variance = moments(x, trailing(weight))
    return normalised(x, mean, variance, weight, bias, eps)


@exercise.picture(
    each_position_is_centred,
    each_position_has_its_own_statistics,
    scale_and_shift_come_last,
    eps_stands_under_the_root,
    a_constant_row_becomes_the_bias,
    weight_says_which_axes,
    any_leading_axes,
)
def draw(view: View):
    """The error of every feature of every position: stripes, columns or one even tone."""
    if view.ratio is None or view.ratio.dim() == 0:
        return None
    by_rows = view.case != weight_says_which_axes.name
    return pictures.heat_map(
        view.ratio.reshape(-1, view.ratio.shape[-1]),
        rows="position" if by_rows else "row",
        columns="feature",
        normalised="columns" if by_rows else None,
        title="Error of each value, in units of the tolerance",
    )


@exercise.picture(gradients_flow_through_the_statistics)
def draw_gradients(view: View):
    """The gradient that was wrong first, against the right one."""
    for name, (yours, expected) in view.gradients.items():
        if yours is not None and yours.shape == expected.shape:
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
