"""Right answers to gradient_descent."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# %% plain: gradient by hand, out of place


def gradient_descent(X, y, w, lr, steps):
    n = X.shape[0]
    for _ in range(steps):
        w = w - lr * (2.0 / n) * X.T @ (X @ w - y)
    return w


# %% in_place_on_a_clone: updates its own copy


def gradient_descent(X, y, w, lr, steps):
    w = w.clone()
    for _ in range(steps):
        w -= lr * 2 * (X.t() @ (X.mv(w) - y)) / len(X)
    return w


# %% parameter: autograd, zeroed in place, returns a leaf that requires grad


def gradient_descent(X, y, w, lr, steps):
    w = nn.Parameter(w.detach().clone())
    for _ in range(steps):
        loss = F.mse_loss(X @ w, y)
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
            w.grad.zero_()
    return w


# %% data: the old way, through .data


def gradient_descent(X, y, w, lr, steps):
    w = w.clone().requires_grad_(True)
    for _ in range(steps):
        if w.grad is not None:
            w.grad.zero_()
        ((X @ w - y) ** 2).mean().backward()
        w.data -= lr * w.grad.data
    return w.data


# %% autograd_grad: torch.autograd.grad at a new leaf every time


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        v = w.detach().requires_grad_()
        (g,) = torch.autograd.grad(torch.mean((y - X @ v) ** 2), v)
        w = v - lr * g
    return w.detach().clone()


# %% through_the_graph: never detaches, so the whole descent is one graph


def gradient_descent(X, y, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        (g,) = torch.autograd.grad((X @ w - y).square().mean(), w, create_graph=True)
        w = w - lr * g
    return w


# %% in_numpy: computed in numpy, float64


def gradient_descent(X, y, w, lr, steps):
    A, b, v = X.numpy(), y.numpy(), w.numpy().copy()
    for _ in range(steps):
        v = v - lr * np.mean(2 * (A @ v - b)[:, None] * A, axis=0)
    return torch.from_numpy(v)


# %% einsum: sums by einsum


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        residual = torch.einsum("nd,d->n", X, w) - y
        w = w - 2 * lr * torch.einsum("nd,n->d", X, residual) / y.numel()
    return w


# %% mean_over_samples: the mean of a matrix of gradients


def gradient_descent(X, y, w, lr, steps):
    out = w * 1
    while steps > 0:
        out = out - lr * (2 * (X @ out - y).unsqueeze(1) * X).mean(dim=0)
        steps -= 1
    return out


# %% normal_equations: Gram matrix first


def gradient_descent(X, y, w, lr, steps):
    A = X.T @ X / len(y)
    b = X.T @ y / len(y)
    for _ in range(steps):
        w = torch.sub(w, A @ w - b, alpha=2 * lr)
    return w


# %% columns: w and y as columns


def gradient_descent(X, y, w, lr, steps):
    column, target = w.reshape(-1, 1), y.reshape(-1, 1)
    for _ in range(steps):
        column = column - lr * 2 / X.size(0) * X.T.matmul(X.matmul(column) - target)
    return column.reshape(-1)


# %% recursion: one step, then the rest


def gradient_descent(X, y, w, lr, steps):
    if steps == 0:
        return w
    residual = y - X @ w
    return gradient_descent(X, y, w + 2 * lr * X.T @ residual / residual.numel(), lr, steps - 1)


# %% no_grad_throughout: under torch.no_grad


@torch.no_grad()
def gradient_descent(X, y, w, lr, steps):
    w = w.clone()
    for _ in range(steps):
        w.addmv_(X.T, X @ w - y, alpha=-2 * lr / len(y))
    return w


# %% linear_layer: a Linear without bias, not initialised (that would draw from the global generator)


def gradient_descent(X, y, w, lr, steps):
    layer = nn.utils.skip_init(nn.Linear, X.shape[1], 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(w[None])
    for _ in range(steps):
        layer.zero_grad()
        nn.MSELoss()(layer(X)[:, 0], y).backward()
        for p in layer.parameters():
            p.data.add_(p.grad, alpha=-lr)
    return layer.weight.detach()[0]


# %% plain_numbers: lists of Python numbers


def gradient_descent(X, y, w, lr, steps):
    rows, targets, v = X.tolist(), y.tolist(), w.tolist()
    for _ in range(steps):
        errors = [sum(a * b for a, b in zip(r, v)) - t for r, t in zip(rows, targets)]
        slope = [2 * sum(e * r[j] for e, r in zip(errors, rows)) / len(rows) for j in range(len(v))]
        v = [a - lr * g for a, g in zip(v, slope)]
    return torch.tensor(v, dtype=w.dtype)


# %% hessian_first: Hessian and right-hand side once, then mv


def gradient_descent(X, y, w, lr, steps):
    H, c = 2 * (X.T @ X) / X.size(0), 2 * (X.T @ y) / X.size(0)
    v = w.detach().clone()
    for _ in range(steps):
        v.sub_(torch.mv(H, v) - c, alpha=lr)
    return v


# %% eigen: in the eigenbasis of the Hessian, all steps at once


def gradient_descent(X, y, w, lr, steps):
    U, S, Vh = torch.linalg.svd(X, full_matrices=True)
    full = torch.zeros(X.shape[1], dtype=X.dtype)
    full[: len(S)] = S
    n = len(y)
    uty = torch.zeros(X.shape[1], dtype=X.dtype)
    k = min(len(S), n)
    uty[:k] = (U.T @ y)[:k]
    a = Vh @ w
    for _ in range(steps):
        a = a - lr * 2 / n * full * (full * a - uty)
    return Vh.T @ a


# %% a_class: a small class of its own


class Model:
    def __init__(self, w):
        self.w = torch.nn.Parameter(w.clone())

    def loss(self, X, y):
        return torch.nn.functional.mse_loss(X @ self.w, y)


def gradient_descent(X, y, w, lr, steps):
    model = Model(w)
    for _ in range(steps):
        grad = torch.autograd.grad(model.loss(X, y), [model.w])[0]
        model.w.data.add_(grad, alpha=-lr)
    return model.w


# %% dataset_mean: mean of vmapped per-sample gradients


def gradient_descent(X, y, w, lr, steps):
    g = torch.func.vmap(torch.func.grad(lambda v, r, t: (r @ v - t) ** 2), in_dims=(None, 0, 0))
    while steps > 0:
        w = w - lr * g(w, X, y).mean(dim=0)
        steps -= 1
    return w


# %% returns_given: steps 0 gives the very tensor


def gradient_descent(X, y, w, lr, steps):
    if steps == 0:
        return w
    r = X.matmul(w) - y
    g = torch.einsum("n,nd->d", r, X).mul(2).div(y.numel())
    return gradient_descent(X, y, w - g * lr, lr, steps - 1)
