"""Right answers: any order of draws, any way to measure."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


# %% plain: a loop with a table of activations
def activation_std(depth, width, weight_std, activation, generator):
    acts = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}
    f = acts.get(activation, lambda t: t)
    h = torch.randn(1024, width, generator=generator)
    out = []
    for _ in range(depth):
        w = torch.randn(width, width, generator=generator) * weight_std
        h = f(h @ w)
        out.append(h.std())
    return torch.stack(out)


# %% biased: population deviation, filled into zeros
def activation_std(depth, width, weight_std, activation, generator):
    h = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        w = torch.empty(width, width).normal_(0, weight_std, generator=generator)
        h = h @ w.T
        if activation == "tanh":
            h = h.tanh()
        elif activation == "sigmoid":
            h = h.sigmoid()
        elif activation == "relu":
            h = h.clamp(min=0)
        out[i] = h.std(unbiased=False)
    return out


# %% weights_first: all weights before the batch
def activation_std(depth, width, weight_std, activation, generator):
    ws = [weight_std * torch.randn(width, width, generator=generator) for _ in range(depth)]
    x = torch.randn(1024, width, generator=generator)
    f = {"linear": nn.Identity(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "relu": nn.ReLU()}
    stds = []
    for w in ws:
        x = f[activation](F.linear(x, w))
        stds.append(float(x.std()))
    return torch.tensor(stds)


# %% one_tensor: one draw for all weights, torch.normal
def activation_std(depth, width, weight_std, activation, generator):
    ws = torch.normal(0.0, weight_std, size=(depth, width, width), generator=generator)
    x = torch.normal(0.0, 1.0, size=(1024, width), generator=generator)
    stds = []
    for layer in range(depth):
        x = x.mm(ws[layer])
        x = x if activation == "linear" else getattr(torch, activation)(x)
        stds += [x.var().sqrt()]
    return torch.tensor(stds)


# %% columns: samples in columns
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(width, 1024, generator=generator)
    stds = torch.empty(depth)
    for layer in range(depth):
        z = weight_std * torch.randn(width, width, generator=generator) @ x
        match activation:
            case "tanh":
                x = torch.tanh(z)
            case "sigmoid":
                x = 1 / (1 + torch.exp(-z))
            case "relu":
                x = torch.where(z > 0, z, torch.zeros_like(z))
            case _:
                x = z
        stds[layer] = x.flatten().std()
    return stds


# %% numpy: numpy's generator seeded from torch's
def activation_std(depth, width, weight_std, activation, generator):
    rng = np.random.default_rng(torch.randint(2**60, (1,), generator=generator).item())
    x = rng.standard_normal((1024, width))
    out = np.zeros(depth)
    for i in range(depth):
        x = x @ (weight_std * rng.standard_normal((width, width)))
        if activation == "tanh":
            x = np.tanh(x)
        elif activation == "sigmoid":
            x = torch.sigmoid(torch.from_numpy(x)).numpy()
        elif activation == "relu":
            x = np.maximum(x, 0)
        out[i] = np.std(x)
    return torch.tensor(out)


# %% modules: nn.Linear without bias, initialised from the generator, the gradient kept
def activation_std(depth, width, weight_std, activation, generator):
    f = {"linear": nn.Identity, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU}[activation]
    x = torch.randn(1024, width, generator=generator)
    stds = []
    for _ in range(depth):
        layer = nn.utils.skip_init(nn.Linear, width, width, bias=False)
        nn.init.normal_(layer.weight, 0.0, weight_std, generator=generator)
        x = f()(layer(x))
        stds.append(x.std())
    return torch.stack(stds)


# %% hooks: parameters and einsum under no_grad
def activation_std(depth, width, weight_std, activation, generator):
    with torch.no_grad():
        x = torch.randn((1024, width), generator=generator)
        stds = []
        for _ in range(depth):
            w = nn.Parameter(torch.randn((width, width), generator=generator).mul(weight_std))
            x = torch.einsum("bi,oi->bo", x, w)
            x = {"linear": x, "tanh": x.tanh(), "sigmoid": x.sigmoid(), "relu": F.relu(x)}[activation]
            stds.append(torch.std_mean(x)[0])
    return torch.stack(stds)


# %% chunks: the batch in four parts, sums of squares
def activation_std(depth, width, weight_std, activation, generator):
    parts = list(torch.randn(1024, width, generator=generator).chunk(4))
    stds = []
    for _ in range(depth):
        w = torch.randn(width, width, generator=generator) * weight_std
        parts = [p @ w for p in parts]
        if activation != "linear":
            parts = [getattr(p, activation)() for p in parts]
        n = 1024 * width
        mean = sum(p.sum() for p in parts) / n
        stds.append((sum(((p - mean) ** 2).sum() for p in parts) / n).sqrt())
    return torch.stack(stds)


# %% recursion: one layer and the rest
def activation_std(depth, width, weight_std, activation, generator):
    f = torch.nn.functional

    def rest(x, left):
        if left == 0:
            return []
        x = x @ (weight_std * torch.randn(width, width, generator=generator))
        if activation == "relu":
            x = f.relu(x)
        elif activation == "tanh":
            x = 2 * torch.sigmoid(2 * x) - 1
        elif activation == "sigmoid":
            x = (torch.tanh(x / 2) + 1) / 2
        return [x.std(correction=1).item(), *rest(x, left - 1)]

    return torch.tensor(rest(torch.randn(1024, width, generator=generator), depth))


# %% interleaved: the batch drawn last, rows one at a time
def activation_std(depth, width, weight_std, activation, generator):
    rows = [torch.randn(width, generator=generator) for _ in range(1024)]
    x = torch.stack(rows)
    f = {"linear": torch.clone, "tanh": torch.tanh, "sigmoid": torch.special.expit, "relu": F.relu}
    stds = []
    for _ in range(depth):
        w = torch.stack([torch.randn(width, generator=generator) for _ in range(width)], dim=1)
        x = f[activation](x @ w * weight_std)
        stds.append(math.sqrt(x.pow(2).mean().item() - x.mean().item() ** 2 + 0.0))
    return torch.tensor(stds)


# %% einsum_and_floats: einsum, and Python floats made a tensor


def activation_std(depth, width, weight_std, activation, generator):
    acts = dict(tanh=torch.tanh, sigmoid=torch.sigmoid, relu=torch.relu, linear=torch.clone)
    h = torch.normal(0.0, 1.0, size=(1024, width), generator=generator)
    out = []
    for _ in range(depth):
        W = torch.empty(width, width).normal_(0, weight_std, generator=generator)
        h = acts[activation](torch.einsum("bi,oi->bo", h, W))
        out.append(float(h.std()))
    return torch.tensor(out)


# %% match_case: match statement and biased std


def activation_std(depth, width, weight_std, activation, generator):
    weights = [torch.randn((width, width), generator=generator) * weight_std for _ in range(depth)]
    x = torch.randn((1024, width), generator=generator)
    result = torch.empty(depth)
    for k, w in enumerate(weights):
        z = torch.nn.functional.linear(x, w)
        match activation:
            case "tanh":
                x = z.tanh()
            case "sigmoid":
                x = 1 / (1 + torch.exp(-z))
            case "relu":
                x = z.clamp(min=0)
            case _:
                x = z
        result[k] = torch.std(x, unbiased=False)
    return result
