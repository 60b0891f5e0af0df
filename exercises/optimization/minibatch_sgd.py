"""Mini-batch stochastic gradient descent.

The gradient of the mean loss over all n samples is itself a mean of n gradients. A few samples,
picked at random, already give a fair estimate of it at a fraction of the price. Mini-batch descent
lives on that: shuffle the samples, cut the shuffled row into batches, and take one step for each
batch with the mean gradient of the samples in it,

    w  <-  w - lr * d/dw  mean over the batch of (X_i . w - y_i)^2.

One pass over all batches is an epoch: every sample has been used exactly once. The next epoch
shuffles again. If the order stayed the same, the same samples would keep meeting in the same batch,
and the noise of the estimates would repeat instead of averaging out.

If the batch size does not divide n, the last batch is smaller. It is a batch like any other: its
mean is taken over the samples that it has.

A worked number: x = 1, 2, 3, 4, 5 and y = 2 x, w = 0, lr = 0.01, and the batches {1, 2}, {3, 4},
{5} in this order. The first gradient is the mean of -4 and -16, so w = 0.1; the next batch gives
0.575; the last one, a single sample, ends the epoch at w = 1.2875.

Write `minibatches`, which makes the batches of one epoch, and `minibatch_sgd`, which learns with
them. All randomness comes from `generator`: hand it to whatever draws (``generator=generator``).
The order in which you draw from it is up to you. `torch.optim` is not allowed; `DataLoader` is.
"""

import torch
from torch import Tensor


def minibatches(n: int, batch_size: int, generator: torch.Generator) -> list[Tensor]:
    """The batches of one epoch, as indices.

    Args:
        n: number of samples, 0 or more.
        batch_size: samples in a batch, 1 or more; it may be larger than n.
        generator: source of all randomness. A second call with the same generator goes on where the
            first one stopped, so it gives another shuffle.

    Returns:
        A list (a tuple is fine) of one-dimensional int64 tensors. Together they hold each of
        0 ... n - 1 exactly once, shuffled. All have ``batch_size`` entries but the last one, which
        is smaller if n is not a multiple. For n = 0 there are no batches: the list is empty.
    """
    raise NotImplementedError


def minibatch_sgd(
    X: Tensor,
    y: Tensor,
    w: Tensor,
    lr: float,
    batch_size: int,
    epochs: int,
    generator: torch.Generator,
) -> Tensor:
    """Fits ``X @ w`` to ``y`` with mini-batch gradient descent on the mean squared error.

    Args:
        X: inputs, one sample per row, shape (n, d), float64, n >= 1.
        y: targets, shape (n,).
        w: the weights to start from, shape (d,). They must not be modified.
        lr: the learning rate, the same for every update.
        batch_size: samples in a batch, 1 or more; it may be larger than n.
        epochs: passes over the data, each with a new shuffle; 0 returns the values of ``w``.
        generator: source of all randomness.

    Returns:
        The weights after the last update, shape (d,), in the dtype of ``w``. They need not carry a
        gradient, and may.
    """
    raise NotImplementedError
