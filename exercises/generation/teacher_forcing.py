"""Teacher forcing: learn from the right prefix, speak from your own.

A model that writes one token at a time reads, at every position, the tokens before it. Which ones?
In training the right ones are known, and are fed whatever the model would have said: one early slip
does not spoil the rest of the sentence, and every position has something to learn. This is teacher
forcing. In use nobody knows the right ones, so the model reads what it chose itself: it runs free,
and must live with its own mistakes, which it has never seen in training.

The model is handed over as a step: it is fed one token per sequence and the state that came out of
the call before, and gives the logits of the next token and a new state:

    logits, state = step(token, state)        token (B,) LongTensor, logits (B, V)

Both functions call it once per position, starting with the state they are given and with bos, the
token that begins every sequence. They differ only in what is fed next:

    t                  0      1               2               3
    teacher_forced     bos    targets[:, 0]   targets[:, 1]   targets[:, 2]
    free_running       bos    choice 0        choice 1        choice 2

Where choice t is the token with the largest logit at t. The logits at t are the prediction of
targets[:, t], which must not be fed before it was predicted.

Worked example: a model that always predicts the number after the one it reads, and bos = 0. With
targets 5, 2, 7 teacher forcing feeds 0, 5, 2, and the largest logits are those of 1, 6, 3. Running
free for three steps, it is fed 0, 1, 2 and chooses 1, 2, 3.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor


def teacher_forced(
    step: Callable[[Tensor, Any], tuple[Tensor, Any]], state: Any, bos: Tensor, targets: Tensor
) -> Tensor:
    """The logits at every position, when the right tokens are fed.

    Args:
        step: called as `logits, state = step(token, state)`; its token is a LongTensor (B,), its
            logits are floats (B, V).
        state: the state before bos is read. What is in it is the model's business: pass on to the
            next call what came out of the last one.
        bos: the tokens that begin the sequences, LongTensor (B,).
        targets: the right tokens, LongTensor (B, T), T at least 1.

    Returns:
        The logits, (B, T, V), in the dtype in which step gives them. Those at [:, t] come from
        feeding bos (t = 0) or targets[:, t - 1]. It may run under torch.no_grad().
    """
    raise NotImplementedError


def free_running(
    step: Callable[[Tensor, Any], tuple[Tensor, Any]], state: Any, bos: Tensor, length: int
) -> Tensor:
    """The tokens that the model chooses when it reads its own choices.

    Args:
        step: as above.
        state: as above.
        bos: as above.
        length: how many tokens each sequence gets, an int from 1.

    Returns:
        The chosen tokens, LongTensor (B, length), without bos. Each is the one with the largest
        logit, and is fed to the next call. It may run under torch.no_grad().
    """
    raise NotImplementedError
