"""Gradient descent on the mean squared error."""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from grader import Exercise, Inputs, Trajectory, View, pictures


def gradient_descent(X: Tensor, y: Tensor, w: Tensor, lr: float, steps: int) -> Tensor:
    for _ in range(steps):
        gradient = 2 / len(y) * X.T @ (X @ w - y)
        w = w - lr * gradient
    return w


exercise = Exercise(
    gradient_descent,
    title="Gradient descent",
    forbids=["torch.optim"],
    hints=[
        "An update needs the gradient at the weights as they are now. What changes between two "
        "updates, and what must be computed anew because of it?",
        "The residual X @ w - y has shape (n,). The gradient of the mean of its squares is "
        "X.T @ residual, times 2, divided by n.",
        "for _ in range(steps): w = w - lr * 2 / len(y) * X.T @ (X @ w - y). With autograd: a "
        "clone that requires grad, and its .grad cleared after every update.",
    ],
)

STEPS: Final = 5


@exercise.case(
    points=4,
    trajectory=Trajectory(state="w", count="steps", steps=STEPS),
    hint="Work out the first update by hand: gradient = 2/n * X.T @ (X @ w - y).",
)
def every_step_follows_the_gradient(inputs: Inputs):
    """each step follows the gradient of the mean loss at the weights it starts from"""
    return dict(
        X=inputs.normal(7, 3, mean=0.5), y=inputs.normal(7, mean=2.0), w=inputs.normal(3), lr=0.07
    )


@exercise.case(points=1, hint="What does your function return if the loop is never entered?")
def no_steps_return_the_start(inputs: Inputs):
    """with steps = 0 the answer has the values of w"""
    return [
        dict(X=inputs.normal(5, 3), y=inputs.normal(5), w=inputs.normal(3), lr=0.1, steps=0),
        dict(X=inputs.normal(2, 1), y=inputs.normal(2), w=inputs.normal(1), lr=0.5, steps=0),
    ]


def unit_curvature(inputs: Inputs, n: int, d: int) -> Tensor:
    """Inputs with X.T @ X = n: every update multiplies w's distance to the best by 1 - 2 lr."""
    return inputs.orthogonal(d, n).T * n**0.5


@exercise.case(
    points=2,
    needs=[every_step_follows_the_gradient],
    hint="steps updates are made, no fewer: whether the loss falls, stands still or grows.",
)
def all_steps_are_made(inputs: Inputs):
    """all steps are made: many, at the minimum, and uphill when the rate is too large"""
    X, best = inputs.normal(6, 2), inputs.integers(2, low=1, high=9).double()
    whole = inputs.integers(6, 2, low=-5, high=6).double()
    return [
        # Each update takes 60 % of the way to the minimum: the last of 12 still moves by 1e-5.
        dict(
            X=unit_curvature(inputs, 7, 3), y=inputs.normal(7), w=inputs.normal(3), lr=0.3, steps=12
        ),
        # A rate above 1 / curvature: every update overshoots, and the loss grows. An odd number,
        # because two steps of a rate cut down to 1 would cancel.
        dict(
            X=unit_curvature(inputs, 5, 3), y=inputs.normal(5), w=inputs.normal(3), lr=1.2, steps=7
        ),
        # Whole numbers, so that the residuals are exactly 0.
        dict(X=whole, y=whole @ best, w=best, lr=0.1, steps=3),
        dict(X=X, y=inputs.normal(6), w=torch.zeros(2), lr=0.01, steps=40),
    ]


@exercise.case(
    points=2,
    needs=[every_step_follows_the_gradient],
    hint="Print the shapes of X @ w, of the residual and of the gradient for d = 1 and for n = 1.",
)
def any_number_of_samples_and_weights(inputs: Inputs):
    """any n and d will do: one sample, one weight, n = d, fewer samples than weights, views"""
    sizes = ((1, 3), (5, 1), (1, 1), (4, 4), (3, 5))
    calls = [
        dict(
            X=inputs.normal(n, d),
            y=inputs.normal(n, mean=2.0),
            w=inputs.normal(d, mean=1.0),
            lr=0.05,
            steps=3,
        )
        for n, d in sizes
    ]
    calls.append(
        dict(
            X=inputs.normal(3, 7).T,
            y=inputs.strided(inputs.normal(7)),
            w=inputs.strided(inputs.normal(3)),
            lr=0.1,
            steps=2,
        )
    )
    return calls


@exercise.grows(per="sample")
def samples(inputs: Inputs):
    common = dict(w=inputs.normal(3), lr=0.05, steps=2)
    return {n: dict(X=inputs.normal(n, 3), y=inputs.normal(n), **common) for n in (4, 12)}


# --- other right answers ----------------------------------------------------------------------


@exercise.alternative()
def by_autograd(X, y, w, lr, steps):
    """lets autograd differentiate, and clears the gradient after every update"""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w


@exercise.alternative()
def by_torch_func(X, y, w, lr, steps):
    """differentiates a loss with torch.func.grad"""
    gradient = torch.func.grad(lambda v: torch.nn.functional.mse_loss(X @ v, y))
    for _ in range(steps):
        w = w - lr * gradient(w)
    return w


@exercise.alternative()
def in_closed_form(X, y, w, lr, steps):
    """applies one affine map of the weights, steps times, by a power of a matrix"""
    n, d = X.shape
    whole = torch.eye(d + 1, dtype=w.dtype)
    whole[:d, :d] -= 2 * lr / n * X.T @ X
    whole[:d, d] = 2 * lr / n * X.T @ y
    return (torch.linalg.matrix_power(whole, steps) @ torch.cat([w, w.new_ones(1)]))[:d]


@exercise.alternative()
def sample_by_sample(X, y, w, lr, steps):
    """adds up the gradients of the samples in a loop"""
    w = w.clone()
    for _ in range(steps):
        total = torch.zeros_like(w)
        for row, target in zip(X, y, strict=True):
            total += 2 * (torch.dot(row, w) - target) * row
        w -= lr * total / len(X)
    return w


# --- mistakes ---------------------------------------------------------------------------------


def slope(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return 2 / len(y) * X.T @ (X @ w - y)


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="The gradient points uphill; subtract it. (Or is your residual y - X @ w? Then mind the "
    "sign.)",
    points_at=r"\+",
)
def ascends(X, y, w, lr, steps):
    """adds the gradient, and climbs"""
    for _ in range(steps):
        w = w + lr * slope(X, y, w)
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="The loss is a mean: divide the sum over the samples by n.",
    points_at=r"sum|\.T\b|@",
)
def sums_over_the_samples(X, y, w, lr, steps):
    """sums over the samples instead of averaging"""
    for _ in range(steps):
        w = w - lr * len(y) * slope(X, y, w)
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="The derivative of a square has a factor 2: the gradient is 2/n * X.T @ residual.",
    points_at=r"\.T\b|@|mean",
)
def drops_the_factor_two(X, y, w, lr, steps):
    """leaves the factor 2 of the square's derivative out"""
    for _ in range(steps):
        w = w - lr / 2 * slope(X, y, w)
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="len(X.T), X.shape[1] and numel() do not count samples. Divide by n = len(y).",
    points_at=r"shape\[1\]|shape\[-1\]|numel|/",
)
def divides_by_the_number_of_weights(X, y, w, lr, steps):
    """divides by d, the number of weights, instead of n"""
    for _ in range(steps):
        w = w - lr * len(y) / len(w) * slope(X, y, w)
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="X.T @ residual has summed over the samples already; its mean() would be one number for "
    "all weights. Divide by n instead.",
    points_at=r"mean\(",
)
def one_number_for_all_weights(X, y, w, lr, steps):
    """averages the gradient over the weights, so that all of them move alike"""
    for _ in range(steps):
        w = w - lr * slope(X, y, w).mean()
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="A column (n, 1) less a row (n,) is (n, n): every prediction is held against every "
    "target. X @ w has shape (n,) as it is, and so has y; leave them so.",
    points_at=r"unsqueeze|None\]|view\(|reshape\(|@",
)
def broadcasts_the_residual(X, y, w, lr, steps):
    """holds every prediction against every target: a column less a row is a square"""
    for _ in range(steps):
        w = w - lr * slope(X, y.mean().expand_as(y), w)
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="The gradient belongs inside the loop: after an update the weights are others, and so is "
    "it.",
    points_at=r"grad|\.T\b",
)
def reuses_the_first_gradient(X, y, w, lr, steps):
    """computes the gradient once, at the start, and uses it for every step"""
    return w - steps * lr * slope(X, y, w)


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="backward() adds to .grad. Set it to None (or zero it) after every update.",
    points_at=r"backward|\+=",
)
def accumulates_gradients(X, y, w, lr, steps):
    """never clears the gradient, so that each update repeats all earlier ones"""
    total = torch.zeros_like(w)
    for _ in range(steps):
        total = total + slope(X, y, w)
        w = w - lr * total
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="range(1, steps) and range(steps - 1) have one turn too few. Use range(steps).",
    points_at=r"range|while|return",
)
def one_update_too_few(X, y, w, lr, steps):
    """makes one update too few"""
    return gradient_descent(X, y, w, lr, steps - 1)


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="range(steps + 1) and `while step <= steps` have one turn too many. Use range(steps).",
    points_at=r"range|while",
)
def one_update_too_many(X, y, w, lr, steps):
    """makes one update too many"""
    return gradient_descent(X, y, w, lr, steps + 1)


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="The weights come back as they were. Is the gradient cleared between backward() and the "
    "update, or is a copy updated and another tensor returned?",
    points_at=r"zero_|return",
)
def stays_at_the_start(X, y, w, lr, steps):
    """never moves the weights: no update reaches what is returned"""
    return w.clone()


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="w is where the descent starts: do not replace it by zeros.",
    points_at=r"zeros",
)
def starts_from_zero(X, y, w, lr, steps):
    """starts from zero instead of from w"""
    return gradient_descent(X, y, torch.zeros_like(w), lr, steps)


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="The learning rate stays what it is: divide it by nothing that counts the steps.",
    points_at=r"lr",
)
def lowers_the_rate(X, y, w, lr, steps):
    """divides the learning rate by the number of the step"""
    for step in range(steps):
        w = w - lr / (step + 1) * slope(X, y, w)
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="All samples belong in each gradient: one sample at a time is stochastic gradient "
    "descent, another exercise.",
    points_at=r"\bfor\b|\[i\]",
)
def updates_for_every_sample(X, y, w, lr, steps):
    """makes an update for each sample: a step is then a whole pass over the data"""
    for _ in range(steps):
        for row, target in zip(X, y, strict=True):
            w = w - lr * 2 * (row @ w - target) * row
    return w


@exercise.mistake(
    caught_by=every_step_follows_the_gradient,
    hint="w -= ... writes into the caller's tensor. Work on w.clone(), or write w = w - ...",
    points_at=r"\bw(\.data)?\s*-=|sub_|add_|copy_|w\[",
)
def changes_the_callers_w(X, y, w, lr, steps):
    """updates w in place, so that the caller's weights move too"""
    return w.copy_(gradient_descent(X, y, w, lr, steps))


@exercise.mistake(
    caught_by=no_steps_return_the_start,
    hint="With steps = 0 nothing may move: test the count before the first update, not after it.",
    points_at=r"while|range",
)
def always_updates_once(X, y, w, lr, steps):
    """makes one update even for steps = 0"""
    return gradient_descent(X, y, w, lr, max(steps, 1))


@exercise.mistake(
    caught_by=all_steps_are_made,
    hint="The number of updates is given: do not stop when the loss grows, nor return the "
    "best weights so far.",
    points_at=r"\bif\b|break",
)
def stops_when_the_loss_grows(X, y, w, lr, steps):
    """returns the weights from before the first update that did not lower the loss"""
    for _ in range(steps):
        moved = w - lr * slope(X, y, w)
        if ((X @ moved - y) ** 2).mean() >= ((X @ w - y) ** 2).mean():
            return w
        w = moved
    return w


@exercise.mistake(
    caught_by=any_number_of_samples_and_weights,
    hint="squeeze() also drops an axis of length one that you need. The answer has shape (d,), for "
    "d = 1 too.",
    points_at=r"squeeze",
)
def squeezes_the_answer(X, y, w, lr, steps):
    """squeezes the answer: a single weight loses its axis"""
    return gradient_descent(X, y, w, lr, steps).squeeze() if steps else w


@exercise.picture(every_step_follows_the_gradient)
def draw(view: View):
    """The distance between both sequences of weights, and the losses, step by step."""
    call = view.calls[0]
    yours, expected = view.yours[:STEPS], view.expected[:STEPS]

    def losses(states: Sequence[Tensor]) -> list[float]:
        return [((call["X"] @ w - call["y"]) ** 2).mean().item() for w in states]

    comparable = all(w.shape == call["w"].shape for w in yours)
    return pictures.descent(
        yours,
        expected,
        tolerance=view.tolerance,
        title="weights after each step",
        loss_yours=losses(yours) if comparable else None,
        loss_expected=losses(expected),
    )
