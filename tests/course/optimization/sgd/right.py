"""Right answers to sgd."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# %% plain: over order.tolist(), by hand


def sgd(X, y, w, lr, order):
    for i in order.tolist():
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% in_place_on_a_clone: 0-d tensors as indices, its own copy updated


def sgd(X, y, w, lr, order):
    w = w.clone()
    for i in order:
        error = torch.dot(X[i], w) - y[i]
        w -= 2 * lr * error * X[i]
    return w


# %% parameter: autograd, zeroed in place


def sgd(X, y, w, lr, order):
    w = nn.Parameter(w.detach().clone())
    for i in order:
        loss = (X[i] @ w - y[i]) ** 2
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
            w.grad.zero_()
    return w


# %% slices: batches of one, mean of one square


def sgd(X, y, w, lr, order):
    w = w.detach().clone().requires_grad_(True)
    for k in range(order.numel()):
        rows = order[k : k + 1]
        w.grad = None
        F.mse_loss(X[rows] @ w, y[rows]).backward()
        w.data -= lr * w.grad
    return w.detach()


# %% gathered: rows and targets in order first


def sgd(X, y, w, lr, order):
    for row, target in zip(X[order], y[order]):
        w = w - lr * 2 * (row.dot(w) - target) * row
    return w


# %% index_select: columns and a batch axis


def sgd(X, y, w, lr, order):
    column = w.unsqueeze(1)
    for i in order:
        row = X.index_select(0, i.reshape(1))
        residual = row @ column - y.index_select(0, i.reshape(1))[:, None]
        column = column - lr * 2 * row.T @ residual
    return column.squeeze(1)


# %% autograd_grad: a new leaf for each sample


def sgd(X, y, w, lr, order):
    for i in order:
        v = w.detach().requires_grad_()
        (g,) = torch.autograd.grad((y[i] - X[i] @ v).pow(2), v)
        w = v.detach() - lr * g
    return w


# %% in_numpy: computed in numpy, float64


def sgd(X, y, w, lr, order):
    A, b, v = X.numpy(), y.numpy(), np.array(w.numpy())
    for i in order.numpy():
        v = v - 2 * lr * (A[i].dot(v) - b[i]) * A[i]
    return torch.as_tensor(v)


# %% recursion: the first sample, then the others


def sgd(X, y, w, lr, order):
    if len(order) == 0:
        return w
    i, rest = order[0], order[1:]
    return sgd(X, y, w + 2 * lr * (y[i] - (X[i] * w).sum()) * X[i], lr, rest)


# %% through_the_graph: never detaches


def sgd(X, y, w, lr, order):
    w = w.clone().requires_grad_()
    for i in order:
        (g,) = torch.autograd.grad((X[i] @ w - y[i]).square(), w, create_graph=True)
        w = w - lr * g
    return w


# %% masked_mean: masks all other samples, and undoes the mean


def sgd(X, y, w, lr, order):
    n = len(y)
    for i in order:
        mask = torch.zeros(n, dtype=X.dtype)
        mask[i] = 1
        w = w - lr * 2 * X.T @ (mask * (X @ w - y))
    return w


# %% one_hot: picks each sample with a matrix


def sgd(X, y, w, lr, order):
    picks = F.one_hot(order, num_classes=len(y)).to(X.dtype)
    for row, target in zip(picks @ X, picks @ y):
        w = torch.add(w, row, alpha=-2 * lr * (row @ w - target).item())
    return w


# %% linear_layer: a Linear without bias, not initialised (that would draw from the global generator)


def sgd(X, y, w, lr, order):
    layer = nn.utils.skip_init(nn.Linear, X.shape[1], 1, bias=False)
    layer.weight.data = w.clone().reshape(1, -1)
    for i in order:
        layer.zero_grad()
        nn.MSELoss()(layer(X[i]), y[i : i + 1]).backward()
        with torch.no_grad():
            layer.weight -= lr * layer.weight.grad
    return layer.weight[0]


# %% no_grad_throughout: under torch.no_grad


@torch.no_grad()
def sgd(X, y, w, lr, order):
    out = torch.empty_like(w).copy_(w)
    for i in order:
        out.add_(X[i], alpha=float(-2 * lr * (X[i] @ out - y[i])))
    return out


# %% iter_pairs: iterates over gathered pairs


def sgd(X, y, w, lr, order):
    for xi, yi in zip(X[order], y[order]):
        err = torch.dot(xi, w) - yi
        w = w - lr * 2.0 * err * xi
    return w


# %% functional: reduce with a lambda


def sgd(X, y, w, lr, order):
    import functools

    return functools.reduce(
        lambda v, i: v - 2 * lr * X[i] * (X[i] * v).sum().sub(y[i]), order.tolist(), w
    )


# %% numpy_way: numpy and back


def sgd(X, y, w, lr, order):
    A, b, v = X.numpy(), y.numpy(), w.numpy().copy()
    for i in order.numpy():
        v -= lr * 2 * (A[i] @ v - b[i]) * A[i]
    return torch.from_numpy(v)


# %% index_select_batches: keeps a batch axis


def sgd(X, y, w, lr, order):
    out = w.clone()
    for k in range(order.numel()):
        i = order[k : k + 1]
        row = X.index_select(0, i)
        out -= lr * 2 * (row.T @ (row @ out - y.index_select(0, i)))
    return out
