"""Language model: at every position, which token comes next?

A language model reads a text from left to right and bets on each next token before it sees it. Each
token id picks a row of the embedding; a recurrent network turns these rows into states, and a last
linear layer turns the state into V logits, one per token of the vocabulary. Training needs no
labels: the text itself, moved by one position, is the answer. For that the model must be honest.
The logits at position t may depend on the tokens up to and including t, never on later ones.

    x_t = embedding[token_t]
    h_t = tanh(W_ih x_t + W_hh h_(t-1) + b)              h before the first token is zero
    logits_t = W_out h_t + b_out

    loss = mean over sentences and t = 0 ... T-2 of -log softmax(logits_t)[token_(t+1)]

T tokens give T - 1 bets that can be settled: the logits at the last position speak of a token that
is not in the batch, and nobody predicts the first one.

Worked example: tokens [0, 1, 1] of a vocabulary of many, and a model that gives token 1 the
probability 1/2 after [0], and 1/8 after [0, 1]. The loss is (log 2 + log 8) / 2 = 2.0794 - 0.6931
= 1.3863, whatever the logits at the last position are.

Write the model, then its loss.
"""

from torch import Tensor


def lm_logits(tokens: Tensor, parameters: dict[str, Tensor]) -> Tensor:
    """The logits for the next token at every position.

    Args:
        tokens: int64 of shape (B, T), T at least 1, each in 0 ... V - 1; every id is a real token.
        parameters: floats, by name: `embedding` (V, E), `w_ih` (H, E), `w_hh` (H, H), `b` (H,),
            `w_out` (V, H), `b_out` (V,).

    Returns:
        Logits (not probabilities) of shape (B, T, V) and the dtype of the parameters; those at t
        come from the tokens 0 ... t of the same sentence. The state before the first token is zero.
        Gradients reach all six parameters, through all steps; nothing is modified, and nothing is
        drawn at random: a fresh nn.RNN or nn.Embedding would draw weights that nobody asked for.
    """
    raise NotImplementedError


def lm_loss(logits: Tensor, tokens: Tensor) -> Tensor:
    """The mean cross-entropy of the logits at t against the token at t + 1, in nats.

    Args:
        logits: floats of shape (B, T, V), as `lm_logits` gives them for these tokens: they are not
            shifted yet.
        tokens: int64 of shape (B, T), T at least 2, each in 0 ... V - 1; all of them count.

    Returns:
        A 0-d tensor of the dtype of the logits: the mean over all B * (T - 1) predictions, which
        carries their gradient.
    """
    raise NotImplementedError
