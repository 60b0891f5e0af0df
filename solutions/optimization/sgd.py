"""Stochastic gradient descent, one sample at a time."""

from typing import Final

import torch
from torch import Tensor

from grader import Exercise, Inputs, View, pictures


def sgd(X: Tensor, y: Tensor, w: Tensor, lr: float, order: Tensor) -> Tensor:
    for i in order.tolist():
        gradient = 2 * (X[i] @ w - y[i]) * X[i]
        w = w - lr * gradient
    return w


exercise = Exercise(
    sgd,
    title="Stochastic gradient descent",
    forbids=["torch.optim"],
    hints=[
        "How many updates does order = [2, 0, 2] ask for, and at which weights is the gradient of "
        "the last one taken?",
        "One sample has the loss (X[i] @ w - y[i]) ** 2: one row, one target, one number. Its "
        "gradient has the shape of a row, and n does not appear in it.",
        "for i in order: w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]. With autograd: a clone that "
        "requires grad, and its .grad cleared after every sample.",
    ],
)

UPDATES: Final = 5


def problem(inputs: Inputs, n: int, d: int, lr: float) -> dict:
    return dict(
        X=inputs.normal(n, d, mean=0.5),
        y=inputs.normal(n, mean=2.0),
        w=inputs.normal(d, mean=1.0),
        lr=lr,
    )


@exercise.case(
    points=3,
    hint="order = [4] means one update. Work it out by hand: 2 * (X[4] @ w - y[4]) * X[4].",
)
def one_sample_makes_one_update(inputs: Inputs):
    """an order of one index makes one update, with that sample's whole gradient"""
    common = problem(inputs, 7, 3, 0.07)
    return [{**common, "order": torch.tensor([i])} for i in (4, 0, 6)]


@exercise.case(
    points=3,
    hint="Follow order = [5, 2, ...] with a pencil: which row, which target, which weights?",
)
def each_update_starts_where_the_last_one_ended(inputs: Inputs):
    """the samples come in the given order, each at the weights the one before it left"""
    common = problem(inputs, 7, 3, 0.07)
    # The order is fixed, so that it is no sorted one on any seed. Cut short, it shows each step.
    order = torch.tensor([5, 2, 6, 0, 3])
    return [{**common, "order": order[:k].clone()} for k in range(1, UPDATES + 1)]


@exercise.case(
    points=2,
    hint="Every entry of order is an update: a sample that is named twice is used twice.",
)
def a_sample_may_come_again(inputs: Inputs):
    """a sample may come several times, or never, and order may be longer than X"""
    return [
        {**problem(inputs, 4, 3, 0.06), "order": torch.tensor(order)}
        for order in ([1, 1], [3, 0, 3, 3, 2], [2, 3, 0, 1, 2, 3, 1, 0, 0, 2, 2])
    ]


@exercise.case(points=1, hint="What does your function return if the loop is never entered?")
def an_empty_order_returns_the_start(inputs: Inputs):
    """an empty order makes no update: the answer has the values of w"""
    return {**problem(inputs, 5, 3, 0.1), "order": torch.zeros(0, dtype=torch.int64)}


@exercise.case(
    points=1,
    needs=[each_update_starts_where_the_last_one_ended],
    hint="Print the shapes of X[i], X[i] @ w and the gradient for d = 1 and for n = 1.",
)
def any_number_of_samples_and_weights(inputs: Inputs):
    """any n and d will do: one sample, one weight, n = d, fewer samples than weights, views"""
    sizes = ((1, 3), (5, 1), (1, 1), (4, 4), (2, 5))
    calls = [
        {**problem(inputs, n, d, 0.05), "order": inputs.permutation(n).repeat(2)} for n, d in sizes
    ]
    calls.append(
        dict(
            X=inputs.normal(3, 7).T,
            y=inputs.strided(inputs.normal(7)),
            w=inputs.strided(inputs.normal(3)),
            lr=0.1,
            order=inputs.strided(inputs.permutation(7)),
        )
    )
    return calls


# --- other right answers ----------------------------------------------------------------------


@exercise.alternative()
def by_autograd(X, y, w, lr, order):
    """lets autograd differentiate, and clears the gradient after every sample"""
    w = w.clone().requires_grad_()
    for i in order:
        (X[i] @ w - y[i]).square().backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w.detach()


@exercise.alternative()
def batches_of_one(X, y, w, lr, order):
    """gathers rows and targets first, and treats each as a batch of one"""
    for row, target in zip(X[order].split(1), y[order].split(1), strict=True):
        w = w - 2 * lr * row.T @ (row @ w - target)
    return w


@exercise.alternative()
def as_affine_maps(X, y, w, lr, order):
    """writes each update as a matrix times w plus a vector"""
    for i in order.tolist():
        shrink = torch.eye(len(w), dtype=w.dtype) - 2 * lr * torch.outer(X[i], X[i])
        w = torch.addmv(2 * lr * y[i] * X[i], shrink, w)
    return w


@exercise.alternative()
def by_torch_func(X, y, w, lr, order):
    """differentiates the loss of one sample with torch.func.grad"""
    gradient = torch.func.grad(lambda v, row, target: (torch.dot(row, v) - target) ** 2)
    for i in order.tolist():
        w = w - lr * gradient(w, X[i], y[i])
    return w


# --- mistakes ---------------------------------------------------------------------------------


def slope(X: Tensor, y: Tensor, w: Tensor, i: int) -> Tensor:
    return 2 * (X[i] @ w - y[i]) * X[i]


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="Index both X and y with the sample: X[i] is one row, y[i] one target.",
    points_at=r"@|mean",
)
def uses_the_full_batch(X, y, w, lr, order):
    """uses the mean gradient of all samples at every update"""
    for _ in order:
        w = w - lr * 2 / len(y) * X.T @ (X @ w - y)
    return w


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="One sample's loss is no mean over n. Its gradient is 2 * (X[i] @ w - y[i]) * X[i].",
    points_at=r"/\s*\(?\s*(n\b|len\(|X\.shape|y\.shape)",
)
def divides_by_n(X, y, w, lr, order):
    """divides the gradient of a sample by n"""
    for i in order:
        w = w - lr / len(y) * slope(X, y, w, i)
    return w


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="A sample is used up only by order: loop over its entries, not over range(n).",
    points_at=r"range|\bfor\b",
)
def ignores_the_order(X, y, w, lr, order):
    """goes through all samples as they are stored, whatever order says"""
    for i in range(len(y)):
        w = w - lr * slope(X, y, w, i)
    return w


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="The derivative of a square has a factor 2.",
    points_at=r"X\[",
)
def drops_the_factor_two(X, y, w, lr, order):
    """leaves the factor 2 of the square's derivative out"""
    for i in order:
        w = w - lr / 2 * slope(X, y, w, i)
    return w


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="The gradient points uphill; subtract it. (Or is your residual y[i] - X[i] @ w? Then mind "
    "the sign.)",
    points_at=r"\+",
)
def ascends(X, y, w, lr, order):
    """adds the gradient, and climbs"""
    for i in order:
        w = w + lr * slope(X, y, w, i)
    return w


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="The k-th update takes sample order[k] of both: X[i] and y[i] with the same i.",
    points_at=r"enumerate|zip|\by\[",
)
def pairs_rows_with_other_targets(X, y, w, lr, order):
    """takes the rows in the given order, and the targets as they are stored"""
    for k, i in enumerate(order):
        row = X[i]
        w = w - lr * 2 * (row @ w - y[k]) * row
    return w


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="The weights come back as they were. Is the gradient cleared between backward() and the "
    "update, or is a copy updated and another tensor returned?",
    points_at=r"zero_|return",
)
def stays_at_the_start(X, y, w, lr, order):
    """never moves the weights: no update reaches what is returned"""
    return w.clone()


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="w is where the descent starts: do not replace it by zeros.",
    points_at=r"zeros",
)
def starts_from_zero(X, y, w, lr, order):
    """starts from zero instead of from w"""
    return sgd(X, y, torch.zeros_like(w), lr, order)


@exercise.mistake(
    caught_by=each_update_starts_where_the_last_one_ended,
    hint="Each gradient is taken at the weights of that moment. Update w inside the loop, and use "
    "the new w for the next sample.",
    points_at=r"sum|\+=|@",
)
def sums_updates_at_the_start(X, y, w, lr, order):
    """takes every gradient at the starting w, and sums all updates"""
    total = torch.zeros_like(w)
    for i in order:
        total = total + slope(X, y, w, i)
    return w - lr * total


@exercise.mistake(
    caught_by=each_update_starts_where_the_last_one_ended,
    hint="order is no batch: each of its entries makes an update of its own.",
    points_at=r"\[order\]",
)
def takes_the_order_as_one_batch(X, y, w, lr, order):
    """makes one update with the mean gradient of all samples in order"""
    if len(order) == 0:
        return w
    residual = X[order] @ w - y[order]
    return w - lr * 2 / len(order) * X[order].T @ residual


@exercise.mistake(
    caught_by=each_update_starts_where_the_last_one_ended,
    hint="backward() adds to .grad. Set it to None (or zero it) after every sample.",
    points_at=r"backward|\+=",
)
def accumulates_gradients(X, y, w, lr, order):
    """never clears the gradient, so that each update repeats all earlier ones"""
    total = torch.zeros_like(w)
    for i in order:
        total = total + slope(X, y, w, i)
        w = w - lr * total
    return w


@exercise.mistake(
    caught_by=each_update_starts_where_the_last_one_ended,
    hint="Take the indices as they come: do not sort them.",
    points_at=r"sort",
)
def sorts_the_order(X, y, w, lr, order):
    """goes through the named samples from the smallest index to the largest"""
    return sgd(X, y, w, lr, order.sort().values)


@exercise.mistake(
    caught_by=a_sample_may_come_again,
    hint="unique() and set() forget how often an index came, and in which order. Loop over order "
    "itself: every entry is an update.",
    points_at=r"unique|set\(",
)
def sorts_and_drops_repeats(X, y, w, lr, order):
    """uses each named sample once, from the smallest index to the largest"""
    return sgd(X, y, w, lr, order.unique())


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="Look at the slices and the range: the last entry of order makes an update too.",
    points_at=r"\[:-1\]|range|-\s*1",
)
def leaves_the_last_one_out(X, y, w, lr, order):
    """makes no update with the last entry of order"""
    return sgd(X, y, w, lr, order[:-1])


@exercise.mistake(
    caught_by=one_sample_makes_one_update,
    hint="w -= ... writes into the caller's tensor. Work on w.clone(), or write w = w - ...",
    points_at=r"\bw(\.data)?\s*-=|sub_|add_|copy_|w\[",
)
def changes_the_callers_w(X, y, w, lr, order):
    """updates w in place, so that the caller's weights move too"""
    return w.copy_(sgd(X, y, w, lr, order))


@exercise.mistake(
    caught_by=a_sample_may_come_again,
    hint="A set or unique() forgets how often an index came. Every entry of order is an update.",
    points_at=r"unique|set\(|not in|fromkeys",
)
def uses_each_sample_once(X, y, w, lr, order):
    """leaves out a sample that has been used before"""
    return sgd(X, y, w, lr, torch.tensor(list(dict.fromkeys(order.tolist())), dtype=torch.int64))


@exercise.mistake(
    caught_by=a_sample_may_come_again,
    hint="There are len(order) updates, not n: order may be longer than X.",
    points_at=r"range|zip|\[:",
)
def makes_at_most_n_updates(X, y, w, lr, order):
    """stops after n updates, though order has more entries"""
    return sgd(X, y, w, lr, order[: len(y)])


@exercise.mistake(
    caught_by=an_empty_order_returns_the_start,
    hint="Give the result a value before the loop: an empty order never enters it.",
    points_at=r"return|\bfor\b",
)
def returns_nothing_for_an_empty_order(X, y, w, lr, order):
    """returns None if order is empty"""
    return sgd(X, y, w, lr, order) if len(order) else None


@exercise.mistake(
    caught_by=any_number_of_samples_and_weights,
    hint="squeeze() also drops an axis of length one that you need. The answer has shape (d,), for "
    "d = 1 too.",
    points_at=r"squeeze",
)
def squeezes_the_answer(X, y, w, lr, order):
    """squeezes the answer: a single weight loses its axis"""
    return sgd(X, y, w, lr, order).squeeze()


@exercise.picture(each_update_starts_where_the_last_one_ended)
def draw(view: View):
    """The distance between both sequences of weights, update by update."""
    if any(yours.shape != view.calls[0]["w"].shape for yours in view.yours):
        return None
    return pictures.descent(
        view.yours,
        view.expected,
        tolerance=view.tolerance,
        title="weights after each update",
    )
