"""Symmetry: why weights must not start equal.

Two hidden units with the same weights, in and out, compute the same number for every sample, so
they receive the same gradient, and after the update they are still the same. If all weights start
at one constant, the layer has as many units as you like and learns as a layer of one. Training
cannot undo this; only different starting values can, and that is what random initialisation is
for.

The network here has one hidden layer and one output, without biases:

    h = tanh(X @ w1.T)            X (n, d), w1 (H, d), h (n, H)
    p = h @ w2                    w2 (H,), p (n,)
    loss = mean((p - y) ** 2)     y (n,)

Its gradients, with e = 2 * (p - y) / n:

    d loss / d w2 = h.T @ e
    d loss / d w1 = ((e[:, None] * w2) * (1 - h ** 2)).T @ X

Both are taken at the same point, the old w1 and w2, before either moves.

A worked number: X = [[1, 2]], y = [1], w1 of three rows [0.5, 0.5] and w2 = [0.5, 0.5, 0.5]. The
loss is (1.5 * tanh(1.5) - 1) ** 2 = 0.1280. One step with lr = 0.1 takes every row of w1 to
[0.4935, 0.4871] and every entry of w2 to 0.4352: three units, one distinct row. Starting from
w2 = [0.5, 0.6, 0.7] the rows part at once.

Write the training loop, and a count of the different units to see the effect with.
"""

from torch import Tensor


def train_two_layer(
    X: Tensor, y: Tensor, w1: Tensor, w2: Tensor, lr: float, steps: int
) -> tuple[Tensor, Tensor]:
    """Trains both layers by gradient descent on all samples, for a number of steps.

    Args:
        X: samples, floats of shape (n, d).
        y: targets, (n,).
        w1: weights of the hidden layer, (H, d), one row per unit.
        w2: weights of the output, (H,).
        lr: learning rate.
        steps: number of updates; each moves w1 and w2 together. 0 returns their values.

    Returns:
        (w1, w2) after the updates, of the same shapes and dtype. The tensors that were passed in
        are not modified, nor is their requires_grad. Whether the result requires grad is up to
        you; autograd is allowed.
    """
    raise NotImplementedError


def distinct_units(weight: Tensor) -> int:
    """Counts the rows of a weight that differ.

    Goes through the rows in order; a row counts unless every entry of it is within 1e-9 of the
    same entry of one row that was counted before.

    Args:
        weight: floats of shape (H, d), one row per unit.

    Returns:
        A Python int, from 1 to H.
    """
    raise NotImplementedError
