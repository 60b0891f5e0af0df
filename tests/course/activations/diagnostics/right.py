"""Right answers to diagnostics."""

import math
from fractions import Fraction

import numpy as np
import torch


# %% plain: masks and means


def dead_fraction(pre_activations):
    return (pre_activations <= 0).all(dim=0).double().mean().item()


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y <= threshold) | (y >= 1 - threshold)).double().mean().item()


# %% single: shares in single precision


def dead_fraction(pre_activations):
    return float((pre_activations <= 0).all(0).float().mean())


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return torch.minimum(y, 1 - y).le(threshold).float().mean().item()


# %% lists: plain Python


def dead_fraction(pre_activations):
    columns = list(zip(*pre_activations.tolist(), strict=True))
    return sum(max(c) <= 0 for c in columns) / len(columns)


def saturated_fraction(x, threshold):
    flat = [1 / (1 + math.exp(-v)) for v in x.reshape(-1).tolist()]
    return sum(min(v, 1 - v) <= threshold for v in flat) / len(flat)


# %% numpy: arrays


def dead_fraction(pre_activations):
    return float(np.mean(np.all(pre_activations.numpy() <= 0, axis=0)))


def saturated_fraction(x, threshold):
    y = 1 / (1 + np.exp(-x.numpy()))
    return float(np.mean((y <= threshold) + (y >= 1 - threshold) > 0))


# %% numpy_float: a numpy float64 is a float


def dead_fraction(pre_activations):
    return np.mean((pre_activations.numpy() <= 0).all(0)).item()


def saturated_fraction(x, threshold):
    y = 1 / (1 + np.exp(-x.numpy()))
    return np.mean(np.abs(y - 0.5) >= 0.5 - threshold).item()


# %% counts: sums over counts


def dead_fraction(pre_activations):
    n, h = pre_activations.shape
    silent = (pre_activations <= 0).sum(0)
    return (silent == n).sum().item() / h


def saturated_fraction(x, threshold):
    y = 1 / (1 + torch.exp(-x))
    low = (y <= threshold).sum()
    high = ((y >= 1 - threshold) & ~(y <= threshold)).sum()
    return int(low + high) / x.numel()


# %% outputs: from what the units put out


def dead_fraction(pre_activations):
    out = torch.clamp(pre_activations, min=0)
    return (out.sum(dim=0) == 0).to(torch.float64).mean().item()


def saturated_fraction(x, threshold):
    y = 0.5 * (1 + torch.tanh(0.5 * x))
    return ((y - 0.5).abs() >= 0.5 - threshold).double().mean().item()


# %% extremes: maximum over samples


def dead_fraction(pre_activations):
    return 1.0 - (pre_activations.amax(0) > 0).double().mean().item()


def saturated_fraction(x, threshold):
    limit = torch.logit(torch.tensor(1 - threshold))
    return (x.abs() >= limit).double().mean().item()


# %% complement: one minus the rest


def dead_fraction(pre_activations):
    return 1 - torch.any(pre_activations > 0, dim=0).double().mean().item()


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    inside = (y > threshold) & (y < 1 - threshold)
    return 1 - inside.double().mean().item()


# %% units_in_turn: a loop over columns


def dead_fraction(pre_activations):
    dead = 0
    for unit in range(pre_activations.shape[1]):
        if not (pre_activations[:, unit] > 0).any():
            dead += 1
    return dead / pre_activations.shape[1]


def saturated_fraction(x, threshold):
    count = 0
    for row in torch.sigmoid(x):
        for y in row:
            if y <= threshold or y >= 1 - threshold:
                count += 1
    return count / (x.shape[0] * x.shape[1])


# %% transposed: rows are units


def dead_fraction(pre_activations):
    rows = pre_activations.T.contiguous()
    return torch.stack([(row <= 0).all() for row in rows]).double().mean().item()


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x.T.contiguous())
    return torch.logical_or(y <= threshold, 1 - y <= threshold).double().mean().item()


# %% fractions: exact ones, then a float


def dead_fraction(pre_activations):
    alive = int(torch.count_nonzero(pre_activations.max(0)[0].clamp(min=0)))
    return float(Fraction(pre_activations.size(1) - alive, pre_activations.size(1)))


def saturated_fraction(x, threshold):
    limit = math.log(1 / threshold - 1)
    return float(Fraction(int(((x >= limit) | (x <= -limit)).sum()), x.numel()))


# %% prod: a product of booleans


def dead_fraction(pre_activations):
    return (
        float((pre_activations <= 0).to(torch.int64).prod(dim=0).sum()) / pre_activations.shape[1]
    )


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    low, high = y <= threshold, y >= 1 - threshold
    return float(torch.maximum(low, high).double().mean())


# %% sorted_columns: sorts, looks at the end


def dead_fraction(pre_activations):
    top = pre_activations.sort(dim=0).values[-1]
    return int((top <= 0).sum()) / len(top)


def saturated_fraction(x, threshold):
    d = 0.5 - torch.abs(torch.sigmoid(x) - 0.5)
    return d.le(threshold).sum().item() / d.numel()


# %% relu_norms: norms of the outputs


def dead_fraction(pre_activations):
    out = torch.nn.functional.relu(pre_activations)
    alive = torch.linalg.vector_norm(out, ord=float("inf"), dim=0) > 0
    return 1.0 - alive.sum().item() / alive.numel()


def saturated_fraction(x, threshold):
    y = x.sigmoid().numpy()
    return float(np.logical_or(y <= threshold, y >= 1.0 - threshold).mean())


# %% sets: a set of units, and a list of hits


def dead_fraction(pre_activations):
    units = set(range(pre_activations.shape[1]))
    for row in pre_activations.tolist():
        units -= {j for j, value in enumerate(row) if value > 0}
    return len(units) / pre_activations.shape[1]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x).flatten().tolist()
    hits = [v for v in y if not threshold < v < 1 - threshold]
    return len(hits) / len(y)


# %% counted_firing: counts how often each fires


def dead_fraction(pre_activations):
    counts = torch.count_nonzero(pre_activations > 0, dim=0)
    return torch.eq(counts, 0).to(torch.float32).mean().item()


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (y.clamp(max=0.5).minimum(1 - y) <= threshold).float().mean().item()


# %% numpy_float64: what numpy gives, a float


def dead_fraction(pre_activations):
    return np.all(pre_activations.numpy() <= 0, axis=0).mean()


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x).numpy()
    return ((y <= threshold) | (1 - y <= threshold)).mean()
