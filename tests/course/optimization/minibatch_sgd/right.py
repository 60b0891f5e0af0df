"""Right answers: every valid shuffle, every way to write the update."""

import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, TensorDataset

# %% plain: slices of a permutation, gradient by hand
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator)
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    w = w.clone()
    for _ in range(epochs):
        for b in minibatches(len(X), batch_size, generator):
            w -= lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% autograd_in_place: split, autograd, a parameter updated under no_grad
def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    return list(torch.split(torch.randperm(n, generator=generator), batch_size))


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    w = w.clone().requires_grad_(True)
    for _ in range(epochs):
        for b in minibatches(X.shape[0], batch_size, generator):
            loss = torch.mean((X[b] @ w - y[b]) ** 2)
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                w.grad.zero_()
    return w


# %% keys: argsort of random keys; functional autograd
def minibatches(n, batch_size, generator):
    keys = torch.rand(n, generator=generator)
    order = torch.argsort(keys)
    return tuple(order[i : min(i + batch_size, n)] for i in range(0, n, batch_size))


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            w = w.detach().requires_grad_()
            (g,) = torch.autograd.grad(F.mse_loss(X[b] @ w, y[b]), w)
            w = w - lr * g
    return w.detach()


# %% loader: DataLoader, made anew in every epoch
def minibatches(n, batch_size, generator):
    if not n:
        return []
    loader = DataLoader(torch.arange(n), batch_size=batch_size, shuffle=True, generator=generator)
    return [batch for batch in loader]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        data = DataLoader(TensorDataset(X, y), batch_size, shuffle=True, generator=generator)
        for xb, yb in data:
            w = w - lr * (2 * (xb @ w - yb)[:, None] * xb).mean(0)
    return w


# %% samplers: BatchSampler around RandomSampler; a Dataset of one's own
class Pairs(Dataset):
    def __init__(self, X, y):
        self.X, self.y = X, y

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    sampler = RandomSampler(range(n), generator=generator)
    return [torch.tensor(b) for b in BatchSampler(sampler, batch_size, drop_last=False)]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    loader = DataLoader(Pairs(X, y), batch_size=batch_size, shuffle=True, generator=generator)
    w = w.clone()
    for _ in range(epochs):
        for xb, yb in loader:
            w = w - 2 * lr / len(yb) * (xb.t() @ (xb.mv(w) - yb))
    return w


# %% python_random: random.Random seeded from the generator; Python arithmetic
def minibatches(n, batch_size, generator):
    rng = random.Random(torch.randint(0, 2**31 - 1, (1,), generator=generator).item())
    idx = list(range(n))
    rng.shuffle(idx)
    return [torch.tensor(idx[i : i + batch_size]) for i in range(0, n, batch_size)]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    rows, targets, v = X.tolist(), y.tolist(), w.tolist()
    for _ in range(epochs):
        for batch in minibatches(len(rows), batch_size, generator):
            total = [0.0] * len(v)
            for i in batch.tolist():
                r = sum(a * b for a, b in zip(rows[i], v)) - targets[i]
                total = [t + 2 * r * a for t, a in zip(total, rows[i])]
            v = [a - lr * t / len(batch) for a, t in zip(v, total)]
    return torch.tensor(v)


# %% numpy_permutation: NumPy's permutation, seeded from the generator
def minibatches(n, batch_size, generator):
    seed = int(torch.randint(2**32, (), generator=generator, dtype=torch.int64))
    order = torch.as_tensor(np.random.default_rng(seed).permutation(n), dtype=torch.long)
    return [order[k * batch_size :][:batch_size] for k in range(math.ceil(n / batch_size))]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    A, t, v = X.numpy(), y.numpy(), w.detach().numpy().copy()
    for _ in range(epochs):
        for batch in minibatches(len(t), batch_size, generator):
            i = batch.numpy()
            v = v - lr * 2 * np.mean((A[i] @ v - t[i])[:, None] * A[i], axis=0)
    return torch.from_numpy(v)


# %% fisher_yates: the shuffle written out on a tensor
def minibatches(n, batch_size, generator):
    order = torch.arange(n)
    for i in range(n - 1):
        j = int(torch.randint(i, n, (1,), generator=generator))
        order[[i, j]] = order[[j, i]]
    out = []
    start = 0
    while start < n:
        out.append(order[start : start + batch_size].clone())
        start += batch_size
    return out


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    weights = w.detach().clone()
    for _ in range(epochs):
        batches = minibatches(y.numel(), batch_size, generator)
        while batches:
            b = batches.pop(0)
            error = torch.einsum("nd,d->n", X[b], weights) - y[b]
            weights.sub_(torch.einsum("n,nd->d", error, X[b]), alpha=2 * lr / b.numel())
    return weights


# %% multinomial: draws without replacement; batches taken from the end of the epoch first
def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    order = torch.multinomial(torch.ones(n), n, replacement=False, generator=generator)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        for b in reversed(minibatches(len(y), batch_size, generator)):
            x = X.index_select(0, b)
            w = w - lr * 2 * x.T.matmul(x.matmul(w) - y.index_select(0, b)).div(len(b))
    return w


# %% sorted_batches: the indices of a batch in ascending order
def minibatches(n, batch_size, generator):
    place = torch.randperm(n, generator=generator)
    return [
        torch.nonzero((place >= s) & (place < s + batch_size), as_tuple=True)[0]
        for s in range(0, n, batch_size)
    ]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    grad = torch.func.grad(lambda v, a, b: ((a @ v - b) ** 2).mean())
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            w = w - lr * grad(w, X[b], y[b])
    return w


# %% chunks_by_count: chunk of the full batches and the rest apart; whole data shuffled together
def minibatches(n, batch_size, generator):
    order = torch.randperm(n, generator=generator)
    full = n // batch_size * batch_size
    out = list(order[:full].view(-1, batch_size))
    return out + [order[full:]] if full < n else out


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    data = torch.cat([X, y[:, None]], dim=1)
    for _ in range(epochs):
        data = data[torch.randperm(len(data), generator=generator)]
        for part in data.split(batch_size):
            a, b = part[:, :-1], part[:, -1]
            w = w - 2 * lr * (a * (a @ w - b).unsqueeze(1)).sum(0) / part.shape[0]
    return w


# %% all_epochs_first: all shuffles are drawn before the first update
def minibatches(n, batch_size, generator):
    normal = torch.randn(n, generator=generator)
    return [*normal.sort(descending=True).indices.split(batch_size)] if n > 0 else []


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    plan = [b for _ in range(epochs) for b in minibatches(len(y), batch_size, generator)]
    for b in plan:
        Xb, yb = X[b], y[b]
        w = w - lr * ((2 / len(b)) * (Xb.T @ Xb @ w - Xb.T @ yb))
    return w


# %% removal: draws one index after another out of those left
def minibatches(n, batch_size, generator):
    left, out = list(range(n)), []
    while left:
        batch = []
        while left and len(batch) < batch_size:
            batch.append(left.pop(int(torch.randint(len(left), (1,), generator=generator))))
        out.append(torch.LongTensor(batch))
    return out


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    w = torch.nn.Parameter(w.clone())
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            w.grad = None
            F.mse_loss(X[b] @ w, y[b], reduction="sum").div(len(b)).backward()
            w.data.add_(w.grad, alpha=-lr)
    return w


# %% comprehension: one expression for the batches; recursion over the batches
def minibatches(n, batch_size, generator):
    p = torch.randperm(n, generator=generator).tolist()
    return [torch.tensor(p[i::1][:batch_size]) for i in range(0, n, batch_size)]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    def run(v, batches):
        if not batches:
            return v
        b = batches[0]
        return run(v - lr * 2 * ((X[b] @ v - y[b]) @ X[b]) / len(b), batches[1:])

    for _ in range(epochs):
        w = run(w, minibatches(len(y), batch_size, generator))
    return w


# %% sampler: torch's BatchSampler


def minibatches(n, batch_size, generator):
    from torch.utils.data import BatchSampler, RandomSampler

    if n == 0:
        return []
    s = RandomSampler(range(n), generator=generator)
    return [torch.tensor(b) for b in BatchSampler(s, batch_size, drop_last=False)]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        for idx in minibatches(X.shape[0], batch_size, generator):
            xb, yb = X[idx], y[idx]
            w = w - lr * (xb * (2 * (xb @ w - yb)).unsqueeze(1)).mean(0)
    return w


# %% multinomial_and_splits: multinomial without replacement


def minibatches(n, batch_size, generator):
    if n == 0:
        return ()
    p = torch.multinomial(torch.ones(n), n, replacement=False, generator=generator)
    return tuple(p[i : i + batch_size] for i in range(0, n, batch_size))


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    w = w.clone()
    for _ in range(epochs):
        perm = torch.randperm(len(y), generator=generator)
        Xs, ys = X[perm], y[perm]
        for xb, yb in zip(Xs.split(batch_size), ys.split(batch_size)):
            w -= lr * 2 * xb.T @ (xb @ w - yb) / yb.shape[0]
    return w


# %% seeds_from_it: draws seeds from the generator, shuffles with another


def minibatches(n, batch_size, generator):
    seed = int(torch.empty((), dtype=torch.int64).random_(generator=generator))
    own = torch.Generator().manual_seed(seed)
    order = torch.randperm(n, generator=own)
    return [order[k : k + batch_size].clone() for k in range(0, n, batch_size)]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    batches = [b for _ in range(epochs) for b in minibatches(len(X), batch_size, generator)]
    v = w.clone().requires_grad_(True)
    for b in batches:
        v.grad = None
        torch.nn.functional.mse_loss(X[b] @ v, y[b]).backward()
        v.data -= lr * v.grad
    return v.detach()
