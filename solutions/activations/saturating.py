"""Sigmoid and tanh.

Values and gradients are tried apart, and near 0 apart from far away: the classical formulas are
right near 0, some of them have right values everywhere, and only their gradients overflow.
"""

import torch

from grader import Exercise, Inputs, View, pictures


def sigmoid(x):
    # log(1 + exp(-x)) without overflow; exp of minus that is never more than 1.
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))


def sigmoid_backward(grad_output, output):
    return grad_output * output * (1 - output)


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def tanh_backward(grad_output, output):
    return grad_output * (1 - output**2)


exercise = Exercise(
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
    title="Sigmoid and tanh",
    forbids=[
        "sigmoid",
        "tanh",
        "log_sigmoid",
        "logsigmoid",
        "softplus",
        "softmax",
        "log_softmax",
        "softmin",
        "silu",
        "gelu",
        "mish",
        "glu",
        "tanhshrink",
        "binary_cross_entropy_with_logits",
        "soft_margin",
        "soft_margin_loss",
        "multilabel_soft_margin_loss",
        "rnn_tanh",
        "rnn_tanh_cell",
        "gru",
        "gru_cell",
        "lstm",
        "lstm_cell",
    ],
    hints=[
        "Evaluate your formula at x = 1000 and x = -1000, and call backward on both. Which exp "
        "becomes inf, and what is divided or multiplied by it?",
        "exp(-log(1 + exp(-x))) is the sigmoid too, and torch.logaddexp(0, -x) is that logarithm "
        "without overflow. With two branches, make the argument harmless before exp, not only "
        "the result after it.",
        "sigmoid: torch.exp(-torch.logaddexp(torch.zeros_like(x), -x)); tanh: 2 * sigmoid(2 * x) "
        "- 1. Backward: grad_output times output * (1 - output), or times 1 - output**2.",
    ],
)

FAR = (10_000.0, -10_000.0, 1000.0, -1000.0, 711.0, -711.0, 90.0, -90.0, 3.0, -3.0, 0.0)


def near(inputs: Inputs):
    """Values that no formula overflows at, 0 among them."""
    x = inputs.normal(3, 5, mean=0.5, std=2.0)
    x[1, 2] = 0.0
    return x


def far(inputs: Inputs):
    """Values far away on both sides, in random order, each row with some that are not."""
    row = torch.tensor(FAR, dtype=torch.float64)
    return torch.stack([row[inputs.permutation(len(FAR))] for _ in range(2)])


def many(inputs: Inputs):
    """One, two and three axes, one element, and views that are not contiguous."""
    return [
        dict(x=near(inputs)),
        dict(x=inputs.normal(7, std=2.0)),
        dict(x=inputs.normal(2, 3, 5, std=4.0)),
        dict(x=inputs.normal(1, mean=1.0)),
        dict(x=inputs.normal(5, 3, std=2.0).T),
        dict(x=inputs.strided(inputs.normal(4, 4, mean=-1.0))),
    ]


def pairs(inputs: Inputs, low: float):
    """Upstream gradients of both signs with outputs from low to 1."""
    output = inputs.uniform(3, 5, low=low)
    output[0, :3] = torch.tensor([low, 1.0, 0.5])
    return [
        dict(grad_output=inputs.normal(3, 5), output=output),
        dict(grad_output=inputs.normal(7, mean=2.0), output=inputs.uniform(7, low=low)),
        dict(grad_output=inputs.normal(2, 3, 5), output=inputs.uniform(2, 3, 5, low=low)),
        dict(grad_output=inputs.normal(5, 3).T, output=inputs.uniform(5, 3, low=low).T),
    ]


def inner(inputs: Inputs, low: float):
    return dict(grad_output=inputs.normal(3, 5), output=inputs.uniform(3, 5, low=low, high=0.9))


# --- sigmoid ----------------------------------------------------------------------------------


@exercise.case(sigmoid, points=1, hint="sigmoid(0) is 1/2, and sigmoid(2) is 0.8808.")
def sigmoid_squashes_every_element(inputs: Inputs):
    """every element becomes its sigmoid, whatever the shape"""
    return many(inputs)


@exercise.case(
    sigmoid,
    points=1,
    hint="Which exp in your formula grows without limit, and on which side? If you clamp x: at 20 "
    "the sigmoid is still 2e-9 away from 1, so clamp much further out.",
)
def sigmoid_far_from_zero(inputs: Inputs):
    """far from 0 the sigmoid is 0 or 1, never NaN"""
    return dict(x=far(inputs))


@exercise.case(
    sigmoid,
    points=1,
    gradients=["x"],
    needs=[sigmoid_squashes_every_element],
    hint="Do gradients reach x at all? And at x = 0, what is the derivative of abs?",
)
def sigmoid_has_its_gradient(inputs: Inputs):
    """the gradient is y (1 - y), at x = 0 too"""
    return [dict(x=near(inputs)), dict(x=inputs.normal(2, 2, 3))]


@exercise.case(
    sigmoid,
    points=1,
    gradients=["x"],
    needs=[sigmoid_far_from_zero, sigmoid_has_its_gradient],
    hint="Autograd multiplies 0 by the inf that one of your exps became.",
)
def sigmoid_gradient_far_from_zero(inputs: Inputs):
    """far from 0 the gradient vanishes, and is not NaN"""
    return dict(x=far(inputs))


@exercise.grows(sigmoid, per="element")
def elements_of_sigmoid(inputs: Inputs):
    return {n: dict(x=inputs.normal(n)) for n in (4, 12)}


@exercise.alternative(sigmoid)
def two_safe_branches(x):
    """makes each branch harmless before exp is taken"""
    positive = torch.where(x >= 0, x, 0.0)
    negative = torch.where(x >= 0, 0.0, x)
    raised = torch.exp(negative)
    return torch.where(x >= 0, 1 / (1 + torch.exp(-positive)), raised / (1 + raised))


@exercise.alternative(sigmoid)
def clamped(x):
    """clamps x where the sigmoid is flat"""
    return 1 / (1 + torch.exp(-x.clamp(-300, 300)))


@exercise.alternative(sigmoid)
def by_logsumexp(x):
    """divides by a sum of two exponentials in the logarithm"""
    both = torch.stack([x, torch.zeros_like(x)])
    return torch.exp(x - torch.logsumexp(both, 0))


@exercise.alternative(sigmoid)
def own_backward(x):
    """brings its own derivative along"""

    class Squash(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            small = torch.exp(-x.abs())
            y = torch.where(x < 0, small, 1.0) / (1 + small)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad * y * (1 - y)

    return Squash.apply(x)


@exercise.mistake(
    sigmoid,
    caught_by=sigmoid_far_from_zero,
    hint="exp(x) is inf from x = 710 on, and inf / inf is NaN. Write it so that exp only sees "
    "numbers that are not large.",
    points_at=r"exp\(",
)
def sigmoid_overflows(x):
    """computes exp(x) / (1 + exp(x)), which is inf / inf for large x"""
    return torch.exp(x) / (1 + torch.exp(x))


@exercise.mistake(
    sigmoid,
    caught_by=sigmoid_gradient_far_from_zero,
    hint="The value is right, but exp(-x) is inf for x < -710 and autograd multiplies it by 0: "
    "NaN. Keep exp's argument from growing: logaddexp, or a clamp.",
    points_at=r"exp\(",
)
def sigmoid_gradient_overflows(x):
    """computes 1 / (1 + exp(-x)), whose gradient is 0 * inf for very negative x"""
    return 1 / (1 + torch.exp(-x))


@exercise.mistake(
    sigmoid,
    caught_by=sigmoid_gradient_far_from_zero,
    hint="torch.where computes both branches; the gradient of the unused one is 0 * inf = NaN. "
    "Make x harmless inside each branch too: a where (or clamp) before exp.",
    points_at=r"where\(",
)
def sigmoid_where_passes_nan(x):
    """chooses between two formulas with torch.where, and the unused one overflows"""
    grown = torch.exp(x)
    return torch.where(x >= 0, 1 / (1 + torch.exp(-x)), grown / (1 + grown))


@exercise.mistake(
    sigmoid,
    caught_by=sigmoid_gradient_far_from_zero,
    hint="nan_to_num mends the value, but the way back still leads through inf / inf, and its "
    "gradient is NaN. No exp may overflow in the first place: logaddexp, or a clamp before exp.",
    points_at=r"nan|isinf|isfinite",
)
def sigmoid_nan_replaced(x):
    """replaces the NaN of inf / inf by 1; its gradient remains"""
    return torch.nan_to_num(torch.exp(x) / (1 + torch.exp(x)), nan=1.0)


@exercise.mistake(
    sigmoid,
    caught_by=sigmoid_has_its_gradient,
    hint="At x = 0 the derivative of abs is 0 in PyTorch, so no gradient comes back from there; "
    "it should be 1/4. Use where or clamp instead of abs.",
    points_at=r"abs",
)
def sigmoid_gradient_lost_at_zero(x):
    """goes through abs(x), whose gradient is 0 at x = 0"""
    small = torch.exp(-x.abs())
    return torch.where(x >= 0, 1 / (1 + small), small / (1 + small))


@exercise.mistake(
    sigmoid,
    caught_by=sigmoid_squashes_every_element,
    hint="Yours falls where it should rise. Look at the sign in the exponent: the sigmoid is "
    "1 / (1 + exp(-x)).",
    points_at=r"exp\(",
)
def sigmoid_mirrored(x):
    """has the wrong sign in the exponent, so it falls from 1 to 0"""
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), x))


@exercise.mistake(
    sigmoid,
    caught_by=sigmoid_has_its_gradient,
    hint="The values are right, but the way back to x is cut: no detach, .data, no_grad, numpy or "
    "new torch.tensor on the way.",
    points_at=r"detach|\.data\b|no_grad|numpy|\.item|tolist|torch\.tensor",
)
def sigmoid_detached(x):
    """cuts the graph, so no gradient reaches x"""
    return sigmoid(x.detach())


# --- sigmoid_backward -------------------------------------------------------------------------


@exercise.case(sigmoid_backward, points=1, hint="For output = 0.5 and grad_output = 1 it is 0.25.")
def sigmoid_backward_multiplies_by_the_derivative(inputs: Inputs):
    """the upstream gradient is multiplied by output (1 - output)"""
    return pairs(inputs, low=0.0)


@exercise.case(
    sigmoid_backward,
    points=1,
    gradients=["grad_output", "output"],
    needs=[sigmoid_backward_multiplies_by_the_derivative],
    hint="Is there a detach, .data, no_grad or numpy on the way?",
)
def sigmoid_backward_is_differentiable(inputs: Inputs):
    """the result is differentiable in turn, as gradients of gradients need it"""
    return inner(inputs, low=0.1)


@exercise.alternative(sigmoid_backward)
def multiplied_out(grad_output, output):
    """multiplies out"""
    return grad_output * output - grad_output * output.pow(2)


@exercise.alternative(sigmoid_backward)
def by_addcmul(grad_output, output):
    """uses addcmul and mul"""
    return torch.mul(grad_output, torch.addcmul(output, output, output, value=-1))


@exercise.alternative(sigmoid_backward)
def around_a_half(grad_output, output):
    """measures the distance from one half"""
    return (0.25 - (output - 0.5).square()) * grad_output


@exercise.mistake(
    sigmoid_backward,
    caught_by=sigmoid_backward_multiplies_by_the_derivative,
    hint="output is already sigmoid(x): do not take its sigmoid again. The derivative is "
    "output * (1 - output).",
    points_at=r"sigmoid\(|exp\(",
)
def sigmoid_backward_squashes_again(grad_output, output):
    """takes output for x and applies the sigmoid once more"""
    again = sigmoid(output)
    return grad_output * again * (1 - again)


@exercise.mistake(
    sigmoid_backward,
    caught_by=sigmoid_backward_multiplies_by_the_derivative,
    hint="The derivative has two factors, output and 1 - output; the first one is missing.",
    points_at=r"1(\.0?)?\s*-\s*output",
)
def sigmoid_backward_one_minus_output(grad_output, output):
    """multiplies by 1 - output only"""
    return grad_output * (1 - output)


@exercise.mistake(
    sigmoid_backward,
    caught_by=sigmoid_backward_multiplies_by_the_derivative,
    hint="That is the derivative alone. The chain rule multiplies it by what comes from above: "
    "grad_output.",
    points_at=r"return",
)
def sigmoid_backward_ignores_grad_output(grad_output, output):
    """returns the derivative and ignores grad_output"""
    return output * (1 - output)


@exercise.mistake(
    sigmoid_backward,
    caught_by=sigmoid_backward_multiplies_by_the_derivative,
    hint="1 - output**2 is the derivative of tanh. The sigmoid's is output * (1 - output).",
    points_at=r"\*\*\s*2|output\s*\*\s*output|square|pow",
)
def sigmoid_backward_of_tanh(grad_output, output):
    """uses the derivative of tanh"""
    return grad_output * (1 - output**2)


@exercise.mistake(
    sigmoid_backward,
    caught_by=sigmoid_backward_multiplies_by_the_derivative,
    hint="The sigmoid rises everywhere, so its derivative is positive: 1 - output, not output - 1.",
    points_at=r"output\s*-\s*1|-",
)
def sigmoid_backward_negative(grad_output, output):
    """has the wrong sign"""
    return grad_output * output * (output - 1)


@exercise.mistake(
    sigmoid_backward,
    caught_by=sigmoid_backward_is_differentiable,
    hint="The values are right, but the graph is cut: no detach, .data, no_grad or numpy.",
    points_at=r"detach|\.data\b|no_grad|numpy",
)
def sigmoid_backward_detached(grad_output, output):
    """cuts the graph"""
    return (grad_output * output * (1 - output)).detach()


# --- tanh -------------------------------------------------------------------------------------


@exercise.case(tanh, points=1, hint="tanh(0) is 0, and tanh(2) is 0.9640.")
def tanh_squashes_every_element(inputs: Inputs):
    """every element becomes its tanh, whatever the shape"""
    return many(inputs)


@exercise.case(
    tanh,
    points=1,
    hint="Which exp in your formula grows without limit, and on which side? If you clamp x: at 10 "
    "tanh is still 4e-9 away from 1, so clamp much further out.",
)
def tanh_far_from_zero(inputs: Inputs):
    """far from 0 tanh is -1 or 1, never NaN"""
    return dict(x=far(inputs))


@exercise.case(
    tanh,
    points=1,
    gradients=["x"],
    needs=[tanh_squashes_every_element],
    hint="Do gradients reach x at all? And at x = 0, what are the derivatives of abs and sign?",
)
def tanh_has_its_gradient(inputs: Inputs):
    """the gradient is 1 - y², at x = 0 too"""
    return [dict(x=near(inputs)), dict(x=inputs.normal(2, 2, 3))]


@exercise.case(
    tanh,
    points=1,
    gradients=["x"],
    needs=[tanh_far_from_zero, tanh_has_its_gradient],
    hint="Autograd multiplies 0 by the inf that one of your exps became.",
)
def tanh_gradient_far_from_zero(inputs: Inputs):
    """far from 0 the gradient vanishes, and is not NaN"""
    return dict(x=far(inputs))


@exercise.grows(tanh, per="element")
def elements_of_tanh(inputs: Inputs):
    return {n: dict(x=inputs.normal(n)) for n in (4, 12)}


@exercise.alternative(tanh)
def tanh_two_safe_branches(x):
    """makes each branch harmless before expm1 is taken"""
    below = torch.expm1(2 * torch.where(x >= 0, 0.0, x))
    above = torch.expm1(-2 * torch.where(x >= 0, x, 0.0))
    return torch.where(x >= 0, -above / (above + 2), below / (below + 2))


@exercise.alternative(tanh)
def tanh_clamped(x):
    """clamps x where tanh is flat, then writes the definition"""
    x = torch.clamp(x, -50, 50)
    up, down = torch.exp(x), torch.exp(-x)
    return (up - down) / (up + down)


@exercise.alternative(tanh)
def tanh_from_logarithms(x):
    """takes twice the smaller share from 1"""
    return 1 - 2 * torch.exp(-torch.logaddexp(2 * x, torch.zeros_like(x)))


@exercise.alternative(tanh)
def tanh_of_each_sign(x):
    """fills in the positive and the negative elements apart"""
    y = torch.zeros_like(x)
    positive = x > 0
    small, grown = torch.exp(-2 * x[positive]), torch.exp(2 * x[~positive])
    y[positive] = (1 - small) / (1 + small)
    y[~positive] = (grown - 1) / (grown + 1)
    return y


@exercise.mistake(
    tanh,
    caught_by=tanh_far_from_zero,
    hint="exp(x) or exp(-x) is inf from |x| = 710 on, and inf / inf is NaN. Write it so that exp "
    "only sees numbers that are not large.",
    points_at=r"exp\(",
)
def tanh_overflows(x):
    """divides exp(x) - exp(-x) by exp(x) + exp(-x) (sinh by cosh), which is inf / inf far from 0"""
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


@exercise.mistake(
    tanh,
    caught_by=tanh_far_from_zero,
    hint="exp(2x) is inf from x = 355 on, and inf / inf is NaN. For positive x use exp(-2x); if "
    "the exp is in your sigmoid, mend it there.",
    points_at=r"exp\(|sigmoid\(",
)
def tanh_overflows_above(x):
    """takes exp(2x) above and below a fraction, which is inf / inf for large x"""
    return (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1)


@exercise.mistake(
    tanh,
    caught_by=tanh_gradient_far_from_zero,
    hint="The value is right, but exp(-2x) is inf for x < -355 and autograd multiplies it by 0: "
    "NaN. Keep exp's argument from growing: logaddexp, or a clamp.",
    points_at=r"exp\(|sigmoid\(",
)
def tanh_gradient_overflows(x):
    """computes 2 / (1 + exp(-2x)) - 1, whose gradient is 0 * inf for very negative x"""
    return 2 / (1 + torch.exp(-2 * x)) - 1


@exercise.mistake(
    tanh,
    caught_by=tanh_far_from_zero,
    hint="Far below 0 tanh is -1, not 1. And a NaN that is replaced still has a gradient of NaN: "
    "no exp may overflow in the first place.",
    points_at=r"nan|isinf|isfinite",
)
def tanh_nan_replaced(x):
    """replaces NaN by 1, on both sides"""
    up, down = torch.exp(x), torch.exp(-x)
    return torch.nan_to_num((up - down) / (up + down), nan=1.0)


@exercise.mistake(
    tanh,
    caught_by=tanh_gradient_far_from_zero,
    hint="torch.where computes both branches; the gradient of the unused one is 0 * inf = NaN. "
    "Make x harmless inside each branch too: a where (or clamp) before exp. If the where is in "
    "your sigmoid, mend it there.",
    points_at=r"where\(|sigmoid\(",
)
def tanh_where_passes_nan(x):
    """chooses between two formulas with torch.where, and the unused one overflows"""
    small, grown = torch.exp(-2 * x), torch.exp(2 * x)
    return torch.where(x >= 0, (1 - small) / (1 + small), (grown - 1) / (grown + 1))


@exercise.mistake(
    tanh,
    caught_by=tanh_has_its_gradient,
    hint="At x = 0 the derivatives of abs and sign are 0 in PyTorch, so no gradient comes back "
    "from there; it should be 1. Use where or clamp instead, in your sigmoid too if tanh calls it.",
    points_at=r"abs|sign\b|sigmoid\(",
)
def tanh_gradient_lost_at_zero(x):
    """goes through abs(x) or sign(x), whose gradients are 0 at x = 0"""
    small = torch.exp(-2 * x.abs())
    return x.sign() * (1 - small) / (1 + small)


@exercise.mistake(
    tanh,
    caught_by=tanh_squashes_every_element,
    hint="2 * sigmoid(x) - 1 is tanh(x / 2). The sigmoid inside must be that of 2 * x.",
    points_at=r"sigmoid\(|exp\(",
)
def tanh_of_half(x):
    """forgets the 2 inside: 2 sigmoid(x) - 1 is tanh(x / 2)"""
    return 2 * sigmoid(x) - 1


@exercise.mistake(
    tanh,
    caught_by=tanh_has_its_gradient,
    hint="The values are right, but the way back to x is cut: no detach, .data, no_grad, numpy or "
    "new torch.tensor on the way.",
    points_at=r"detach|\.data\b|no_grad|numpy|\.item|tolist|torch\.tensor",
)
def tanh_detached(x):
    """cuts the graph, so no gradient reaches x"""
    return tanh(x.detach())


# --- tanh_backward ----------------------------------------------------------------------------


@exercise.case(tanh_backward, points=1, hint="For output = 0.5 and grad_output = 1 it is 0.75.")
def tanh_backward_multiplies_by_the_derivative(inputs: Inputs):
    """the upstream gradient is multiplied by 1 - output²"""
    return pairs(inputs, low=-1.0)


@exercise.case(
    tanh_backward,
    points=1,
    gradients=["grad_output", "output"],
    needs=[tanh_backward_multiplies_by_the_derivative],
    hint="Is there a detach, .data, no_grad or numpy on the way?",
)
def tanh_backward_is_differentiable(inputs: Inputs):
    """the result is differentiable in turn, as gradients of gradients need it"""
    return inner(inputs, low=-0.9)


@exercise.alternative(tanh_backward)
def factored(grad_output, output):
    """factors the difference of squares"""
    return (1 - output) * grad_output * (1 + output)


@exercise.alternative(tanh_backward)
def taken_away(grad_output, output):
    """takes the part that is lost away"""
    return torch.addcmul(grad_output, grad_output, output * output, value=-1)


@exercise.alternative(tanh_backward)
def by_einsum(grad_output, output):
    """multiplies in einsum"""
    return grad_output - torch.einsum("...,...,...->...", grad_output, output, output)


@exercise.mistake(
    tanh_backward,
    caught_by=tanh_backward_multiplies_by_the_derivative,
    hint="output is already tanh(x): do not take its tanh again. The derivative is 1 - output**2.",
    points_at=r"tanh\(|exp\(",
)
def tanh_backward_squashes_again(grad_output, output):
    """takes output for x and applies tanh once more"""
    return grad_output * (1 - tanh(output) ** 2)


@exercise.mistake(
    tanh_backward,
    caught_by=tanh_backward_multiplies_by_the_derivative,
    hint="The derivative is 1 - output**2: the square is missing.",
    points_at=r"1(\.0?)?\s*-\s*output",
)
def tanh_backward_without_square(grad_output, output):
    """multiplies by 1 - output, without the square"""
    return grad_output * (1 - output)


@exercise.mistake(
    tanh_backward,
    caught_by=tanh_backward_multiplies_by_the_derivative,
    hint="That is the derivative alone. The chain rule multiplies it by what comes from above: "
    "grad_output.",
    points_at=r"return",
)
def tanh_backward_ignores_grad_output(grad_output, output):
    """returns the derivative and ignores grad_output"""
    return 1 - output**2


@exercise.mistake(
    tanh_backward,
    caught_by=tanh_backward_multiplies_by_the_derivative,
    hint="output * (1 - output) is the derivative of the sigmoid. That of tanh is 1 - output**2.",
    points_at=r"output\s*\*\s*\(\s*1|sigmoid",
)
def tanh_backward_of_sigmoid(grad_output, output):
    """uses the derivative of the sigmoid"""
    return grad_output * output * (1 - output)


@exercise.mistake(
    tanh_backward,
    caught_by=tanh_backward_multiplies_by_the_derivative,
    hint="Without parentheses this is grad_output - output**2. The product is with the whole "
    "derivative: grad_output * (1 - output**2).",
    points_at=r"grad_output",
)
def tanh_backward_without_parentheses(grad_output, output):
    """subtracts output² from grad_output, as if parentheses were missing"""
    return grad_output * 1 - output**2


@exercise.mistake(
    tanh_backward,
    caught_by=tanh_backward_multiplies_by_the_derivative,
    hint="The square belongs to output alone: 1 - output**2, not (1 - output)**2.",
    points_at=r"\)\s*\*\*\s*2|square|pow",
)
def tanh_backward_squares_the_difference(grad_output, output):
    """squares 1 - output instead of output"""
    return grad_output * (1 - output) ** 2


@exercise.mistake(
    tanh_backward,
    caught_by=tanh_backward_is_differentiable,
    hint="The values are right, but the graph is cut: no detach, .data, no_grad or numpy.",
    points_at=r"detach|\.data\b|no_grad|numpy",
)
def tanh_backward_detached(grad_output, output):
    """cuts the graph"""
    return (grad_output * (1 - output**2)).detach()


@exercise.picture(
    sigmoid_has_its_gradient,
    sigmoid_gradient_far_from_zero,
    tanh_has_its_gradient,
    tanh_gradient_far_from_zero,
)
def draw(view: View):
    """The gradient that was wrong, against the right one."""
    for name, (yours, expected) in view.gradients.items():
        if yours is not None and yours.shape == expected.shape:
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
