"""Gradient descent: walk downhill, one step at a time.

A model is fitted by making a loss small. The gradient of the loss with respect to the weights
points where the loss grows fastest, so a small step the other way makes it smaller. Gradient
descent repeats that step: take the gradient at the present weights over all samples, move against
it, and take it again at the new weights.

The model here is linear, and its loss is the mean squared error over n samples:

    loss(w)  =  ((X_1 . w - y_1)**2 + ... + (X_n . w - y_n)**2) / n
    gradient =  2/n * X^T (X w - y)                                  (one number for each weight)
    w       <-  w - lr * gradient                                    (one update)

The 2 comes from the square, the 1/n from the mean. Because of the 1/n a learning rate that suits
100 samples suits 10,000 as well.

A worked number: x = 1, 2, 3, 4, 5 and y = 2 x, w = 0, lr = 0.01. The residuals are -2, -4, -6, -8,
-10, so the gradient is 2/5 * (-110) = -44 and the first update gives w = 0.44. There the gradient
is only -34.32: the second update gives w = 0.7832.

Write `gradient_descent`. Do the gradient by hand or let autograd do it, but note that `backward()`
adds to `.grad`. `torch.optim` is not allowed.
"""

from torch import Tensor


def gradient_descent(X: Tensor, y: Tensor, w: Tensor, lr: float, steps: int) -> Tensor:
    """Fits ``X @ w`` to ``y`` by gradient descent on the mean squared error of all samples.

    Args:
        X: inputs, one sample per row, shape (n, d), float64, n >= 1. It may be a transposed view.
        y: targets, shape (n,).
        w: the weights to start from, shape (d,). They must not be modified.
        lr: the learning rate, the same for every update.
        steps: number of updates, all of them made whatever becomes of the loss; 0 returns the
            values of ``w``.

    Returns:
        The weights after the last update, shape (d,), in the dtype of ``w``. They need not carry a
        gradient, and may.
    """
    raise NotImplementedError
