"""Xavier initialisation.

Before training, a layer should pass on what it gets at the size at which it got it: activations on
the way forward, gradients on the way back. Forward, a unit adds up fan_in products, which asks for
weights of variance 1 / fan_in. Backward, an input collects fan_out products, which asks for
1 / fan_out. Both cannot be had at once unless the fans are equal. Glorot and Bengio (2010) average
the fans:

    s = gain * sqrt(2 / (fan_in + fan_out))

A weight of shape (out, in, *kernel) has fan_in = in * k and fan_out = out * k, where k is the
number of positions in the kernel, its receptive field (1 for a linear layer). The gain makes up
for the activation that follows: 1 if there is none, 5/3 is customary for tanh.

The weights may be normal with standard deviation s, or uniform in [-b, b]. A uniform variable has
the variance b^2 / 3, so b = sqrt(3) * s, which is gain * sqrt(6 / (fan_in + fan_out)).

A worked number: a linear layer from 400 to 100 units has a weight of shape (100, 400), so
fan_in = 400, fan_out = 100, s = sqrt(2 / 500) = 0.06325 and b = 0.10954. With fan_in in place of
the average, s would be 0.05.

Write the three functions. `torch.nn.init` and the layers of `torch.nn`, which call it, are not
allowed. How you draw is up to you, as long as all of it comes from `generator`.
"""

import torch
from torch import Tensor


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many products an output adds up, and how many outputs an input reaches.

    Args:
        shape: (out, in) or (out, in, *kernel), with a kernel of any number of axes.

    Returns:
        (fan_in, fan_out), two ints, each with the size of the kernel in it.
    """
    raise NotImplementedError


def xavier_uniform(
    shape: tuple[int, ...], gain: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """A new weight, uniform in [-b, b] with b = gain * sqrt(6 / (fan_in + fan_out)).

    Args:
        shape: (out, in) or (out, in, *kernel).
        gain: what the weights are multiplied by, for the activation that follows.
        generator: source of all randomness; None draws from PyTorch's global generator.

    Returns:
        Independent values in a tensor of that shape, in the default dtype.
    """
    raise NotImplementedError


def xavier_normal(
    shape: tuple[int, ...], gain: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """A new weight, normal with mean 0 and deviation gain * sqrt(2 / (fan_in + fan_out)).

    Args:
        shape: (out, in) or (out, in, *kernel).
        gain: what the weights are multiplied by, for the activation that follows.
        generator: source of all randomness; None draws from PyTorch's global generator.

    Returns:
        Independent values in a tensor of that shape, in the default dtype.
    """
    raise NotImplementedError
