"""Perplexity: among how many words is the model still choosing?

A language model gives each next token a probability. Its surprise at a token, the negative
log-likelihood -log p, is 0 if the model was certain of it and grows as p shrinks. Perplexity is
the exponential of the mean surprise per token:

    perplexity = exp( (1 / N) * sum of -log p(token) )        over the N tokens that count

It reads as a number of choices: a model that spreads its belief evenly over k words has
perplexity k, and 1 would be perfect.

Two things go wrong in practice. Sentences of different lengths are padded to one length; padding
is no text, so those places (where the target is `ignore_index`) enter neither the sum nor N. And
the mean is taken over *tokens*, not over sentences or batches: first add everything up, then
divide once, then exponentiate once.

Worked example: one sentence has a single token with p = 1/2, another has three tokens with
p = 1/8 each. The surprises are log 2 and three times log 8, together log 2 + 9 log 2 = 10 log 2,
over 4 tokens: perplexity = 2 ** (10 / 4) = 5.657. (The mean of the two sentences' own
perplexities, (2 + 8) / 2 = 5, is not it.)

What you get are logits, not probabilities. Logits may be as large as 1e4, and exp(1e4) is
infinite in float64: go from logits to log-probabilities in one stable step.
"""

from torch import Tensor


def perplexity(logits: Tensor, targets: Tensor, ignore_index: int = -100) -> Tensor:
    """The perplexity of one batch: exp of the mean negative log-likelihood per counted token.

    Args:
        logits: unnormalised log-probabilities, floats of shape (..., V): (B, T, V) for a batch of
            sentences, (N, V) for a row of tokens, (V,) for a single one.
        targets: the tokens that really came, int64 of shape (...), each in 0 ... V - 1 or equal
            to `ignore_index`. They are already aligned with the logits: do not shift.
        ignore_index: the target that marks padding. It may be negative or the id of a token, and
            the logits there may be anything. At least one token counts.

    Returns:
        A 0-d tensor of the dtype of the logits, which carries their gradient.
    """
    raise NotImplementedError


def corpus_perplexity(batches: list[tuple[Tensor, Tensor]], ignore_index: int = -100) -> Tensor:
    """The perplexity of a corpus that comes in batches; every counted token weighs the same.

    Args:
        batches: pairs (logits, targets), each as for `perplexity`. Their sizes and lengths
            differ, and a batch may hold no counted token, or no token at all: it adds nothing.
            At least one token of the corpus counts.
        ignore_index: as for `perplexity`.

    Returns:
        A 0-d tensor of the dtype of the logits, which carries the gradient of all of them.
    """
    raise NotImplementedError
