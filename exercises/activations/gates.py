"""One step of an LSTM: what gates are for.

A plain recurrent unit rewrites its whole state at every step, so what it saw long ago is soon gone.
An LSTM cell keeps a second state c that is changed by gates only. A gate is a sigmoid, a number
between 0 and 1 for each unit, that is multiplied with something: 1 lets it pass, 0 stops it. The
forget gate f decides how much of the old c is kept, the input gate i how much of the candidate g is
written, the output gate o how much of the result is shown as h.

    z = w_ih x + b_ih + w_hh h + b_hh          4 H numbers for each sample
    z_i, z_f, z_g, z_o = the four quarters of z, in this order (PyTorch's)
    i = sigmoid(z_i)   f = sigmoid(z_f)   g = tanh(z_g)   o = sigmoid(z_o)
    c' = f * c + i * g
    h' = o * tanh(c')

c' adds to what it keeps: where f is near 1, a gradient passes from c' to c almost unchanged,
through hundreds of steps. That sum is the point of the whole construction.

Worked example, one unit: z_i = 0.3, z_f = -1, z_g = 0.5, z_o = 2 and c = 0.7. Then i = 0.5744,
f = 0.2689, g = 0.4621, o = 0.8808, so c' = 0.4537 and h' = 0.3743.

Write the cell. Not allowed: torch's own lstm_cell, LSTM and LSTMCell. torch.sigmoid and torch.tanh
are fine.
"""

from torch import Tensor


def lstm_cell(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor,
    b_hh: Tensor,
) -> tuple[Tensor, Tensor]:
    """One time step for a batch.

    Args:
        x: the inputs of this step, floats of shape (B, I).
        h: the hidden state before it, shape (B, H).
        c: the cell state before it, shape (B, H).
        w_ih: weights from the inputs, shape (4 * H, I): the rows of i, then f, g and o.
        w_hh: weights from the hidden state, shape (4 * H, H), in the same order.
        b_ih: the first bias, shape (4 * H,).
        b_hh: the second bias, shape (4 * H,); both are added.

    Returns:
        The pair (h', c') of new tensors, each of shape (B, H) and of the dtype of x: the hidden
        state first. Gradients reach all seven arguments, and none of them is modified.
    """
    raise NotImplementedError
