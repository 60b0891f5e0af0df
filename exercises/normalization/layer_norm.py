"""Layer normalisation: give every position the same mean and spread.

Deep networks train better when the numbers that pass through them keep a steady scale. Batch
normalisation takes its statistics over the batch, and so depends on who else is in it. Layer
normalisation asks each position about itself alone: the D features of one token are shifted to
mean 0 and scaled to variance 1. It therefore works for a batch of one, for sequences of any
length, and in the same way in training and in use.

For the features x_1 ... x_D of one position:

    mean     = (x_1 + ... + x_D) / D
    variance = ((x_1 - mean)**2 + ... + (x_D - mean)**2) / D        (divided by D, not D - 1)
    y_i      = (x_i - mean) / sqrt(variance + eps) * weight_i + bias_i

eps, a small number under the root, keeps a position whose features are all equal from dividing by
0. weight and bias are learnt, and let the network undo the normalisation where it must.

Worked example: x = [1, 0, 0, 0], weight = 1, bias = 0, eps = 1e-5. The mean is 0.25, the variance
0.1875, and y = [1.7320, -0.5773, -0.5773, -0.5773].

For images the features of a position may be a whole (H, W) plane. The shape of weight says which
axes belong to one position: the last weight.dim() axes of x.
"""

from torch import Tensor


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalises x over its trailing axes, as many as weight has, then scales and shifts it.

    Args:
        x: what is normalised, floats of shape (..., D) with a weight of shape (D,), or
            (..., H, W) with a weight of shape (H, W), and so on. There may be any number of
            leading axes, also none; each position along them has its own statistics. x may be a
            transposed view: reshape copes with that, view does not.
        weight: multiplies the normalised values; the shape of the normalised axes.
        bias: is added last; same shape as weight.
        eps: added to the variance, under the root.

    Returns:
        A new tensor of the shape and dtype of x. Gradients reach x (through the mean and the
        variance too), weight and bias; x itself is not modified.

    Not allowed: torch's own layer_norm, and its batch, group, instance and RMS norms.
    """
    raise NotImplementedError
