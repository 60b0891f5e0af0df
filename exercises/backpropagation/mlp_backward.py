"""Backpropagation by hand: the gradients of a small network.

Backpropagation is the chain rule, applied from the loss back to the input: each layer takes the
gradient of what it returned and turns it into the gradients of its parameters and of what it was
given. Here you write it for a network with one hidden layer, without autograd: once in a lifetime
one should have seen that there is no magic in it, and where each transpose comes from.

Forward, for a batch of B samples, and the loss (the mean cross-entropy):

    z      = x @ w1.T + b1                      (B, H)   before the ReLU
    h      = relu(z)                            (B, H)
    logits = h @ w2.T + b2                      (B, C)
    loss   = mean over the batch of -log(softmax(logits)[target])

Backward, d_a meaning d loss / d a, in this order:

    d_logits = (softmax(logits) - one_hot(targets)) / B
    d_w2 = d_logits.T @ h      d_b2 = d_logits summed over the batch      d_h = d_logits @ w2
    d_z  = d_h where z > 0, and 0 elsewhere
    d_w1 = d_z.T @ x           d_b1 = d_z summed over the batch           d_x = d_z @ w1

A gradient always has the shape of what it belongs to: that alone tells what must be transposed.

Worked example: x = [[1, 2]], targets = [0], w1 = [[1, 0], [0, -1]], b1 = 0, w2 = [[1, 0], [0, 1]],
b2 = 0. Then z = [[1, -2]], h = [[1, 0]], logits = [[1, 0]], softmax = [[0.7311, 0.2689]] and
d_logits = d_h = [[-0.2689, 0.2689]]. The ReLU lets the first through: d_z = [[-0.2689, 0]],
d_w1 = [[-0.2689, -0.5379], [0, 0]], d_x = [[-0.2689, 0]].
"""

from torch import Tensor


def mlp_backward(
    x: Tensor, targets: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> dict[str, Tensor]:
    """The gradients of the mean cross-entropy of ``relu(x @ w1.T + b1) @ w2.T + b2``, by hand.

    The ReLU's derivative at exactly 0 is 0. Logits of 1000 or -1000 must do no harm: subtract the
    largest logit of each row before you take exponentials, or use torch.softmax.

    Args:
        x: the batch, floats of shape (B, I).
        targets: the right class of each sample, int64 of shape (B,), each from 0 to C - 1. Some
            classes may be nobody's target.
        w1: weights of the hidden layer, floats of shape (H, I).
        b1: its bias, shape (H,).
        w2: weights of the output layer, floats of shape (C, H).
        b2: its bias, shape (C,).

    Returns:
        A dict with the keys "w1", "b1", "w2", "b2" and "x": the gradient of the loss with respect
        to each, of the same shape and dtype as the tensor itself. The arguments stay as they are.

    Not allowed: autograd in any form (backward, torch.autograd.grad, torch.func.grad and its
    relatives). ``torch.no_grad`` is fine; so are softmax, one_hot and all of torch's forward
    functions.
    """
    raise NotImplementedError
