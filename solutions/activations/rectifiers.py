"""ReLU and leaky ReLU.

The forward functions are differentiated away from 0 only: at the kink clamp, maximum and where
answer differently, and each of them is right.
"""

import torch

from grader import Exercise, Inputs, View, pictures


def relu(x):
    return torch.where(x > 0, x, 0.0)


def relu_backward(grad_output, x):
    return torch.where(x > 0, grad_output, 0.0)


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, negative_slope * x)


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, negative_slope * grad_output)


exercise = Exercise(
    relu,
    relu_backward,
    leaky_relu,
    leaky_relu_backward,
    title="ReLU and leaky ReLU",
    forbids=[
        "relu",
        "relu6",
        "leaky_relu",
        "prelu",
        "rrelu",
        "rrelu_with_noise",
        "elu",
        "celu",
        "selu",
        "threshold",
    ],
    hints=[
        "Work out x = [-2, 0, 3] with gradient [5, 7, -1] by hand, forward and backward. Which "
        "tensor decides where the gradient passes, and which one is passed?",
        "One mask, x > 0, is all you need: forward it chooses between x and 0 (or slope * x), "
        "backward between grad_output and 0 (or slope * grad_output). 0 is on the negative side.",
        "torch.where(x > 0, x, 0.0) and torch.where(x > 0, grad_output, 0.0); for the leaky ones "
        "put negative_slope * x and negative_slope * grad_output in place of 0.0.",
    ],
)


def signed(inputs: Inputs, *shape: int):
    """Values of both signs, none near 0."""
    x = inputs.normal(*shape)
    x = torch.where(x < 0, x - 0.1, x + 0.1)
    x.view(-1)[0] = -0.7
    x.view(-1)[-1] = 1.3
    return x


def with_zeros(inputs: Inputs, *shape: int):
    """Values of both signs and some that are exactly 0."""
    x = signed(inputs, *shape)
    x.view(-1)[1::4] = 0.0
    return x


def many(inputs: Inputs):
    """One, two and three axes, one element, large and small values, and strided views."""
    return [
        dict(x=with_zeros(inputs, 7, 5)),
        dict(x=1e4 * signed(inputs, 7)),
        dict(x=1e-4 * signed(inputs, 2, 3, 5)),
        dict(x=torch.tensor([-2.5], dtype=torch.float64)),
        dict(x=with_zeros(inputs, 5, 3).T),
        dict(x=inputs.strided(with_zeros(inputs, 4, 4))),
    ]


def pairs(inputs: Inputs):
    """Upstream gradients of both signs, with inputs of both signs, none of them 0."""
    return [
        dict(grad_output=inputs.normal(3, 5), x=signed(inputs, 3, 5)),
        dict(grad_output=inputs.normal(7, mean=2.0), x=1e-4 * signed(inputs, 7)),
        dict(grad_output=inputs.normal(2, 3, 5), x=10 * signed(inputs, 2, 3, 5)),
        dict(grad_output=inputs.normal(5, 3).T, x=signed(inputs, 5, 3).T),
    ]


def at_zero(inputs: Inputs):
    return [
        dict(grad_output=inputs.normal(3, 5), x=with_zeros(inputs, 3, 5)),
        dict(grad_output=inputs.normal(4), x=torch.zeros(4, dtype=torch.float64)),
    ]


def sloped(inputs: Inputs, calls):
    """The same calls, each with a slope of its own."""
    slopes = (0.3, 0.01, 0.9, 0.2, 0.05, 0.6)
    return [dict(call, negative_slope=slopes[i % len(slopes)]) for i, call in enumerate(calls)]


# --- relu -------------------------------------------------------------------------------------


@exercise.case(relu, points=2, hint="relu([-2, 0, 3]) is [0, 0, 3].")
def relu_stops_negative_numbers(inputs: Inputs):
    """positive numbers pass, all others become 0"""
    return many(inputs)


@exercise.case(
    relu,
    points=1,
    gradients=["x"],
    needs=[relu_stops_negative_numbers],
    hint="Is there a detach, .data, no_grad or numpy on the way?",
)
def relu_lets_gradients_through(inputs: Inputs):
    """gradients pass where x is positive"""
    return [dict(x=signed(inputs, 3, 5)), dict(x=signed(inputs, 2, 2, 3))]


@exercise.grows(relu, per="element")
def elements_of_relu(inputs: Inputs):
    return {n: dict(x=signed(inputs, n)) for n in (4, 12)}


@exercise.alternative(relu)
def by_clamp(x):
    """clamps from below"""
    return x.clamp(min=0)


@exercise.alternative(relu)
def by_maximum(x):
    """takes the larger of x and 0"""
    return torch.maximum(x, torch.zeros_like(x))


@exercise.alternative(relu)
def by_mask(x):
    """multiplies by a mask"""
    return x * (x > 0)


@exercise.alternative(relu)
def by_half(x):
    """averages x and its size"""
    return (x + x.abs()) / 2


@exercise.mistake(
    relu,
    caught_by=relu_stops_negative_numbers,
    hint="Negative numbers are not turned around, they are stopped: 0, not -x.",
    points_at=r"abs|-\s*x",
)
def relu_is_abs(x):
    """returns the absolute value"""
    return x.abs()


@exercise.mistake(
    relu,
    caught_by=relu_stops_negative_numbers,
    hint="Yours keeps the negative side. Look at the comparison, or at min and max.",
    points_at=r"<|max=|minimum|\bmin\b",
)
def relu_keeps_the_negative(x):
    """keeps the negative numbers and stops the positive ones"""
    return torch.where(x < 0, x, 0.0)


@exercise.mistake(
    relu,
    caught_by=relu_stops_negative_numbers,
    hint="x > 0 alone is a step of 0 and 1. Multiply x by it.",
    points_at=r">|heaviside|sign",
)
def relu_is_a_step(x):
    """returns the mask, 0 and 1, instead of the numbers it lets through"""
    return (x > 0).to(x.dtype)


@exercise.mistake(
    relu,
    caught_by=relu_stops_negative_numbers,
    hint="That is relu6, made for low precision. A ReLU has no upper bound: clamp from below only.",
    points_at=r"6|clamp|min\(",
)
def relu_stops_at_six(x):
    """stops growing at 6"""
    return x.clamp(0, 6)


@exercise.mistake(
    relu,
    caught_by=relu_stops_negative_numbers,
    hint="The negative side of relu is exactly 0. The small slope belongs to leaky_relu.",
    points_at=r"0?\.01",
)
def relu_leaks(x):
    """leaks with slope 0.01 on the negative side"""
    return torch.where(x > 0, x, 0.01 * x)


@exercise.mistake(
    relu,
    caught_by=relu_lets_gradients_through,
    hint="The values are right, but the way back to x is cut: no detach, .data, no_grad or numpy.",
    points_at=r"detach|\.data\b|no_grad|numpy|\.item|tolist|torch\.tensor",
)
def relu_detached(x):
    """cuts the graph, so no gradient reaches x"""
    return relu(x.detach())


@exercise.mistake(
    relu,
    caught_by=relu_stops_negative_numbers,
    hint="The caller's tensor is overwritten. Methods that end in _ and assignments to a masked "
    "x[...] change it: work on a copy, or use where.",
    points_at=r"\w_\(|\]\s*[*+-]?=|[*+-]=",
)
def relu_in_place(x):
    """overwrites the tensor it was given"""
    return x.clamp_(min=0)


# --- relu_backward ----------------------------------------------------------------------------


@exercise.case(
    relu_backward, points=2, hint="For x = [-2, 3] and grad_output = [5, -1] it is [0, -1]."
)
def relu_backward_masks_by_x(inputs: Inputs):
    """the upstream gradient passes where x is positive, whatever its own sign"""
    return pairs(inputs)


@exercise.case(
    relu_backward,
    points=1,
    needs=[relu_backward_masks_by_x],
    hint="At x = 0 the slope is 0. Is your comparison strict?",
)
def relu_backward_at_zero(inputs: Inputs):
    """at x = 0 nothing passes"""
    return at_zero(inputs)


@exercise.case(
    relu_backward,
    points=1,
    gradients=["grad_output"],
    needs=[relu_backward_masks_by_x],
    hint="Is there a detach, .data, no_grad or numpy on the way?",
)
def relu_backward_is_differentiable(inputs: Inputs):
    """the result is differentiable with respect to grad_output"""
    return dict(grad_output=inputs.normal(3, 5), x=signed(inputs, 3, 5))


@exercise.grows(relu_backward, per="element")
def elements_of_relu_backward(inputs: Inputs):
    return {n: dict(grad_output=inputs.normal(n), x=signed(inputs, n)) for n in (4, 12)}


@exercise.alternative(relu_backward)
def masked(grad_output, x):
    """multiplies by a mask"""
    return grad_output * (x > 0)


@exercise.alternative(relu_backward)
def filled(grad_output, x):
    """fills in zeros"""
    return grad_output.masked_fill(x <= 0, 0.0)


@exercise.alternative(relu_backward)
def by_heaviside(grad_output, x):
    """multiplies by Heaviside's step"""
    return grad_output * torch.heaviside(x, torch.zeros_like(x))


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_at_zero,
    hint="x = 0 passes your mask. Here 0 belongs to the negative side: x > 0, not x >= 0.",
    points_at=r">=|<\s*0",
)
def relu_backward_passes_zero(grad_output, x):
    """lets the gradient pass at x = 0"""
    return grad_output * (x >= 0)


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_at_zero,
    hint="At x = 0 the slope could be one half, but here it is 0: compare with x > 0.",
    points_at=r"sign|0\.5|/\s*2",
)
def relu_backward_halves_at_zero(grad_output, x):
    """lets half of the gradient pass at x = 0"""
    return grad_output * (1 + x.sign()) / 2


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_masks_by_x,
    hint="That is the slope alone. The chain rule multiplies it by what comes from above: "
    "grad_output.",
    points_at=r"return",
)
def relu_backward_ignores_grad_output(grad_output, x):
    """returns the slope and ignores grad_output"""
    return (x > 0).to(x.dtype)


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_masks_by_x,
    hint="The mask belongs to x: what was positive on the way forward. A negative gradient passes "
    "as well as a positive one.",
    points_at=r"grad_output\s*(>|<=|\.clamp)|relu\(",
)
def relu_backward_masks_by_grad_output(grad_output, x):
    """masks by the sign of grad_output instead of x"""
    return grad_output.clamp(min=0)


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_masks_by_x,
    hint="Two masks are one too many: the gradient passes where x is positive, be it negative "
    "itself.",
    points_at=r"grad_output\s*>|relu\(|clamp",
)
def relu_backward_masks_twice(grad_output, x):
    """masks by x and by the sign of grad_output (that is guided backpropagation)"""
    return grad_output.clamp(min=0) * (x > 0)


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_masks_by_x,
    hint="Where x is negative nothing may pass: the mask x > 0 is missing, or another one lets too "
    "much through.",
    points_at=r"return",
)
def relu_backward_without_mask(grad_output, x):
    """lets the gradient pass everywhere, where x is negative too"""
    return grad_output * 1


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_masks_by_x,
    hint="The mask is the wrong way round: the gradient passes where x is positive and stops where "
    "it is negative. Check the comparison, or the order in where.",
    points_at=r"<|where|masked_fill",
)
def relu_backward_inverted(grad_output, x):
    """lets the gradient pass where x is negative, and stops it where x is positive"""
    return torch.where(x > 0, 0.0, grad_output)


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_masks_by_x,
    hint="The slope of relu is 1 where x > 0, not x itself: multiply by the mask x > 0.",
    points_at=r"relu\(|\*\s*x|clamp|maximum",
)
def relu_backward_multiplies_by_the_output(grad_output, x):
    """multiplies by relu(x) instead of its slope"""
    return grad_output * relu(x)


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_is_differentiable,
    hint="The values are right, but the graph is cut: no detach, .data, no_grad or numpy.",
    points_at=r"detach|\.data\b|no_grad|numpy",
)
def relu_backward_detached(grad_output, x):
    """cuts the graph"""
    return relu_backward(grad_output.detach(), x)


@exercise.mistake(
    relu_backward,
    caught_by=relu_backward_masks_by_x,
    hint="The caller's tensor is overwritten. Methods that end in _ and assignments to a masked "
    "x[...] change it: work on a copy, or use where.",
    points_at=r"\w_\(|\]\s*[*+-]?=|[*+-]=",
)
def relu_backward_in_place(grad_output, x):
    """overwrites the tensor it was given"""
    return grad_output.masked_fill_(x <= 0, 0.0)


# --- leaky_relu -------------------------------------------------------------------------------


@exercise.case(leaky_relu, points=2, hint="With slope 0.1, [-2, 0, 3] becomes [-0.2, 0, 3].")
def leaky_relu_shrinks_negative_numbers(inputs: Inputs):
    """positive numbers pass, negative ones are multiplied by negative_slope"""
    return sloped(inputs, many(inputs))


@exercise.case(
    leaky_relu,
    points=1,
    gradients=["x"],
    needs=[leaky_relu_shrinks_negative_numbers],
    hint="Is there a detach, .data, no_grad or numpy on the way?",
)
def leaky_relu_lets_gradients_through(inputs: Inputs):
    """gradients pass on both sides, each with its slope"""
    return sloped(inputs, [dict(x=signed(inputs, 3, 5)), dict(x=signed(inputs, 2, 2, 3))])


@exercise.grows(leaky_relu, per="element")
def elements_of_leaky_relu(inputs: Inputs):
    return {n: dict(x=signed(inputs, n), negative_slope=0.3) for n in (4, 12)}


@exercise.alternative(leaky_relu)
def larger_of_two(x, negative_slope):
    """takes the larger of x and slope times x, as the slope is less than 1"""
    return torch.maximum(x, negative_slope * x)


@exercise.alternative(leaky_relu)
def two_clamps(x, negative_slope):
    """adds the two sides"""
    return x.clamp(min=0) + negative_slope * x.clamp(max=0)


@exercise.alternative(leaky_relu)
def a_slope_for_each(x, negative_slope):
    """multiplies by a slope for each element"""
    return x * torch.where(x < 0, negative_slope, 1.0)


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="Yours shrinks the positive side. The slope belongs to x < 0; check the comparison or "
    "the order in where.",
    points_at=r"where|<|minimum|min\(",
)
def leaky_relu_slope_on_positives(x, negative_slope):
    """applies the slope to positive numbers and lets negative ones pass"""
    return torch.where(x > 0, negative_slope * x, x)


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="slope * x is added on both sides, so positive numbers grow: with slope 0.1, 3 becomes "
    "3.3. Add it for negative x only.",
    points_at=r"\+",
)
def leaky_relu_adds_on_both_sides(x, negative_slope):
    """adds slope * x to positive numbers too"""
    return relu(x) + negative_slope * x


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="Every element is multiplied by the slope; positive ones should pass unchanged.",
    points_at=r"negative_slope",
)
def leaky_relu_slope_on_all(x, negative_slope):
    """applies the slope to all numbers"""
    return negative_slope * x


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="negative_slope is ignored: 0.01 is only a usual value. Use the argument.",
    points_at=r"0?\.01|1e-2",
)
def leaky_relu_slope_is_fixed(x, negative_slope):
    """uses the slope 0.01 whatever negative_slope is"""
    return torch.where(x > 0, x, 0.01 * x)


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="slope * x is already negative where x is. With another minus it turns positive.",
    points_at=r"-\s*(negative_slope|x)|abs",
)
def leaky_relu_turns_negatives_around(x, negative_slope):
    """makes negative numbers positive: -slope * x"""
    return torch.where(x > 0, x, -negative_slope * x)


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="The negative side is 0. That is the plain relu; it needs negative_slope * x there.",
    points_at=r"clamp|maximum|where|\*",
)
def leaky_relu_does_not_leak(x, negative_slope):
    """is a plain relu"""
    return relu(x)


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="The negative side is the slope itself. Multiply it by x.",
    points_at=r"negative_slope",
)
def leaky_relu_is_constant_below(x, negative_slope):
    """returns the slope itself where x is not positive"""
    return torch.where(x > 0, x, negative_slope)


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_lets_gradients_through,
    hint="The values are right, but the way back to x is cut: no detach, .data, no_grad or numpy.",
    points_at=r"detach|\.data\b|no_grad|numpy|\.item|tolist|torch\.tensor",
)
def leaky_relu_detached(x, negative_slope):
    """cuts the graph, so no gradient reaches x"""
    return leaky_relu(x.detach(), negative_slope)


@exercise.mistake(
    leaky_relu,
    caught_by=leaky_relu_shrinks_negative_numbers,
    hint="The caller's tensor is overwritten. Methods that end in _ and assignments to a masked "
    "x[...] change it: work on a copy, or use where.",
    points_at=r"\w_\(|\]\s*[*+-]?=|[*+-]=",
)
def leaky_relu_in_place(x, negative_slope):
    """overwrites the tensor it was given"""
    return x.mul_(torch.where(x > 0, 1.0, negative_slope))


# --- leaky_relu_backward ----------------------------------------------------------------------


@exercise.case(
    leaky_relu_backward,
    points=2,
    hint="With slope 0.1, x = [-2, 3] and grad_output = [5, -1] it is [0.5, -1].",
)
def leaky_relu_backward_scales_by_the_slope_at_x(inputs: Inputs):
    """the upstream gradient is multiplied by negative_slope where x is negative"""
    return sloped(inputs, pairs(inputs))


@exercise.case(
    leaky_relu_backward,
    points=1,
    needs=[leaky_relu_backward_scales_by_the_slope_at_x],
    hint="At x = 0 the slope is negative_slope. Is your comparison strict?",
)
def leaky_relu_backward_at_zero(inputs: Inputs):
    """at x = 0 the slope is negative_slope"""
    return sloped(inputs, at_zero(inputs))


@exercise.case(
    leaky_relu_backward,
    points=1,
    gradients=["grad_output"],
    needs=[leaky_relu_backward_scales_by_the_slope_at_x],
    hint="Is there a detach, .data, no_grad or numpy on the way?",
)
def leaky_relu_backward_is_differentiable(inputs: Inputs):
    """the result is differentiable with respect to grad_output"""
    return dict(grad_output=inputs.normal(3, 5), x=signed(inputs, 3, 5), negative_slope=0.3)


@exercise.grows(leaky_relu_backward, per="element")
def elements_of_leaky_relu_backward(inputs: Inputs):
    return {
        n: dict(grad_output=inputs.normal(n), x=signed(inputs, n), negative_slope=0.3)
        for n in (4, 12)
    }


@exercise.alternative(leaky_relu_backward)
def slopes_first(grad_output, x, negative_slope):
    """makes the slopes, then multiplies"""
    slopes = torch.full_like(x, negative_slope).masked_fill(x > 0, 1.0)
    return grad_output * slopes


@exercise.alternative(leaky_relu_backward)
def two_masks(grad_output, x, negative_slope):
    """adds the two sides"""
    return grad_output * (x > 0) + negative_slope * grad_output * (x <= 0)


@exercise.alternative(leaky_relu_backward)
def interpolated(grad_output, x, negative_slope):
    """interpolates between the two slopes"""
    return torch.lerp(negative_slope * grad_output, grad_output, (x > 0).to(x.dtype))


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_at_zero,
    hint="x = 0 counts as positive in yours. Here it belongs to the negative side: x > 0.",
    points_at=r">=|<\s*0",
)
def leaky_relu_backward_passes_zero(grad_output, x, negative_slope):
    """uses slope 1 at x = 0"""
    return torch.where(x >= 0, grad_output, negative_slope * grad_output)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_at_zero,
    hint="At x = 0 neither of your masks holds, so nothing passes. One of them must include 0: "
    "x <= 0.",
    points_at=r"<|sign",
)
def leaky_relu_backward_stops_zero(grad_output, x, negative_slope):
    """uses slope 0 at x = 0"""
    return grad_output * (x > 0) + negative_slope * grad_output * (x < 0)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="That is the slope alone. The chain rule multiplies it by grad_output, on both sides.",
    points_at=r"where|return",
)
def leaky_relu_backward_ignores_grad_output(grad_output, x, negative_slope):
    """returns the slope and ignores grad_output"""
    return torch.where(x > 0, torch.ones_like(x), negative_slope)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="On the negative side the slope stands alone; it must be multiplied by grad_output too.",
    points_at=r"negative_slope",
)
def leaky_relu_backward_bare_slope(grad_output, x, negative_slope):
    """returns the slope itself, not times grad_output, where x is negative"""
    return torch.where(x > 0, grad_output, negative_slope)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="The side is decided by x, not by the sign of grad_output.",
    points_at=r"grad_output\s*(>|<)|leaky_relu\(",
)
def leaky_relu_backward_decides_by_grad_output(grad_output, x, negative_slope):
    """chooses the slope by the sign of grad_output instead of x"""
    return leaky_relu(grad_output, negative_slope)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="negative_slope is ignored: 0.01 is only a usual value. Use the argument.",
    points_at=r"0?\.01|1e-2",
)
def leaky_relu_backward_slope_is_fixed(grad_output, x, negative_slope):
    """uses the slope 0.01 whatever negative_slope is"""
    return torch.where(x > 0, grad_output, 0.01 * grad_output)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="Every element is multiplied by the slope. Where x is positive the gradient passes as it "
    "is.",
    points_at=r"negative_slope",
)
def leaky_relu_backward_slope_on_all(grad_output, x, negative_slope):
    """applies the slope everywhere, where x is positive too"""
    return negative_slope * grad_output


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="The slope is 1 or negative_slope, not the output itself: x decides which, and is no "
    "factor.",
    points_at=r"leaky_relu\(|\*\s*x|x\s*\*",
)
def leaky_relu_backward_multiplies_by_the_output(grad_output, x, negative_slope):
    """multiplies by leaky_relu(x) instead of its slope"""
    return grad_output * leaky_relu(x, negative_slope)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="Nothing passes where x is negative; that is relu. Here slope * grad_output does.",
    points_at=r"\*|where",
)
def leaky_relu_backward_does_not_leak(grad_output, x, negative_slope):
    """stops the gradient on the negative side, as relu does"""
    return relu_backward(grad_output, x)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="Yours shrinks the gradient where x is positive. The slope belongs to x <= 0.",
    points_at=r"where|<",
)
def leaky_relu_backward_slope_on_positives(grad_output, x, negative_slope):
    """applies the slope where x is positive"""
    return torch.where(x > 0, negative_slope * grad_output, grad_output)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_is_differentiable,
    hint="The values are right, but the graph is cut: no detach, .data, no_grad or numpy.",
    points_at=r"detach|\.data\b|no_grad|numpy",
)
def leaky_relu_backward_detached(grad_output, x, negative_slope):
    """cuts the graph"""
    return leaky_relu_backward(grad_output.detach(), x, negative_slope)


@exercise.mistake(
    leaky_relu_backward,
    caught_by=leaky_relu_backward_scales_by_the_slope_at_x,
    hint="The caller's tensor is overwritten. Methods that end in _ and assignments to a masked "
    "x[...] change it: work on a copy, or use where.",
    points_at=r"\w_\(|\]\s*[*+-]?=|[*+-]=",
)
def leaky_relu_backward_in_place(grad_output, x, negative_slope):
    """overwrites the tensor it was given"""
    return grad_output.mul_(torch.where(x > 0, 1.0, negative_slope))


@exercise.picture(
    relu_backward_masks_by_x,
    relu_backward_at_zero,
    leaky_relu_backward_scales_by_the_slope_at_x,
    leaky_relu_backward_at_zero,
)
def draw(view: View):
    """The gradient that was wrong first, against the right one."""
    yours, expected = view.yours[view.call], view.expected[view.call]
    if getattr(yours, "shape", None) != expected.shape:
        return None
    return pictures.scatter(yours, expected, title="Gradient of x")
