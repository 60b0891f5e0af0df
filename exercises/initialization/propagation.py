"""Propagation: how the size of weights acts through many layers.

One layer multiplies the spread of its inputs by some factor; thirty layers multiply by it thirty
times. A little too small, and the activations fade to nothing; a little too large, and they blow up
or saturate. To see it, send random inputs through an untrained network and look at the standard
deviation after each layer.

Without an activation the factor is known. A unit adds up `width` products of independent numbers
of mean 0, whose variances add:

    Var(output) = width * weight_std**2 * Var(input)

so each layer multiplies the standard deviation by weight_std * sqrt(width). An activation takes
something away: tanh and sigmoid squash large values, ReLU drops the negative half.

A worked number: for width 400 and weight_std = 0.06 the factor is 0.06 * 20 = 1.2. After five
linear layers the standard deviation is about 1.2 ** 5 = 2.49, after thirty 237. With
weight_std = 0.05, which is 1 / sqrt(400), it stays about 1 for ever.

Write the experiment. The numbers depend on the draw; they are judged by what any right draw gives.
"""

import torch
from torch import Tensor


def activation_std(
    depth: int, width: int, weight_std: float, activation: str, generator: torch.Generator
) -> Tensor:
    """Sends a random batch through random layers and measures the activations after each.

    The batch holds 1024 samples of `width` independent values, normal with mean 0 and standard
    deviation 1. Each layer has a (width, width) weight of its own, normal with mean 0 and standard
    deviation weight_std, no bias, and is followed by the activation.

    Args:
        depth: number of layers, 1 or more.
        width: number of inputs and of units of every layer, 1 or more.
        weight_std: standard deviation of the weights, used as it is.
        activation: "tanh", "sigmoid", "relu" or "linear" (none).
        generator: source of all randomness, for the batch and the weights, in any order.

    Returns:
        A tensor (depth,) in the default dtype. Entry l is the standard deviation over all
        1024 * width activations (samples and units together) after layer l, with its activation.
        It may divide by their number or by one less.
    """
    raise NotImplementedError
