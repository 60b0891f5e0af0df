"""Conditional language model: write a text that answers another one.

A translator also predicts one token after the other, but under a condition: the sentence it
translates. Two recurrent networks share the work. The encoder reads the source and ends in a state
that sums it up; the decoder is a language model of the target that starts from this state instead
of zero. Nothing else passes between them, so the state must come from the right place.

That place is the last real token. Sources of one batch differ in length and are padded to the
longest; a padded position is read like any token if you let it, and each one blurs the state. Which
positions are padding is told by the lengths alone: the id that fills them is a valid token, and may
stand inside a sentence too.

    encoder:  e_0 = 0,            e_s = tanh(W_ih x_s + W_hh e_(s-1) + b)        weights encoder.*
    decoder:  d_0 = e_(length),   d_t = tanh(W_ih y_t + W_hh d_(t-1) + b)        weights decoder.*
    logits_t = W_out d_t + b_out

Worked example with E = H = 1, biases 0, encoder weights w_ih = 1, w_hh = 0.5, decoder weights
w_ih = -1, w_hh = 2. The source is one token of embedding 1, padded by one more of the same: after
the real token the encoder's state is tanh(1) = 0.7616, after the padding it would be 0.8810. The
target's first token has embedding 0.5: the decoder's first state is tanh(-0.5 + 2 * 0.7616) =
0.7712, and not 0.8517.
"""

from torch import Tensor


def conditional_logits(
    source: Tensor, source_lengths: Tensor, target: Tensor, parameters: dict[str, Tensor]
) -> Tensor:
    """The logits for the next target token at every position, given the source.

    Args:
        source: int64 of shape (B, S), each id in 0 ... V - 1, padding included.
        source_lengths: int64 of shape (B,), how many tokens of each source are real, from 1 to S,
            in no particular order; S may be larger than all of them.
        target: int64 of shape (B, T), T at least 1, what the decoder reads; already in place (do
            not shift it), and not padded.
        parameters: floats, by name: `embedding` (V, E), for source and target; `encoder.w_ih`
            (H, E), `encoder.w_hh` (H, H), `encoder.b` (H,), and the same with `decoder.`; `w_out`
            (V, H), `b_out` (V,).

    Returns:
        Logits (not probabilities) of shape (B, T, V) and the dtype of the parameters; those at t
        depend on the real tokens of the source and on the target's tokens 0 ... t. Gradients reach
        all nine parameters, the encoder's through the state; nothing is modified, and nothing is
        drawn at random: a fresh nn.RNN or nn.Embedding would draw weights that nobody asked for.
    """
    raise NotImplementedError
