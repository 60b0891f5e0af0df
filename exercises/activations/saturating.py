"""Sigmoid and tanh: the saturating activations.

Both squash any number into a short interval: the sigmoid into (0, 1), where it can stand for a
probability or a gate, and tanh into (-1, 1), around 0. Far from 0 they are flat. That is what
saturation means, and it has two consequences: hardly any gradient comes back, and a formula that
takes exp of a large number overflows on the way to a harmless answer.

    sigmoid(x) = 1 / (1 + exp(-x))
    tanh(x)    = (exp(x) - exp(-x)) / (exp(x) + exp(-x)) = 2 * sigmoid(2 * x) - 1

In float64 exp overflows to inf from x = 710 on. Then inf / inf is NaN, and so is 0 * inf, which
is what autograd meets inside 1 / (1 + exp(-x)) at x = -1000: the value there is right (0), the
gradient is NaN. Find a form in which no exp of a large positive number is ever taken, and mind that
torch.where does not help by itself: the gradient of the branch that was not taken is multiplied
by 0, and 0 * NaN is NaN.

The derivatives need only the output y, so that is what a layer keeps for the way back:

    sigmoid'(x) = y * (1 - y)           tanh'(x) = 1 - y**2

Worked example, x = 2: sigmoid(2) = 0.8808 with the derivative 0.1050, tanh(2) = 0.9640 with the
derivative 0.0707. At x = 0 the derivatives are largest: 1/4 and 1.

Write the four functions. Not allowed: torch's own sigmoid and tanh, and what is built on them or
does the same work under another name (logsigmoid, softplus, softmax, log_softmax, silu, gelu, mish,
glu and their kind). exp, expm1, log, log1p, where, clamp and logaddexp are fine.
"""

from torch import Tensor


def sigmoid(x: Tensor) -> Tensor:
    """The sigmoid of every element.

    Args:
        x: floats of any shape with at least one axis; values from -1e4 to 1e4. It may be a
            transposed view.

    Returns:
        A new tensor of the shape and dtype of x: right to full precision, never NaN or inf, and so
        is its gradient with respect to x, for all those values and for x = 0 too (there the
        gradient is 1/4). x itself is not modified.
    """
    raise NotImplementedError


def sigmoid_backward(grad_output: Tensor, output: Tensor) -> Tensor:
    """The gradient of a loss with respect to x, where output = sigmoid(x).

    Args:
        grad_output: gradient of the loss with respect to output; any shape.
        output: what sigmoid returned (not x), of the same shape.

    Returns:
        A new tensor of that shape: grad_output times the derivative, element by element. Neither
        argument is modified. Like everything in this course it stays differentiable: gradients
        reach grad_output and output.
    """
    raise NotImplementedError


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent of every element.

    Args:
        x: floats of any shape with at least one axis; values from -1e4 to 1e4. It may be a
            transposed view.

    Returns:
        A new tensor of the shape and dtype of x: never NaN or inf, right within rounding of 1, and
        so is its gradient with respect to x, for all those values and for x = 0 too (there the
        gradient is 1). x itself is not modified.
    """
    raise NotImplementedError


def tanh_backward(grad_output: Tensor, output: Tensor) -> Tensor:
    """The gradient of a loss with respect to x, where output = tanh(x).

    Args:
        grad_output: gradient of the loss with respect to output; any shape.
        output: what tanh returned (not x), of the same shape.

    Returns:
        A new tensor of that shape: grad_output times the derivative, element by element. Neither
        argument is modified. Like everything in this course it stays differentiable: gradients
        reach grad_output and output.
    """
    raise NotImplementedError
