"""Right answers to hidden_gradients."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# %% plain: retain_grad and backward on a detached copy


def hidden_gradients(x, w1, w2):
    leaf = x.detach().clone().requires_grad_(True)
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% hook_on_h: a hook that appends


def hidden_gradients(x, w1, w2):
    caught = {}
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    handle = h.register_hook(lambda g: caught.update(h=g.clone()))
    (h @ w2.T).pow(2).mean().backward()
    handle.remove()
    return caught["h"], leaf.grad


# %% hooks_on_both: hooks on h and on the leaf


def hidden_gradients(x, w1, w2):
    seen = []
    leaf = x.clone().requires_grad_()
    leaf.register_hook(seen.append)
    h = (leaf @ w1.T).tanh()
    h.register_hook(seen.append)
    ((h @ w2.T) ** 2).mean().backward()
    return tuple(seen)


# %% grad_twice: two calls of torch.autograd.grad


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(F.linear(leaf, w1))
    loss = F.linear(h, w2).square().mean()
    dh = torch.autograd.grad(loss, h, retain_graph=True)[0]
    dx = torch.autograd.grad(loss, leaf)[0]
    return dh, dx


# %% chain: dh first, then pulled back with grad_outputs


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    middle = h.detach().requires_grad_()
    (dh,) = torch.autograd.grad((middle @ w2.T).pow(2).mean(), middle)
    (dx,) = torch.autograd.grad(h, leaf, grad_outputs=dh)
    return [dh, dx]


# %% formula: no autograd


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = (2.0 * y / y.numel()) @ w2
    return dh, (dh * (1 - h * h)) @ w1


# %% in_numpy: numpy and einsum


def hidden_gradients(x, w1, w2):
    X, A, B = x.numpy(), w1.numpy(), w2.numpy()
    h = np.tanh(np.einsum("bi,hi->bh", X, A))
    y = np.einsum("bh,oh->bo", h, B)
    dh = 2 * np.einsum("bo,oh->bh", y, B) / y.size
    dx = np.einsum("bh,hi->bi", dh / np.cosh(np.einsum("bi,hi->bh", X, A)) ** 2, A)
    return torch.from_numpy(dh), torch.from_numpy(dx)


# %% functional: torch.func.grad of two functions


def hidden_gradients(x, w1, w2):
    def from_h(h):
        return (h @ w2.T).pow(2).mean()

    def from_x(batch):
        return from_h(torch.tanh(batch @ w1.T))

    h = torch.tanh(x @ w1.T)
    return torch.func.grad(from_h)(h), torch.func.grad(from_x)(x)


# %% offset: the gradient of h as that of zeros added to it


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    nothing = torch.zeros(len(x), len(w1), requires_grad=True)
    loss = ((torch.tanh(leaf @ w1.T) + nothing) @ w2.T).pow(2).mean()
    loss.backward()
    return nothing.grad, leaf.grad


# %% restored_flag: x itself, put back


def hidden_gradients(x, w1, w2):
    x.requires_grad_()
    h = torch.tanh(x @ w1.T)
    dh, dx = torch.autograd.grad((h @ w2.T).pow(2).mean(), [h, x])
    x.requires_grad_(False)
    return dh, dx


# %% wiped: backward on x itself, traces wiped


def hidden_gradients(x, w1, w2):
    x.requires_grad = True
    h = torch.tanh(x @ w1.T)
    h.retain_grad()
    (h @ w2.T).pow(2).mean().backward()
    dx, x.grad = x.grad, None
    x.requires_grad = False
    return h.grad, dx


# %% modules: nn.Linear with weights of its own and a full backward hook


def hidden_gradients(x, w1, w2):
    caught = []
    first = nn.Linear(w1.shape[1], w1.shape[0], bias=False, device="meta")
    first.weight = nn.Parameter(w1.clone())
    tanh = nn.Tanh()
    tanh.register_full_backward_hook(lambda module, inner, outer: caught.append(outer[0]))
    leaf = x.clone().requires_grad_()
    h = tanh(first(leaf))
    F.mse_loss(h @ w2.T, torch.zeros(len(x), len(w2))).backward()
    return caught[0], leaf.grad


# %% sample_by_sample: one sample at a time


def hidden_gradients(x, w1, w2):
    n = x.shape[0] * w2.shape[0]
    dh, dx = [], []
    for row in x:
        leaf = row.clone().requires_grad_()
        h = torch.tanh(w1 @ leaf)
        one = torch.autograd.grad((w2 @ h).pow(2).sum() / n, (h, leaf))
        dh.append(one[0])
        dx.append(one[1])
    return torch.stack(dh), torch.stack(dx)


# %% hook_with_dict: a hook that writes into a dict


def hidden_gradients(x, w1, w2):
    got = {}
    a = x.clone().detach().requires_grad_(True)
    h = (a @ w1.T).tanh()
    h.register_hook(lambda g: got.update(h=g.clone()))
    torch.mean((h @ w2.T) ** 2).backward()
    return got["h"], a.grad


# %% delta: adds a zero leaf to h


def hidden_gradients(x, w1, w2):
    a = x.detach().requires_grad_()
    h = torch.tanh(a @ w1.T)
    zero = torch.zeros_like(h).detach().requires_grad_()
    loss = ((h + zero) @ w2.T).pow(2).mean()
    return torch.autograd.grad(loss, [zero, a])


# %% formula_as_list: the formula, returned as a list


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    out = h @ w2.T
    dh = (2.0 / out.nelement()) * (out @ w2)
    return [dh, torch.mm(dh * (1 - h.pow(2)), w1)]
