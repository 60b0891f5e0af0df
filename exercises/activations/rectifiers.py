"""ReLU and leaky ReLU: the rectifiers.

A rectifier lets positive numbers pass and stops negative ones. Its slope is exactly 1 wherever it
lets through, so a gradient crosses many layers without shrinking, as it would at the flat ends of
tanh. The price is a slope of 0 on the other side: a unit that is negative for every sample gets no
gradient and can no longer learn. The leaky ReLU keeps a small slope a there.

    relu(x)       = x if x > 0 else 0
    leaky_relu(x) = x if x > 0 else a * x              0 < a < 1

Backward, the gradient from above is multiplied by the slope at x:

    relu:  1 where x > 0, 0 where x <= 0          leaky:  1 where x > 0, a where x <= 0

At exactly 0 there is a kink and no derivative. Any slope between the two sides would do; here, as
in PyTorch, 0 belongs to the negative side.

Worked example: x = [-2, 0, 3], a = 0.1, gradient from above [5, 7, -1]. relu(x) = [0, 0, 3] with
the gradient [0, 0, -1]; leaky_relu(x) = [-0.2, 0, 3] with the gradient [0.5, 0.7, -1].

Write the four functions. Not allowed: torch's own relu and its family (relu6, leaky_relu, prelu,
rrelu, elu, celu, selu, threshold). where, clamp, maximum and masks are fine.
"""

from torch import Tensor


def relu(x: Tensor) -> Tensor:
    """Every positive element as it is, 0 for the others.

    Args:
        x: floats of any shape with at least one axis; it may be a transposed view.

    Returns:
        A new tensor of the shape and dtype of x, through which gradients reach x (what autograd
        makes of x = 0 is not judged). x itself is not modified.
    """
    raise NotImplementedError


def relu_backward(grad_output: Tensor, x: Tensor) -> Tensor:
    """The gradient of a loss with respect to x, where the output was relu(x).

    Args:
        grad_output: gradient of the loss with respect to the output; any shape.
        x: what relu was given, of the same shape; at exactly 0 the slope is 0.

    Returns:
        A new tensor of that shape, differentiable with respect to grad_output. Neither argument is
        modified.
    """
    raise NotImplementedError


def leaky_relu(x: Tensor, negative_slope: float) -> Tensor:
    """Every positive element as it is, negative_slope times the others.

    Args:
        x: floats of any shape with at least one axis; it may be a transposed view.
        negative_slope: the slope on the negative side, more than 0 and less than 1.

    Returns:
        A new tensor of the shape and dtype of x, through which gradients reach x (what autograd
        makes of x = 0 is not judged). x itself is not modified.
    """
    raise NotImplementedError


def leaky_relu_backward(grad_output: Tensor, x: Tensor, negative_slope: float) -> Tensor:
    """The gradient of a loss with respect to x, where the output was leaky_relu(x, negative_slope).

    Args:
        grad_output: gradient of the loss with respect to the output; any shape.
        x: what leaky_relu was given, of the same shape; at exactly 0 the slope is negative_slope.
        negative_slope: the slope on the negative side, more than 0 and less than 1.

    Returns:
        A new tensor of that shape, differentiable with respect to grad_output. Neither argument is
        modified.
    """
    raise NotImplementedError
