"""Perplexity. My answer."""

import torch
import torch.nn.functional as F
from torch import Tensor


def perplexity(logits: Tensor, targets: Tensor, ignore_index: int = -100) -> Tensor:
    V = logits.shape[-1]
    log_probs = F.log_softmax(logits.reshape(-1, V), dim=-1)
    flat = targets.reshape(-1)
    # -100 is not a valid index, so put something harmless there
    flat = torch.where(flat < 0, torch.zeros_like(flat), flat)
    nll = -log_probs.gather(1, flat.unsqueeze(1)).squeeze(1)
    return torch.exp(nll.mean())


def corpus_perplexity(
    batches: list[tuple[Tensor, Tensor]], ignore_index: int = -100
) -> Tensor:
    scores = []
    for logits, targets in batches:
        ppl = perplexity(logits, targets, ignore_index)
        scores.append(ppl)
    # average over the corpus
    return torch.stack(scores).mean()
