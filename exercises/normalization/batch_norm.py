"""Batch normalisation: give every channel the same mean and spread over the batch.

A layer learns more easily when its inputs keep a steady scale while the layers before it change.
Batch normalisation takes each channel (a feature, or a plane of an image) and shifts and scales it
to mean 0 and variance 1 over the samples of the batch. In use there may be no batch, and an answer
must not depend on who else is in it: so running averages of mean and variance are kept while
training, and they take the place of the batch's own in evaluation.

For the m values of one channel (m = N for x of shape (N, C), m = N * H * W for (N, C, H, W)):

    mean         = (x_1 + ... + x_m) / m
    variance     = ((x_1 - mean)**2 + ... + (x_m - mean)**2) / m              (divided by m)
    y            = (x - mean) / sqrt(variance + eps) * weight + bias

    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var  = (1 - momentum) * running_var  + momentum * variance * m / (m - 1)

The running variance is to estimate that of all data, so it takes the unbiased variance of the
batch, divided by m - 1. momentum is the weight of the new batch (in some books, of the old value).
In evaluation y is computed from running_mean and running_var instead, and these stay as they are.

Worked example: one channel, x = [0, 0, 3, 5], weight = 1, bias = 0, training. The mean is 2, the
variance 4.5, and y = [-0.9428, -0.9428, 0.4714, 1.4142]. From running_mean = 0 and running_var = 1
momentum = 0.1 makes 0.2 and 0.9 * 1 + 0.1 * 6 = 1.5.
"""

from torch import Tensor


def batch_norm(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Tensor, Tensor, Tensor]:
    """Normalises each channel of x, then scales and shifts it; keeps the running statistics.

    Args:
        x: what is normalised, floats of shape (N, C) or (N, C, *spatial) with any number of spatial
            axes, such as (N, C, H, W). In training each channel has at least two values. x may be a
            view that is not contiguous.
        weight: multiplies the normalised values of each channel, shape (C,).
        bias: is added last, shape (C,).
        running_mean: running average of the channels' means, shape (C,).
        running_var: running average of their unbiased variances, shape (C,).
        training: True normalises with the statistics of x and moves the running ones; False
            normalises with the running ones.
        momentum: weight of the batch in the new running statistics, from 0 to 1.
        eps: added to the variance, under the root, in training and in evaluation.

    Returns:
        Three results: y in the shape and dtype of x, the new running_mean and the new running_var,
        each (C,). In evaluation the last two have the values that were given (copies or the same
        tensors). Nothing that was given is modified: the new statistics are new tensors. Through y
        gradients reach x (in training through mean and variance too), weight and bias; the running
        statistics may be detached or not.

    Not allowed: torch's own batch_norm, and its instance and group norms.
    """
    raise NotImplementedError
