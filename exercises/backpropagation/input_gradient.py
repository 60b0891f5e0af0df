"""The gradient with respect to the input, and nothing else touched.

Training asks for the gradients of the weights. The gradient of the *input* answers other
questions: which pixels a decision hangs on (saliency), in which direction a picture must change to
fool a network (adversarial examples), how fast a learnt function changes. The network is then only
looked at: its weights must not move, and nothing may be left behind in their `.grad`, where the
next optimiser step would find it.

Autograd gives gradients for tensors that require them. A tensor made by hand is a leaf and does
not require grad unless it is told to; the caller's x does not, and has to be returned as it came.
`x.detach()` makes a new leaf that shares x's values: that one may require grad as it likes.

Two ways to ask for a gradient:

    loss.backward()                     adds a gradient to .grad of every leaf that requires one
    torch.autograd.grad(loss, inputs)   returns the gradients of inputs, and writes nowhere

For y = tanh(x @ w.T + b), the sum over all of y has the gradient (1 - y**2) @ w.

Worked example: x = [[1, 2]], w = [[0.5, 0]], b = [0]. Then y = [[tanh(0.5)]] = [[0.4621]], and the
gradient is (1 - 0.4621**2) * [0.5, 0] = [[0.3932, 0]].
"""

from torch import Tensor


def input_gradient(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """The gradient of ``tanh(x @ w.T + b).sum()`` with respect to x.

    Args:
        x: the batch, floats of shape (B, I). It comes without requires_grad and must leave without
            it, and without a ``.grad``.
        w: weights, floats of shape (O, I), which require grad. Their ``.grad`` is None, or a
            gradient from before; either way it must be the same after the call.
        b: bias, floats of shape (O,); requires grad, and the same holds for its ``.grad``.

    Returns:
        A tensor of the shape (B, I) and the dtype of x: row i is the gradient for sample i.
        Whether it requires grad itself does not matter.

    Everything is allowed: autograd in any form, or the formula.
    """
    raise NotImplementedError
