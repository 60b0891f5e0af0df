"""Stochastic gradient descent: learn from one sample at a time.

A full gradient reads every sample before the weights move once. Stochastic gradient descent moves
after each sample: it takes the gradient of that one sample's loss, at the weights that the sample
before it has left behind. Each step is noisy, since one sample knows little of the others, but
n steps cost what one full gradient costs.

For sample i of a linear model the loss and the update are

    loss_i   =  (X_i . w - y_i)**2
    gradient =  2 * (X_i . w - y_i) * X_i           (shape (d,); nothing is divided by n)
    w       <-  w - lr * gradient

The gradient of the mean loss is the mean of these gradients. A sample that is drawn at random
therefore points the right way on average, and that is the reason why its gradient is not divided
by n: the draw does the averaging.

A worked number: x = 1, 2, 3 and y = 2 x, w = 0, lr = 0.01, order = [2, 0, 2]. Sample 2 has the
gradient 2 * (-6) * 3 = -36, so w = 0.36. Sample 0 has 2 * (0.36 - 2) * 1 = -3.28: w = 0.3928. Then
sample 2 once more, from where w is now: w = 0.682096.

Write `sgd`. Which sample comes when is given: nothing is random here. `torch.optim` is not allowed.
"""

from torch import Tensor


def sgd(X: Tensor, y: Tensor, w: Tensor, lr: float, order: Tensor) -> Tensor:
    """Fits ``X @ w`` to ``y`` with one update for each sample that ``order`` names.

    Args:
        X: inputs, one sample per row, shape (n, d), float64, n >= 1. It may be a transposed view.
        y: targets, shape (n,).
        w: the weights to start from, shape (d,). They must not be modified.
        lr: the learning rate, the same for every update.
        order: indices of samples, shape (k,), int64, each from 0 to n - 1. An index may come
            several times, or never; k may be smaller or larger than n. With k = 0 the values of
            ``w`` are returned.

    Returns:
        The weights after k updates, shape (d,), in the dtype of ``w``. They need not carry a
        gradient, and may.
    """
    raise NotImplementedError
