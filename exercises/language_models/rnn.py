"""Recurrent network: one small step, taken once for every token.

A sentence may have any length, but a layer has a fixed number of weights. A recurrent network
reads one token at a time and keeps what it has seen so far in a state of H numbers; the same
weights turn the old state and the new token into the next state. That makes it as deep in time as
the sentence is long, and is why its steps must be taken one after the other: step t needs the state
of step t - 1. The sentences of a batch, however, do not depend on each other and go side by side.

With x_t the input at time t and h_(t-1) the state before it:

    h_t = tanh(W_ih x_t + W_hh h_(t-1) + b)

Worked example with E = H = 1: w_ih = 0.5, w_hh = 0.8, b = 0.1, inputs 1 then 0, initial state 0.
h_1 = tanh(0.5 * 1 + 0.8 * 0 + 0.1) = 0.5370 and h_2 = tanh(0.5 * 0 + 0.8 * 0.5370 + 0.1) = 0.4851.
The second input says nothing; what is left in h_2 is a memory of the first.

Write the step for a whole batch, then the loop over time.
"""

from torch import Tensor


def rnn_step(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b: Tensor) -> Tensor:
    """One step of the network, for a batch.

    Args:
        x: inputs at one time, floats of shape (B, E).
        h: states before the step, shape (B, H).
        w_ih: weights from the input, shape (H, E).
        w_hh: weights from the previous state, shape (H, H); row i makes unit i of the new state.
        b: the one bias of the step, shape (H,).

    Returns:
        The new states tanh(x W_ih^T + h W_hh^T + b): a new tensor of shape (B, H) and the dtype of
        x. Gradients reach all five arguments, none of which is modified.

    Not allowed: torch's RNN and RNNCell, and the functions they are made of.
    """
    raise NotImplementedError


def unroll(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Runs the network over a batch of sequences, from the first time to the last.

    Args:
        x: inputs, floats of shape (B, T, E), T at least 1; x[:, t, :] are the inputs at time t.
        h: states before the first step, shape (B, H). They need not be zero: a long text may be
            read in windows, each starting from the state in which the last one ended.
        w_ih: as for `rnn_step`.
        w_hh: as for `rnn_step`.
        b: as for `rnn_step`.

    Returns:
        The pair (outputs, h). outputs has shape (B, T, H), and outputs[:, t] is the state after
        x[:, t] was read; h, of shape (B, H), is the state after the last step. Gradients flow back
        through all steps to all five arguments, none of which is modified.

    Not allowed: torch's RNN and RNNCell, and the functions they are made of.
    """
    raise NotImplementedError
