"""Greedy decoding: take the most likely token, feed it back, stop at the end.

A language model gives the odds of the next token only. To write a sequence you choose a token, feed
it to the model, and ask again. The greedy choice is the token with the largest logit: cheap,
repeatable, and often good enough, though the most likely sequence may begin with another token. Two
things end a sequence: the model chooses eos, the token that says "I am done", or max_length is
reached, since a model may never say so.

The state is what makes this cheap: it holds all that was read, so each token is fed exactly once.
Reading the whole prefix again for every new token gives the same answer, but 1 + 2 + ... + T calls
for T tokens: the cost grows with T**2 instead of T. At T = 1000 that is 500 500 calls for 1000.

The model is handed over as a step, for a batch of one sequence:

    logits, state = step(token, state)        token (1,) LongTensor, logits (1, V)

Worked example: a model that always predicts the number after the one it reads, bos = 3, eos = 7.

    fed        3   4   5   6
    chosen     4   5   6   7, which is eos            the answer is [4, 5, 6]

With max_length = 2 it is [4, 5]; with max_length = 3 it is [4, 5, 6], without having met eos.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor


def greedy_decode(
    step: Callable[[Tensor, Any], tuple[Tensor, Any]],
    state: Any,
    bos: int,
    eos: int,
    max_length: int,
) -> list[int]:
    """The tokens that the model writes when the most likely one is always taken.

    Args:
        step: called as `logits, state = step(token, state)`; its token is a LongTensor (1,), its
            logits are floats (1, V). One call per token: nothing is fed twice.
        state: the state before bos is read. What is in it is the model's business: pass on to the
            next call what came out of the last one.
        bos: the token that is fed first, an int. It is no part of the answer.
        eos: the token that ends the sequence when it is chosen, an int other than bos. It is no
            part of the answer either, and step is not called after it.
        max_length: the most tokens that are returned, an int from 0.

    Returns:
        The chosen tokens, a list of Python ints. It may run under torch.no_grad().
    """
    raise NotImplementedError
