"""Gradients of what lies between: hidden values, leaves, retain_grad and hooks.

Autograd computes the gradient of every value on the way from the loss to the leaves, and throws
most of them away: after backward(), only leaves that require grad have a .grad. Whoever wants to
see the gradient of a hidden value, to find out where it vanishes or explodes, has to ask for it
before the backward pass runs.

Three ways to ask, for an intermediate h of a graph:

    h.retain_grad()                  then backward() fills h.grad as if h were a leaf
    h.register_hook(seen.append)     the function is called with the gradient when it is computed
    torch.autograd.grad(loss, h)     returns it, and writes nowhere

The graph must exist for that: h is part of one only if something before it requires grad.

Here h = tanh(x @ w1.T), of shape (B, H), and loss = the mean of all entries of (h @ w2.T)**2. The
chain rule says, with N = B * O the number of those entries,

    d loss / d h = 2 / N * (h @ w2.T) @ w2                 d loss / d x = (d_h * (1 - h**2)) @ w1

Worked example: x = [[1, 2]], w1 = [[0.5, 0]], w2 = [[1], [2]]. Then h = [[0.4621]],
loss = 0.5339, d_h = [[2.3106]], and d_x = [[0.9086, 0]].
"""

from torch import Tensor


def hidden_gradients(x: Tensor, w1: Tensor, w2: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of ``loss = (h @ w2.T).pow(2).mean()`` for ``h = tanh(x @ w1.T)``.

    No argument requires grad or has a ``.grad``, and all must leave the function like that: work
    on ``x.detach()`` if you need a leaf that requires grad.

    Args:
        x: the batch, floats of shape (B, I).
        w1: weights of the hidden layer, floats of shape (H, I).
        w2: weights of the output layer, floats of shape (O, H).

    Returns:
        A pair (dh, dx): d loss / d h, of shape (B, H), where h is what comes *out of* tanh; and
        d loss / d x, of shape (B, I). Both have the dtype of x. Whether they require grad
        themselves does not matter.

    Everything is allowed: autograd in any form, or the formula.
    """
    raise NotImplementedError
