"""Right answers: both layers trained together, rows counted greedily."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


# %% plain: gradients by hand, a list of rows
def train_two_layer(X, y, w1, w2, lr, steps):
    n = X.shape[0]
    for _ in range(steps):
        h = torch.tanh(X @ w1.T)
        e = 2 * (h @ w2 - y) / n
        g2 = h.T @ e
        g1 = ((e[:, None] * w2[None, :]) * (1 - h**2)).T @ X
        w1 = w1 - lr * g1
        w2 = w2 - lr * g2
    return w1, w2


def distinct_units(weight):
    seen = []
    for row in weight:
        for other in seen:
            if torch.max(torch.abs(row - other)) <= 1e-9:
                break
        else:
            seen.append(row)
    return len(seen)


# %% backward: leaves, backward and no_grad
def train_two_layer(X, y, w1, w2, lr, steps):
    w1 = w1.clone().detach().requires_grad_(True)
    w2 = w2.clone().detach().requires_grad_(True)
    for _ in range(steps):
        loss = ((torch.tanh(X @ w1.T) @ w2 - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w1 -= lr * w1.grad
            w2 -= lr * w2.grad
        w1.grad.zero_()
        w2.grad.zero_()
    return w1.detach(), w2.detach()


def distinct_units(weight):
    count = 0
    kept = torch.empty(0, weight.shape[1])
    for row in weight:
        if len(kept) == 0 or ((kept - row).abs().max(dim=1).values > 1e-9).all():
            kept = torch.cat([kept, row[None]])
            count += 1
    return count


# %% autograd_grad: torch.autograd.grad of both at once
def train_two_layer(X, y, w1, w2, lr, steps):
    ws = [w1.detach(), w2.detach()]
    for _ in range(steps):
        ws = [w.detach().requires_grad_() for w in ws]
        loss = F.mse_loss(torch.tanh(F.linear(X, ws[0])) @ ws[1], y)
        ws = [w - lr * g for w, g in zip(ws, torch.autograd.grad(loss, ws))]
    return tuple(w.detach() for w in ws)


def distinct_units(weight):
    far = torch.cdist(weight, weight, p=float("inf")) > 1e-9
    chosen = []
    for i in range(weight.shape[0]):
        if all(far[i, j] for j in chosen):
            chosen.append(i)
    return len(chosen)


# %% numpy: arrays all the way
def train_two_layer(X, y, w1, w2, lr, steps):
    X, y = X.numpy(), y.numpy()
    a, b = w1.detach().numpy().copy(), w2.detach().numpy().copy()
    for _ in range(steps):
        h = np.tanh(X @ a.T)
        e = 2.0 / len(y) * (h @ b - y)
        da = (np.outer(e, b) * (1 - h * h)).T @ X
        db = e @ h
        a -= lr * da
        b -= lr * db
    return torch.from_numpy(a), torch.from_numpy(b)


def distinct_units(weight):
    w = weight.detach().numpy()
    kept = []
    for row in w:
        if not kept or np.abs(np.stack(kept) - row).max(axis=1).min() > 1e-9:
            kept.append(row)
    return len(kept)


# %% functional: torch.func.grad, taking rows away
def train_two_layer(X, y, w1, w2, lr, steps):
    def loss(weights):
        return (torch.tanh(X @ weights[0].T) @ weights[1] - y).square().mean()

    weights = (w1.clone(), w2.clone())
    for _ in range(steps):
        grads = torch.func.grad(loss)(weights)
        weights = tuple(w - lr * g for w, g in zip(weights, grads))
    return weights


def distinct_units(weight):
    units = 0
    rest = weight
    while rest.shape[0] > 0:
        units += 1
        rest = rest[((rest - rest[:1]).abs() > 1e-9).any(dim=1)]
    return units


# %% unit_by_unit: loops over units and samples
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.stack([torch.tanh(X @ row) for row in w1], dim=1)
        e = (h * w2).sum(1) - y
        g1 = torch.zeros_like(w1)
        g2 = torch.zeros_like(w2)
        for j in range(len(w2)):
            g2[j] = 2 * (e * h[:, j]).mean()
            g1[j] = (2 * (e * w2[j] * (1 - h[:, j] ** 2))[:, None] * X).mean(0)
        w1, w2 = w1 - lr * g1, w2 - lr * g2
    return w1, w2


def distinct_units(weight):
    rows = weight.tolist()
    kept = []
    for row in rows:
        if all(max(abs(a - b) for a, b in zip(row, other)) > 1e-9 for other in kept):
            kept.append(row)
    return len(kept)


# %% parameters: nn.Parameter, a list as answer would not do but a tuple of parameters does
def train_two_layer(X, y, w1, w2, lr, steps):
    first, second = nn.Parameter(w1.detach().clone()), nn.Parameter(w2.detach().clone())
    for _ in range(steps):
        first.grad = second.grad = None
        nn.MSELoss()(torch.tanh(X.matmul(first.t())).matmul(second), y).backward()
        first.data.sub_(lr * first.grad)
        second.data.add_(second.grad, alpha=-lr)
    return first, second


def distinct_units(weight):
    kept = []
    for row in weight:
        if not any(torch.allclose(row, other, rtol=0, atol=1e-9) for other in kept):
            kept.append(row)
    return len(kept)


# %% linear_modules: nn.Linear without bias holds the weights
def train_two_layer(X, y, w1, w2, lr, steps):
    linear = nn.utils.skip_init  # draws no weights, so the global generator stays as it is
    first = linear(nn.Linear, w1.shape[1], w1.shape[0], bias=False)
    net = nn.Sequential(first, nn.Tanh(), linear(nn.Linear, len(w2), 1, bias=False))
    with torch.no_grad():
        net[0].weight.copy_(w1)
        net[2].weight.copy_(w2[None])
    for _ in range(steps):
        net.zero_grad()
        ((net(X).squeeze(1) - y) ** 2).mean().backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= lr * p.grad
    return net[0].weight.detach(), net[2].weight.detach()[0]


def distinct_units(weight):
    def same(i, j):
        return bool(torch.isclose(weight[i], weight[j], rtol=0.0, atol=1e-9).all())

    kept = []
    for i in range(weight.size(0)):
        if not any(same(i, j) for j in kept):
            kept += [i]
    return len(kept)


# %% einsum: named sums, a mask of covered rows
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.einsum("nd,hd->nh", X, w1).tanh()
        r = torch.einsum("nh,h->n", h, w2) - y
        g1 = torch.einsum("n,h,nh,nd->hd", r, w2, 1 - h.square(), X) * (2 / len(r))
        g2 = torch.einsum("n,nh->h", r, h) * (2 / len(r))
        w1, w2 = w1.sub(g1, alpha=lr), w2.sub(g2, alpha=lr)
    return w1, w2


def distinct_units(weight):
    covered = [False] * len(weight)
    total = 0
    for i in range(len(weight)):
        if covered[i]:
            continue
        total += 1
        for j in range(i, len(weight)):
            if (weight[i] - weight[j]).abs().max().item() <= 1e-9:
                covered[j] = True
    return total


# %% recursion: one step and the rest
def train_two_layer(X, y, w1, w2, lr, steps):
    if steps == 0:
        return w1.clone(), w2.clone()
    z = X @ w1.T
    h = z.tanh()
    e = (h @ w2 - y).mul(2 / y.numel())
    g1 = (torch.outer(e, w2) / torch.cosh(z) ** 2).T @ X
    return train_two_layer(X, y, w1 - lr * g1, w2 - lr * (e @ h), lr, steps - 1)


def distinct_units(weight):
    def rest(rows):
        if not rows:
            return 0
        head, *tail = rows
        return 1 + rest([r for r in tail if (r - head).abs().max() > 1e-9])

    return rest(list(weight))


# %% while_loop: vjp for the gradients, infinity norm
def train_two_layer(X, y, w1, w2, lr, steps):
    def predict(a, b):
        return torch.tanh(X @ a.T) @ b

    while steps > 0:
        p, pull = torch.func.vjp(predict, w1, w2)
        g1, g2 = pull(2 * (p - y) / p.shape[0])
        w1, w2 = w1 - lr * g1, w2 - lr * g2
        steps -= 1
    return w1.detach(), w2.detach()


def distinct_units(weight):
    kept = []
    for row in weight.unbind(0):
        if all(torch.linalg.vector_norm(row - k, ord=float("inf")) > 1e-9 for k in kept):
            kept.append(row)
    return len(kept)


# %% new_leaves: torch.autograd.grad on new leaves; cdist


def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        a, b = w1.detach().requires_grad_(), w2.detach().requires_grad_()
        loss = torch.mean((torch.tanh(X @ a.T) @ b - y) ** 2)
        ga, gb = torch.autograd.grad(loss, (a, b))
        w1, w2 = a.detach() - lr * ga, b.detach() - lr * gb
    return w1, w2


def distinct_units(weight):
    d = torch.cdist(weight, weight, p=float("inf"), compute_mode="donot_use_mm_for_euclid_dist")
    keep = []
    for i in range(len(weight)):
        if all(d[i, j] > 1e-9 for j in keep):
            keep.append(i)
    return len(keep)


# %% by_hand: einsum and outer


def train_two_layer(X, y, w1, w2, lr, steps):
    a, b = w1.clone(), w2.clone()
    for _ in range(steps):
        h = (X @ a.T).tanh()
        e = (h @ b - y) * (2 / y.numel())
        ga = torch.einsum("n,h,nh,nd->hd", e, b, 1 - h * h, X)
        gb = torch.einsum("n,nh->h", e, h)
        a -= lr * ga
        b -= lr * gb
    return a, b


def distinct_units(weight):
    reps = weight[:0]
    for row in weight:
        if len(reps) == 0 or ((reps - row).abs() > 1e-9).any(1).all():
            reps = torch.cat([reps, row[None]])
    return reps.shape[0]
