"""Kaiming initialisation.

A layer adds up fan_in products. If its inputs have mean square 1 and its weights the standard
deviation s, its outputs have mean square fan_in * s^2, and a ReLU, which drops one half, keeps
fan_in * s^2 / 2. Through thirty layers that factor acts thirty times: unless it is 1, the signal
explodes or dies. He and others (2015) therefore take

    s = gain / sqrt(fan)        gain = sqrt(2) for a ReLU,

where the gain makes up for what the nonlinearity takes away. A leaky ReLU with slope a on its
negative side keeps (1 + a^2) / 2 of the mean square, so its gain is sqrt(2 / (1 + a^2)).

The fans of a weight of shape (out, in, *kernel): each output adds up fan_in = in * k products,
where k is the number of positions in the kernel (1 for a linear layer), and each input reaches
fan_out = out * k outputs. With fan_in the activations keep their size on the way forward, with
fan_out the gradients do on the way back.

The weights may be normal with standard deviation s, or uniform in [-b, b]. A uniform variable has
the variance b^2 / 3, so b = sqrt(3) * s.

A worked number: a linear layer from 400 to 100 units followed by a ReLU has a weight of shape
(100, 400), so fan_in = 400, s = sqrt(2 / 400) = 0.0707 and b = 0.1225. With fan_out, which is 100,
s would be 0.1414.

Write the three functions. `torch.nn.init` and the layers of `torch.nn`, which call it, are not
allowed. How you draw is up to you, as long as all of it comes from `generator`.
"""

import torch
from torch import Tensor


def gain(nonlinearity: str, negative_slope: float = 0.01) -> float:
    """What the weights before a nonlinearity are scaled up by.

    Args:
        nonlinearity: "linear", "sigmoid", "tanh", "relu" or "leaky_relu".
        negative_slope: the slope a of "leaky_relu" for negative inputs; the others ignore it.

    Returns:
        A Python float: 1 for linear and sigmoid, 5/3 for tanh, sqrt(2) for relu, and
        sqrt(2 / (1 + a^2)) for leaky_relu.

    Raises:
        ValueError: if the name is any other.
    """
    raise NotImplementedError


def kaiming_uniform(
    shape: tuple[int, ...],
    mode: str = "fan_in",
    negative_slope: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """A new weight, uniform in [-b, b] with b = sqrt(3) * gain / sqrt(fan).

    Args:
        shape: (out, in) or (out, in, *kernel).
        mode: "fan_in" or "fan_out", the fan that is used.
        negative_slope: slope of the leaky ReLU that follows; 0 is a plain ReLU.
        generator: source of all randomness; None draws from PyTorch's global generator.

    Returns:
        Independent values in a tensor of that shape, in the default dtype.

    Raises:
        ValueError: if ``mode`` is any other.
    """
    raise NotImplementedError


def kaiming_normal(
    shape: tuple[int, ...],
    mode: str = "fan_in",
    negative_slope: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """A new weight, normal with mean 0 and standard deviation gain / sqrt(fan).

    Args:
        shape: (out, in) or (out, in, *kernel).
        mode: "fan_in" or "fan_out", the fan that is used.
        negative_slope: slope of the leaky ReLU that follows; 0 is a plain ReLU.
        generator: source of all randomness; None draws from PyTorch's global generator.

    Returns:
        Independent values in a tensor of that shape, in the default dtype.

    Raises:
        ValueError: if ``mode`` is any other.
    """
    raise NotImplementedError
