"""Symmetry of equal units."""

import math

import numpy
import torch

from grader import Exercise, Inputs


def gradients(X, y, w1, w2):
    hidden = torch.tanh(X @ w1.T)
    error = 2 * (hidden @ w2 - y) / len(y)
    return (error[:, None] * w2 * (1 - hidden**2)).T @ X, hidden.T @ error


def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        gradient1, gradient2 = gradients(X, y, w1, w2)
        w1, w2 = w1 - lr * gradient1, w2 - lr * gradient2
    return w1, w2


def distinct_units(weight):
    counted = []
    for row in weight:
        if all((row - other).abs().max() > 1e-9 for other in counted):
            counted.append(row)
    return len(counted)


exercise = Exercise(
    train_two_layer,
    distinct_units,
    title="Symmetry of equal units",
    forbids=["torch.optim"],
    hints=[
        "Write down what two hidden units with equal weights compute, and what gradient each "
        "gets. For training: at which w1 and w2 are the two gradients of one step taken?",
        "Compute both gradients first, then move both weights. For counting: keep a list of the "
        "rows that you have counted, and hold every new row against each of them.",
        "hidden = tanh(X @ w1.T), error = 2 * (hidden @ w2 - y) / n; w2 loses lr * hidden.T @ "
        "error, w1 loses lr * (error[:, None] * w2 * (1 - hidden ** 2)).T @ X. Two rows are "
        "equal if (row - other).abs().max() <= 1e-9.",
    ],
)


def network(inputs, samples, features, units):
    return dict(
        X=inputs.normal(samples, features, mean=0.3),
        y=inputs.normal(samples, mean=0.5, std=2.0),
        w1=inputs.normal(units, features, std=0.6),
        w2=inputs.normal(units, mean=0.4),
    )


# --- train_two_layer --------------------------------------------------------------------------


@exercise.case(
    train_two_layer, points=3, hint="Both gradients of a step belong to the old w1 and the old w2."
)
def one_step_moves_both_layers(inputs: Inputs):
    """one step moves both layers down the gradient of the mean squared error"""
    return [
        dict(**network(inputs, 7, 3, 5), lr=0.1, steps=1),
        dict(**network(inputs, 4, 4, 4), lr=0.1, steps=1),
        dict(**network(inputs, 1, 2, 3), lr=0.1, steps=1),
    ]


@exercise.case(
    train_two_layer,
    points=2,
    needs=[one_step_moves_both_layers],
    hint="What does step 2 start from? Count the updates, and look at what carries over.",
)
def every_step_starts_where_the_last_one_ended(inputs: Inputs):
    """every step takes its gradients anew, from where the last one ended"""
    start = network(inputs, 7, 3, 5)
    some = [dict(**start, lr=0.05, steps=steps) for steps in (0, 2, 3, 6)]
    return [*some, dict(**network(inputs, 5, 2, 4), lr=0.1, steps=4)]


@exercise.case(
    train_two_layer,
    points=2,
    needs=[every_step_starts_where_the_last_one_ended],
    hint="Equal units get equal gradients. If the rows of your w1 part, who parted them?",
)
def equal_units_stay_equal(inputs: Inputs):
    """from constant w1 and w2 all units stay equal, however long they train"""
    start = network(inputs, 6, 3, 4)
    constant = dict(w1=torch.full_like(start["w1"], 0.5), w2=torch.full_like(start["w2"], 0.25))
    # A different w2 tells the units apart, though all rows of w1 are equal.
    parted = dict(w1=constant["w1"], w2=start["w2"])
    return [dict(start | layers, lr=0.1, steps=10) for layers in (constant, parted)]


@exercise.grows(train_two_layer, per="sample")
def samples(inputs: Inputs):
    start = network(inputs, 12, 3, 4)
    return {
        n: dict(start | dict(X=start["X"][:n], y=start["y"][:n]), lr=0.05, steps=2) for n in (4, 12)
    }


# --- distinct_units ---------------------------------------------------------------------------


def with_rows(rows, *order):
    return dict(weight=rows[list(order)].clone())


@exercise.case(distinct_units, points=2, hint="A unit is a row: weight[i], of shape (d,).")
def equal_rows_count_once(inputs: Inputs):
    """each different row counts once, wherever its copies stand"""
    rows = inputs.normal(5, 3)
    shared = rows.clone()
    shared[:, 0] = 0.5  # an entry in common does not make rows equal
    scaled = torch.cat([rows[:2], 2 * rows[:2], -rows[:1], rows[1:2] + rows[:1], rows[:1] - 1])
    return [
        with_rows(rows, 0, 1, 2, 3, 4),
        with_rows(rows, 0, 1, 0, 2, 1, 0, 2),
        with_rows(rows, 3, 3, 3, 3),
        with_rows(rows, 2),
        with_rows(shared, 0, 1, 2, 2, 1),
        dict(weight=scaled),
        dict(weight=rows[:3].flip(1).T.contiguous()[[0, 1, 2, 0]]),
        dict(weight=torch.tensor([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)),
        dict(weight=torch.zeros(3, 2, dtype=torch.float64)),
    ]


@exercise.case(
    distinct_units,
    points=2,
    needs=[equal_rows_count_once],
    hint="What counts is the largest absolute difference, against 1e-9.",
)
def rounding_does_not_make_a_unit(inputs: Inputs):
    """rows within 1e-9 in every entry are equal, rows further apart are not"""
    row = inputs.uniform(1, 6, low=0.5, high=2.0)
    first = torch.eye(1, 6, dtype=torch.float64)
    everywhere = torch.ones(1, 6, dtype=torch.float64)
    offsets = (
        (0.0, 1e-13, -1e-13),
        (0.0, 0.8e-9, -0.8e-9),
        (0.0, 1.5e-9),
        (0.0, -1.5e-9),
        (0.0, 1e-7, -1e-7),
    )
    apart = [
        dict(weight=torch.cat([scale * row + offset * where for offset in some]))
        for some in offsets
        for where in (first, everywhere)
        for scale in (1.0, 1e-4)
    ]
    opposed = torch.cat([row, row + 1e-6 * (first - first.roll(1, 1))])  # the sum is unchanged
    large = torch.cat([100 * row, 100 * row + 5e-8])  # 1e-9 is absolute, not a share
    return [*apart, dict(weight=opposed), dict(weight=large)]


@exercise.case(
    distinct_units,
    points=1,
    needs=[rounding_does_not_make_a_unit],
    hint="Hold a row against those that were counted. A row that was not counted hides no other.",
)
def only_counted_rows_hide_others(inputs: Inputs):
    """a row is held against the rows counted before, not against those left out"""
    row = inputs.uniform(1, 3, low=0.5, high=2.0)
    chains = ((0.0, 0.7, 1.4), (0.7, 0.0, 1.4), (0.0, 0.7, 1.4, 2.1, 2.8, 3.5), (1.4, 0.0, 0.7))
    return [
        dict(weight=torch.cat([row + 1e-9 * offset for offset in offsets])) for offsets in chains
    ]


# --- other right ways -------------------------------------------------------------------------


@exercise.alternative(train_two_layer)
def by_backward(X, y, w1, w2, lr, steps):
    """leaves of its own, loss.backward() and updates in place"""
    w1, w2 = w1.detach().clone().requires_grad_(), w2.detach().clone().requires_grad_()
    for _ in range(steps):
        with torch.enable_grad():
            torch.nn.functional.mse_loss(torch.tanh(X @ w1.T) @ w2, y).backward()
        with torch.no_grad():
            for weight in (w1, w2):
                weight -= lr * weight.grad
                weight.grad = None
    return w1, w2


@exercise.alternative(train_two_layer)
def by_functional_gradient(X, y, w1, w2, lr, steps):
    """torch.func.grad of the loss in both weights"""

    def loss(first, second):
        return (
            (torch.einsum("nh,h->n", torch.einsum("nd,hd->nh", X, first).tanh(), second) - y)
            .pow(2)
            .mean()
        )

    for _ in range(steps):
        gradient1, gradient2 = torch.func.grad(loss, argnums=(0, 1))(w1, w2)
        w1, w2 = w1 - lr * gradient1, w2 - lr * gradient2
    return w1, w2


@exercise.alternative(train_two_layer)
def sample_by_sample(X, y, w1, w2, lr, steps):
    """adds up the gradients of one sample after the other, in numpy"""
    first, second = w1.detach().numpy(), w2.detach().numpy()
    for _ in range(steps):
        gradient1, gradient2 = numpy.zeros_like(first), numpy.zeros_like(second)
        for x, target in zip(X.detach().numpy(), y.detach().numpy(), strict=True):
            hidden = numpy.tanh(first @ x)
            error = 2 * (hidden @ second - target) / len(y)
            gradient2 += error * hidden
            gradient1 += numpy.outer(error * second / numpy.cosh(first @ x) ** 2, x)
        first, second = first - lr * gradient1, second - lr * gradient2
    return torch.tensor(first), torch.tensor(second)


@exercise.alternative(distinct_units)
def by_a_table(weight):
    """all distances at once, then one pass over the table"""
    same = (weight[:, None] - weight[None]).abs().amax(-1) <= 1e-9
    counted = torch.zeros(len(weight), dtype=torch.bool)
    for unit in range(len(weight)):
        counted[unit] = not (same[unit] & counted).any()
    return int(counted.sum())


@exercise.alternative(distinct_units)
def by_taking_away(weight):
    """counts the first row and takes all rows like it away, until none is left"""
    count = 0
    while len(weight):
        count += 1
        weight = weight[(weight - weight[0]).abs().max(dim=1).values > 1e-9]
    return count


@exercise.alternative(distinct_units)
def in_plain_python(weight):
    """lists of floats, with math.isclose"""
    counted = []
    for row in weight.tolist():
        if not any(
            all(
                math.isclose(a, b, rel_tol=0, abs_tol=1e-9) for a, b in zip(row, other, strict=True)
            )
            for other in counted
        ):
            counted.append(row)
    return len(counted)


# --- mistakes: train_two_layer ----------------------------------------------------------------


def stepped(change1, change2, X, y, w1, w2, lr, steps):
    """Gradient descent with both gradients changed before they are used."""
    for _ in range(steps):
        gradient1, gradient2 = gradients(X, y, w1, w2)
        w1, w2 = w1 - lr * change1 * gradient1, w2 - lr * change2 * gradient2
    return w1, w2


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="The gradient of w1 contains w2, and must see the old one. Compute both gradients before "
    "you assign either weight.",
    points_at=r"w2\s*(-=|=)",
)
def first_layer_sees_the_new_second(X, y, w1, w2, lr, steps):
    """updates w1 with the gradient at the new w2"""
    for _ in range(steps):
        w2 = w2 - lr * gradients(X, y, w1, w2)[1]
        w1 = w1 - lr * gradients(X, y, w1, w2)[0]
    return w1, w2


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="The gradient of w2 contains h, and so w1: it must see the old one. Compute both "
    "gradients before you assign either weight.",
    points_at=r"w1\s*(-=|=)",
)
def second_layer_sees_the_new_first(X, y, w1, w2, lr, steps):
    """updates w2 with the gradient at the new w1"""
    for _ in range(steps):
        w1 = w1 - lr * gradients(X, y, w1, w2)[0]
        w2 = w2 - lr * gradients(X, y, w1, w2)[1]
    return w1, w2


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="w1 comes back as it was. The hidden layer learns too: its gradient passes through w2 "
    "and 1 - h ** 2.",
    points_at=r"return",
)
def only_the_second_layer_trained(X, y, w1, w2, lr, steps):
    """trains w2 only"""
    return stepped(0.0, 1.0, X, y, w1, w2, lr, steps)


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="w2 comes back as it was. The output layer learns too: its gradient is h.T @ e.",
    points_at=r"return",
)
def only_the_first_layer_trained(X, y, w1, w2, lr, steps):
    """trains w1 only"""
    return stepped(1.0, 0.0, X, y, w1, w2, lr, steps)


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="The loss is a mean over the n samples, so the gradient is divided by n.",
    points_at=r"sum\(|@",
)
def sum_of_squares(X, y, w1, w2, lr, steps):
    """adds the squares up instead of averaging them"""
    return stepped(len(y), len(y), X, y, w1, w2, lr, steps)


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="The derivative of a square is twice what is squared: e = 2 * (p - y) / n.",
    points_at=r"- y",
)
def factor_two_dropped(X, y, w1, w2, lr, steps):
    """drops the factor 2 of the derivative of the square"""
    return stepped(0.5, 0.5, X, y, w1, w2, lr, steps)


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="Down the gradient is minus: w - lr * gradient. Your loss grows.",
    points_at=r"\+=?\s*lr",
)
def climbs(X, y, w1, w2, lr, steps):
    """adds the gradient, and climbs"""
    return stepped(-1.0, -1.0, X, y, w1, w2, lr, steps)


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="On its way to w1 the gradient passes through tanh, whose derivative is 1 - h ** 2.",
    points_at=r"\.T @ X|X\.T",
)
def tanh_passed_over(X, y, w1, w2, lr, steps):
    """leaves the derivative of tanh out of w1's gradient"""
    for _ in range(steps):
        hidden = torch.tanh(X @ w1.T)
        error = 2 * (hidden @ w2 - y) / len(y)
        w1, w2 = w1 - lr * (error[:, None] * w2).T @ X, w2 - lr * hidden.T @ error
    return w1, w2


def backward(X, y, w1, w2, lr, steps, slope):
    """Gradient descent with another derivative of tanh, a function of its output."""
    for _ in range(steps):
        hidden = torch.tanh(X @ w1.T)
        error = 2 * (hidden @ w2 - y) / len(y)
        gradient1 = (error[:, None] * w2 * slope(hidden)).T @ X
        w1, w2 = w1 - lr * gradient1, w2 - lr * hidden.T @ error
    return w1, w2


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="The derivative of tanh is 1 - h ** 2: square h.",
    points_at=r"1(\.0)?\s*-",
)
def square_of_h_missing(X, y, w1, w2, lr, steps):
    """takes 1 - h for the derivative of tanh"""
    return backward(X, y, w1, w2, lr, steps, lambda h: 1 - h)


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="h * (1 - h) belongs to the sigmoid. The derivative of tanh is 1 - h ** 2.",
    points_at=r"1(\.0)?\s*-",
)
def derivative_of_the_sigmoid(X, y, w1, w2, lr, steps):
    """takes h * (1 - h) for the derivative of tanh: that is the sigmoid's"""
    return backward(X, y, w1, w2, lr, steps, lambda h: h * (1 - h))


@exercise.mistake(
    train_two_layer,
    caught_by=one_step_moves_both_layers,
    hint="A column (n, 1) less a row (n,) is (n, n): every prediction is held against every "
    "target. With w2 of shape (H,) p has shape (n,), and so has y; leave them so.",
    points_at=r"unsqueeze|None\]|view\(|reshape\(|- y",
)
def broadcasts_the_residual(X, y, w1, w2, lr, steps):
    """holds every prediction against every target: a column less a row is a square"""
    return train_two_layer(X, y.mean().expand_as(y), w1, w2, lr, steps)


@exercise.mistake(
    train_two_layer,
    caught_by=every_step_starts_where_the_last_one_ended,
    hint="After a step the gradient is another one. Compute it inside the loop.",
    points_at=r"grad|for ",
)
def gradient_reused(X, y, w1, w2, lr, steps):
    """computes the gradients once and uses them in every step"""
    gradient1, gradient2 = gradients(X, y, w1, w2)
    return w1 - lr * steps * gradient1, w2 - lr * steps * gradient2


@exercise.mistake(
    train_two_layer,
    caught_by=every_step_starts_where_the_last_one_ended,
    hint="backward() adds to .grad. Set it to None (or zero it) after every step.",
    points_at=r"backward\(",
)
def gradients_accumulate(X, y, w1, w2, lr, steps):
    """never zeroes the gradients, so that they add up over the steps"""
    total1, total2 = torch.zeros_like(w1), torch.zeros_like(w2)
    for _ in range(steps):
        gradient1, gradient2 = gradients(X, y, w1, w2)
        total1, total2 = total1 + gradient1, total2 + gradient2
        w1, w2 = w1 - lr * total1, w2 - lr * total2
    return w1, w2


@exercise.mistake(
    train_two_layer,
    caught_by=every_step_starts_where_the_last_one_ended,
    hint="However many steps are asked for, you make one. Is the return inside the loop?",
    points_at=r"return",
)
def one_step_only(X, y, w1, w2, lr, steps):
    """makes one update whatever the number of steps"""
    return train_two_layer(X, y, w1, w2, lr, min(steps, 1))


@exercise.mistake(
    train_two_layer,
    caught_by=equal_units_stay_equal,
    hint="Breaking the symmetry is the business of whoever draws the weights. Train what you are "
    "given: from a constant start all units must stay equal.",
    points_at=r"rand|arange|linspace",
)
def symmetry_broken_by_hand(X, y, w1, w2, lr, steps):
    """shifts the rows apart where all of them are equal"""
    if steps and bool((w1 == w1[0]).all()):
        w1 = w1 + 1e-3 * torch.arange(len(w1), dtype=w1.dtype)[:, None]
    return train_two_layer(X, y, w1, w2, lr, steps)


# --- mistakes: distinct_units -----------------------------------------------------------------


def count(rows, are_equal):
    """Counts rows that equal none counted before."""
    counted = []
    for row in rows:
        if not any(are_equal(row, other) for other in counted):
            counted.append(row)
    return len(counted)


@exercise.mistake(
    distinct_units,
    caught_by=equal_rows_count_once,
    hint="Column j holds what all units think of input j. A unit is a row: weight[i].",
    points_at=r"\.T\b|dim=1|\[:,",
)
def counts_columns(weight):
    """counts columns instead of rows"""
    return distinct_units(weight.T)


@exercise.mistake(
    distinct_units,
    caught_by=equal_rows_count_once,
    hint="A copy may stand further up: hold a row against every row counted before, not the one "
    "above it alone.",
    points_at=r"\[1:\]|\[:-1\]|- 1\]|consecutive",
)
def looks_at_the_row_above(weight):
    """holds each row against the one above it only"""
    return 1 + int(((weight[1:] - weight[:-1]).abs().amax(1) > 1e-9).sum())


@exercise.mistake(
    distinct_units,
    caught_by=equal_rows_count_once,
    hint="The rank asks for independent rows. Rows that are sums or multiples of others are "
    "different units all the same.",
    points_at=r"rank|svd",
)
def takes_the_rank(weight):
    """returns the rank of the matrix"""
    return int(torch.linalg.matrix_rank(weight))


@exercise.mistake(
    distinct_units,
    caught_by=equal_rows_count_once,
    hint="One entry in common does not make two rows equal: it takes all of them, so the largest "
    "difference decides.",
    points_at=r"any|min",
)
def one_entry_in_common(weight):
    """takes rows for equal if one entry is"""
    return count(weight, lambda row, other: bool(((row - other).abs() <= 1e-9).any()))


@exercise.mistake(
    distinct_units,
    caught_by=rounding_does_not_make_a_unit,
    hint="Equal units part by rounding, in the last digits. Two rows are equal when every entry "
    "is within 1e-9; == asks for 0.",
    points_at=r"==|unique|equal|set\(",
)
def exactly_equal(weight):
    """compares floats exactly"""
    return count(weight, torch.equal)


@exercise.mistake(
    distinct_units,
    caught_by=rounding_does_not_make_a_unit,
    hint="allclose allows 1e-8 + 1e-5 * |b| unless told otherwise. Say rtol=0, atol=1e-9.",
    points_at=r"close",
)
def close_by_default(weight):
    """uses the tolerances of allclose, which are larger"""
    return count(weight, torch.allclose)


@exercise.mistake(
    distinct_units,
    caught_by=equal_rows_count_once,
    hint="Of a signed difference the largest entry may be far below zero: take .abs() first.",
    points_at=r"max\(",
)
def signed_difference(weight):
    """takes the largest difference without its absolute value"""
    return count(weight, lambda row, other: bool((row - other).max() <= 1e-9))


@exercise.mistake(
    distinct_units,
    caught_by=rounding_does_not_make_a_unit,
    hint="The norm (or the sum) adds up all entries. The largest difference alone decides: "
    ".abs().max().",
    points_at=r"norm|sum|dist",
)
def norm_of_the_difference(weight):
    """compares the norm of the difference with 1e-9"""
    return count(weight, lambda row, other: bool((row - other).norm() <= 1e-9))


@exercise.mistake(
    distinct_units,
    caught_by=only_counted_rows_hide_others,
    hint="A row that was left out hides no other. Compare with the rows that you counted, and add "
    "a row to them only when you count it.",
    points_at=r"append|\[:i\]|range",
)
def left_out_rows_hide_others(weight):
    """holds a row against all rows before it, counted or not"""
    return sum(
        all((row - other).abs().max() > 1e-9 for other in weight[:index])
        for index, row in enumerate(weight)
    )
