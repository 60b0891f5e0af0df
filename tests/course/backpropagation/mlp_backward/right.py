"""Right answers to mlp_backward."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# %% plain: softmax, subtract 1 at the targets, and so on back


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = x.shape[0]
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    dlogits = torch.softmax(logits, dim=1)
    dlogits[torch.arange(B), targets] -= 1
    dlogits /= B
    dh = dlogits @ w2
    dz = dh.clone()
    dz[z <= 0] = 0
    return {
        "w1": dz.T @ x,
        "b1": dz.sum(0),
        "w2": dlogits.T @ h,
        "b2": dlogits.sum(0),
        "x": dz @ w1,
    }


# %% under_no_grad: a context manager around everything


def mlp_backward(x, targets, w1, b1, w2, b2):
    with torch.no_grad():
        z = F.linear(x, w1, b1)
        h = F.relu(z)
        p = F.softmax(F.linear(h, w2, b2), dim=-1)
        g = (p - F.one_hot(targets, num_classes=w2.shape[0]).to(p.dtype)) / x.size(0)
        back = torch.where(z > 0, g @ w2, torch.tensor(0.0))
        return dict(
            x=back @ w1,
            w1=back.t() @ x,
            b1=back.sum(dim=0),
            w2=g.t() @ h,
            b2=g.sum(dim=0),
        )


# %% decorated: no_grad as a decorator, inference mode inside


@torch.no_grad()
def mlp_backward(x, targets, w1, b1, w2, b2):
    z = torch.addmm(b1, x, w1.t())
    h = z.clamp(min=0)
    log_p = torch.log_softmax(torch.addmm(b2, h, w2.t()), 1)
    g = log_p.exp()
    g.scatter_add_(1, targets.unsqueeze(1), -torch.ones(len(x), 1))
    g.div_(len(x))
    back = (g @ w2).mul_((h > 0).double())
    return {
        "w1": torch.einsum("nh,ni->hi", back, x),
        "b1": torch.einsum("nh->h", back),
        "w2": torch.einsum("nc,nh->ch", g, h),
        "b2": torch.einsum("nc->c", g),
        "x": torch.einsum("nh,hi->ni", back, w1),
    }


# %% in_numpy: everything in numpy


def mlp_backward(x, targets, w1, b1, w2, b2):
    X, Y, W1, c1, W2, c2 = (t.detach().numpy() for t in (x, targets, w1, b1, w2, b2))
    Z = X @ W1.T + c1
    H = np.maximum(Z, 0.0)
    S = H @ W2.T + c2
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    P[np.arange(len(Y)), Y] -= 1.0
    P /= len(Y)
    D = (P @ W2) * (Z > 0)
    out = {"w1": D.T @ X, "b1": D.sum(0), "w2": P.T @ H, "b2": P.sum(0), "x": D @ W1}
    return {key: torch.from_numpy(np.array(value, order="C")) for key, value in out.items()}


# %% samples: one sample at a time, averaged


def mlp_backward(x, targets, w1, b1, w2, b2):
    grads = {"w1": 0.0, "b1": 0.0, "w2": 0.0, "b2": 0.0}
    dx = torch.zeros_like(x)
    n = len(x)
    for i in range(n):
        z = w1 @ x[i] + b1
        h = z.relu()
        s = w2 @ h + b2
        e = torch.exp(s - s.max())
        d = e / e.sum()
        d[targets[i]] -= 1.0
        back = (w2.T @ d) * (z > 0)
        grads["w2"] = grads["w2"] + d[:, None] * h[None, :] / n
        grads["b2"] = grads["b2"] + d / n
        grads["w1"] = grads["w1"] + back[:, None] * x[i][None, :] / n
        grads["b1"] = grads["b1"] + back / n
        dx[i] = w1.T @ back / n
    grads["x"] = dx
    return grads


# %% layers: small layer objects with a forward and a backward of their own


class Linear:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, a):
        self.a = a
        return a @ self.w.T + self.b

    def backward(self, g):
        self.dw, self.db = g.T @ self.a, g.sum(0)
        return g @ self.w


class Relu:
    def forward(self, a):
        self.mask = a > 0
        return a * self.mask

    def backward(self, g):
        return g * self.mask


def mlp_backward(x, targets, w1, b1, w2, b2):
    first, relu, second = Linear(w1, b1), Relu(), Linear(w2, b2)
    logits = second.forward(relu.forward(first.forward(x)))
    g = (logits - logits.logsumexp(1, keepdim=True)).exp()
    g = (g - torch.eye(len(b2))[targets]) / len(x)
    dx = first.backward(relu.backward(second.backward(g)))
    return {"w1": first.dw, "b1": first.db, "w2": second.dw, "b2": second.db, "x": dx}


# %% jacobian_of_softmax: the whole chain, -1/p not needed: softmax Jacobian by rows


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = torch.maximum(z, torch.zeros_like(z))
    s = h @ w2.T + b2
    # d(-log p_t)/ds_j = sum_k (delta_kj - p_j) * (-delta_kt)
    p = torch.softmax(s, 1)
    eye = torch.eye(p.shape[1])
    log_jacobian = eye[None] - p[:, None, :]
    g = torch.einsum("bkj,bk->bj", log_jacobian, -eye[targets]) / x.shape[0]
    dz = (g @ w2) * torch.heaviside(z, torch.tensor(0.0))
    return {"x": dz @ w1, "b2": g.sum(0), "w2": g.T @ h, "b1": dz.sum(0), "w1": dz.T @ x}


# %% mapped: vmap over the samples, no autograd


def mlp_backward(x, targets, w1, b1, w2, b2):
    def one(sample, hot):
        z = w1 @ sample + b1
        h = z.relu()
        g = torch.softmax(w2 @ h + b2, 0) - hot
        d = (g @ w2) * (z > 0)
        return torch.outer(d, sample), d, torch.outer(g, h), g, d @ w1

    hot = torch.zeros(len(x), len(b2))
    hot[range(len(x)), targets.tolist()] = 1
    parts = [part / len(x) for part in torch.vmap(one)(x, hot)]
    means = [part.sum(0) for part in parts[:4]]
    return dict(zip(("w1", "b1", "w2", "b2", "x"), [*means, parts[4]], strict=True))


# %% ones_column: the bias as a weight of a constant feature


def mlp_backward(x, targets, w1, b1, w2, b2):
    ones = torch.ones(len(x), 1)
    z = torch.cat([ones, x], 1) @ torch.cat([b1[:, None], w1], 1).T
    h1 = torch.cat([ones, z.relu()], 1)
    g = torch.softmax(h1 @ torch.cat([b2[:, None], w2], 1).T, -1)
    g = (g - torch.nn.functional.one_hot(targets, g.shape[-1])) / len(x)
    dz = (g @ w2) * z.gt(0)
    first, second = dz.T @ torch.cat([ones, x], 1), g.T @ h1
    return {
        "w1": first[:, 1:].clone(),
        "b1": first[:, 0].clone(),
        "w2": second[:, 1:].clone(),
        "b2": second[:, 0].clone(),
        "x": dz @ w1,
    }


# %% aten_kernels: the derivative kernels of the library, called one by one


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = torch.ops.aten.linear(x, w1, b1)
    h = torch.ops.aten.relu(z)
    g = torch.ops.aten._softmax(torch.ops.aten.linear(h, w2, b2), 1, False)
    g = (g - (torch.arange(len(b2))[None, :] == targets[:, None]).double()) / len(x)
    dz = torch.ops.aten.threshold_backward(torch.mm(g, w2), z, 0)
    return {
        "w1": torch.mm(dz.t(), x),
        "b1": torch.sum(dz, 0),
        "w2": torch.mm(g.t(), h),
        "b2": torch.sum(g, 0),
        "x": torch.mm(dz, w1),
    }


# %% gates: the mask as a diagonal matrix for each sample, no grad mode switched by hand


def mlp_backward(x, targets, w1, b1, w2, b2):
    with torch.set_grad_enabled(False), torch.autograd.no_grad():
        z = x @ w1.T + b1
        gate = torch.diag_embed(z.sign().clamp(min=0))
        h = torch.einsum("bij,bj->bi", gate, z)
        s = h @ w2.T + b2
        s = s - s.amax(1, keepdim=True)
        p = s.exp() / s.exp().sum(1, keepdim=True)
        hot = torch.zeros_like(p).scatter_(1, targets[:, None], 1.0)
        g = (p - hot) * (1 / math.prod(targets.shape))
        dz = torch.einsum("bij,bj->bi", gate, g @ w2)
    return {"w1": dz.T @ x, "b1": dz.T.sum(1), "w2": g.T @ h, "b2": g.T.sum(1), "x": dz @ w1}


# %% through_modules: nn.Linear for the forward pass, parameters detached


def mlp_backward(x, targets, w1, b1, w2, b2):
    first = nn.Linear(w1.shape[1], w1.shape[0], device="meta").to_empty(device="cpu")
    first.weight = nn.Parameter(w1.clone(), requires_grad=False)
    first.bias = nn.Parameter(b1.clone(), requires_grad=False)
    z = first(x)
    h = nn.ReLU()(z)
    g = nn.Softmax(dim=1)(h @ w2.mT + b2)
    rows = torch.arange(len(targets))
    g = g.index_put((rows, targets), torch.tensor(-1.0), accumulate=True) / len(targets)
    dz = (g @ w2).masked_fill(~(z > 0), 0.0)
    return {"w1": dz.mT @ x, "b1": dz.sum(0), "w2": g.mT @ h, "b2": g.sum(0), "x": dz @ w1}


# %% logsumexp: log-softmax and index


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = torch.addmm(b1, x, w1.T)
    h = torch.relu(z)
    logits = torch.addmm(b2, h, w2.T)
    p = torch.nn.functional.log_softmax(logits, dim=-1).exp()
    p[torch.arange(len(targets)), targets] -= 1.0
    p /= len(targets)
    dh = p.mm(w2)
    dh[z <= 0] = 0
    return {"x": dh @ w1, "w2": p.T @ h, "b2": p.sum(dim=0), "w1": dh.T @ x, "b1": dh.sum(dim=0)}


# %% outer: batched outer products


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = torch.maximum(z, torch.zeros_like(z))
    s = h @ w2.T + b2
    e = torch.exp(s - s.amax(1, keepdim=True))
    d = e / e.sum(1, keepdim=True)
    d = d - torch.eye(s.shape[1], dtype=d.dtype)[targets]
    dz = torch.where(z > 0, d @ w2, 0.0)
    return dict(
        w1=(dz[:, :, None] * x[:, None]).mean(0),
        b1=dz.mean(0),
        w2=(d[:, :, None] * h[:, None]).mean(0),
        b2=d.mean(0),
        x=dz @ w1 / len(x),
    )
