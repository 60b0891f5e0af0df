"""Mini-batch stochastic gradient descent. My answer."""

import torch
from torch import Tensor


def minibatches(n: int, batch_size: int, generator: torch.Generator) -> list[Tensor]:
    order = torch.randperm(n, generator=generator)
    batches = []
    for start in range(0, n, batch_size):
        batches.append(order[start : start + batch_size])
    return batches


def minibatch_sgd(
    X: Tensor,
    y: Tensor,
    w: Tensor,
    lr: float,
    batch_size: int,
    epochs: int,
    generator: torch.Generator,
) -> Tensor:
    w = w.clone()
    for epoch in range(epochs):
        for batch in minibatches(len(X), batch_size, generator):
            error = X[batch] @ w - y[batch]
            # mean over the batch
            grad = 2 * X[batch].T @ error / batch_size
            w = w - lr * grad
    return w
