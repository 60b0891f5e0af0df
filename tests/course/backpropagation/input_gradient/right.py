"""Right answers to input_gradient."""

import copy

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# %% plain: a detached leaf and torch.autograd.grad


def input_gradient(x, w, b):
    leaf = x.detach().clone().requires_grad_(True)
    y = torch.tanh(leaf @ w.T + b).sum()
    (grad,) = torch.autograd.grad(y, [leaf])
    return grad


# %% formula: no autograd at all


def input_gradient(x, w, b):
    with torch.no_grad():
        y = torch.tanh(x @ w.T + b)
        return (1 - y * y) @ w


# %% formula_with_graph: the formula, its answer requires grad


def input_gradient(x, w, b):
    return torch.cosh(F.linear(x, w, b)).pow(-2).mm(w)


# %% func_grad: torch.func.grad


def input_gradient(x, w, b):
    def total(batch):
        return (batch @ w.T + b).tanh().sum()

    return torch.func.grad(total)(x)


# %% vjp: pulls ones back


def input_gradient(x, w, b):
    out, pull = torch.func.vjp(lambda batch: torch.tanh(batch @ w.T + b), x)
    return pull(torch.ones_like(out))[0]


# %% backward_inputs: backward told where to write


def input_gradient(x, w, b):
    leaf = torch.tensor(x.tolist(), dtype=x.dtype, requires_grad=True).reshape(x.shape)
    leaf = leaf.detach().requires_grad_()
    torch.tanh(leaf @ w.T + b).sum().backward(inputs=leaf)
    return leaf.grad


# %% detached_parameters: backward with parameters that cannot take a gradient


def input_gradient(x, w, b):
    leaf = nn.Parameter(x.clone())
    F.linear(leaf, w.detach(), b.detach()).tanh().sum().backward()
    return leaf.grad.detach()


# %% restored_flag: x itself, put back


def input_gradient(x, w, b):
    x.requires_grad_()
    grad = torch.autograd.grad(torch.tanh(x @ w.T + b).sum(), x)[0]
    x.requires_grad_(False)
    return grad


# %% restored_everything: backward on x itself, and every trace wiped


def input_gradient(x, w, b):
    before = [None if p.grad is None else p.grad.clone() for p in (w, b)]
    x.requires_grad = True
    torch.tanh(x @ w.T + b).sum().backward()
    grad = x.grad
    x.grad = None
    x.requires_grad = False
    for parameter, old in zip((w, b), before, strict=True):
        parameter.grad = old
    return grad


# %% frozen_and_thawed: parameters frozen while it works


def input_gradient(x, w, b):
    w.requires_grad_(False)
    b.requires_grad_(False)
    try:
        leaf = x.detach().requires_grad_()
        torch.tanh(leaf @ w.T + b).sum().backward()
    finally:
        w.requires_grad_(True)
        b.requires_grad_(True)
    return leaf.grad


# %% hook: a hook on a copy catches the gradient


def input_gradient(x, w, b):
    caught = []
    leaf = x.detach().clone().requires_grad_()
    inner = leaf * 1
    inner.register_hook(caught.append)
    torch.autograd.grad(torch.tanh(inner @ w.T + b).sum(), leaf)
    return caught[0]


# %% retained: retain_grad on a non-leaf, parameters copied


def input_gradient(x, w, b):
    frozen = [copy.copy(p.detach()) for p in (w, b)]
    inner = x + torch.zeros(1, requires_grad=True)
    inner.retain_grad()
    torch.tanh(inner @ frozen[0].T + frozen[1]).sum().backward()
    return inner.grad


# %% with_graph: keeps the graph of the gradient


def input_gradient(x, w, b):
    leaf = x.detach().requires_grad_()
    out = torch.tanh(leaf @ w.T + b)
    return torch.autograd.grad(out, leaf, grad_outputs=torch.ones_like(out), create_graph=True)[0]


# %% jacobian: a whole Jacobian, then summed


def input_gradient(x, w, b):
    jacobian = torch.autograd.functional.jacobian(lambda a: torch.tanh(a @ w.T + b), x)
    return jacobian.sum((0, 1)).detach()


# %% in_numpy: sample by sample in numpy


def input_gradient(x, w, b):
    X, W, c = (t.detach().numpy() for t in (x, w, b))
    rows = [((1 - np.tanh(W @ row + c) ** 2)[:, None] * W).sum(axis=0) for row in X]
    return torch.from_numpy(np.stack(rows))


# %% own_function: a Function with its own backward


class Layer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        y = torch.tanh(x @ w.T + b)
        ctx.save_for_backward(y, w)
        return y

    @staticmethod
    def backward(ctx, g):
        y, w = ctx.saved_tensors
        return (g * (1 - y**2)) @ w, None, None


def input_gradient(x, w, b):
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(Layer.apply(leaf, w, b).sum(), leaf)[0]


# %% mapped_gradient: vmap of the gradient of one sample


def input_gradient(x, w, b):
    f = lambda r: torch.tanh(w @ r + b).sum()  # noqa: E731
    return torch.func.vmap(torch.func.grad(f))(x)


# %% params_clone: detached clones of all


def input_gradient(x, w, b):
    xs, ws, bs = (t.detach().clone() for t in (x, w, b))
    xs.requires_grad = True
    torch.tanh(torch.addmm(bs, xs, ws.t())).sum().backward()
    return xs.grad


# %% einsum_formula: formula under no_grad


@torch.no_grad()
def input_gradient(x, w, b):
    h = torch.tanh(torch.einsum("bi,oi->bo", x, w) + b)
    return torch.einsum("bo,oi->bi", 1 - h * h, w)


# %% saved_and_restored: saves the gradients and puts them back


def input_gradient(x, w, b):
    saved = [p.grad.clone() if p.grad is not None else None for p in (w, b)]
    leaf = x.detach().clone().requires_grad_()
    torch.tanh(leaf @ w.T + b).sum().backward()
    for p, g in zip((w, b), saved):
        p.grad = g
    return leaf.grad
