"""Right answers to layer_norm."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F  # noqa: F401

# %% plain: mean and variance over the trailing axes


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    mu = x.mean(dim=dims, keepdim=True)
    var = ((x - mu) ** 2).mean(dim=dims, keepdim=True)
    return weight * (x - mu) / torch.sqrt(var + eps) + bias


# %% list_of_axes: axes as a list, counted from the front


def layer_norm(x, weight, bias, eps=1e-5):
    dims = [x.ndim - k for k in range(1, weight.ndim + 1)]
    mu = torch.mean(x, dims, keepdim=True)
    sigma2 = torch.var(x, dims, correction=0, keepdim=True)
    x_hat = (x - mu) * torch.rsqrt(sigma2 + eps)
    return x_hat * weight + bias


# %% flatten_and_restore: flattens with flatten, restores with view_as


def layer_norm(x, weight, bias, eps=1e-5):
    flat = x.flatten(start_dim=x.dim() - weight.dim())
    flat = flat - flat.mean(-1, keepdim=True)
    flat = flat / (flat.pow(2).mean(-1, keepdim=True) + eps).pow(0.5)
    return flat.reshape(x.shape) * weight + bias


# %% bessel_undone: takes the unbiased variance and corrects it


def layer_norm(x, weight, bias, eps=1e-5):
    n = weight.numel()
    rows = x.reshape(-1, n)
    if n == 1:
        var = torch.zeros(rows.shape[0], 1, dtype=x.dtype)
    else:
        var = rows.var(dim=1, keepdim=True) * (n - 1) / n
    out = (rows - rows.mean(dim=1, keepdim=True)) / (var + eps).sqrt()
    return out.view(x.shape) * weight + bias


# %% second_moment: E[x^2] - E[x]^2, never below 0


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(x.dim() - weight.dim(), x.dim()))
    mean = x.mean(dims, keepdim=True)
    var = ((x**2).mean(dims, keepdim=True) - mean**2).clamp(min=0)
    return torch.addcmul(bias, weight, (x - mean) / torch.sqrt(var + eps))


# %% moved_axis: works on columns


def layer_norm(x, weight, bias, eps=1e-5):
    columns = x.reshape(-1, weight.numel()).T
    centred = columns - columns.mean(0)
    out = centred / torch.sqrt((centred * centred).mean(0) + eps)
    return out.T.reshape(x.shape) * weight + bias


# %% recursion: one position at a time, by recursion


def layer_norm(x, weight, bias, eps=1e-5):
    if x.dim() > weight.dim():
        return torch.stack([layer_norm(part, weight, bias, eps) for part in x])
    n = x.numel()
    mean = x.sum() / n
    var = ((x - mean) ** 2).sum() / n
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% var_mean: one call for both statistics, addcdiv-like order


def layer_norm(x, weight, bias, eps=1e-5):
    var, mean = torch.var_mean(x, dim=tuple(range(-weight.dim(), 0)), correction=0, keepdim=True)
    scale = weight / (var + eps).sqrt()
    return x * scale + (bias - mean * scale)


# %% std_squared: squares a biased standard deviation of centred values


class Statistics(nn.Module):
    def forward(self, x, dims):
        centred = x - x.mean(dims, keepdim=True)
        return centred, centred.square().sum(dims, keepdim=True)


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(-1 - i for i in range(weight.dim()))
    centred, total = Statistics()(x, dims)
    count = math.prod(weight.shape)
    return centred * (total / count + eps).reciprocal().sqrt() * weight + bias


# %% own_function: forward and backward written by hand


class Normalise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, eps):
        mean = rows.mean(1, keepdim=True)
        inverse = 1 / torch.sqrt(((rows - mean) ** 2).mean(1, keepdim=True) + eps)
        out = (rows - mean) * inverse
        ctx.save_for_backward(out, inverse)
        return out

    @staticmethod
    def backward(ctx, g):
        out, inverse = ctx.saved_tensors
        along = (g * out).mean(1, keepdim=True)
        return inverse * (g - g.mean(1, keepdim=True) - out * along), None


def layer_norm(x, weight, bias, eps=1e-5):
    rows = Normalise.apply(x.reshape(-1, weight.numel()), eps)
    return rows.reshape(x.shape) * weight + bias


# %% einsum_mean: averages by einsum with a vector of 1/n


def layer_norm(x, weight, bias, eps=1e-5):
    shape = x.shape
    x = x.reshape(-1, weight.numel())
    average = torch.full((x.shape[1],), 1 / x.shape[1], dtype=x.dtype)
    mean = torch.einsum("nd,d->n", x, average).unsqueeze(1)
    var = torch.einsum("nd,nd,d->n", x - mean, x - mean, average).unsqueeze(1)
    x = (x - mean) / torch.sqrt(var + eps)
    return x.reshape(shape) * weight + bias


# %% in_place_on_a_copy: works in place, but on its own clone


def layer_norm(x, weight, bias, eps=1e-5):
    out = x.clone()
    dims = tuple(range(-weight.dim(), 0))
    out -= x.mean(dims, keepdim=True)
    out = out / torch.sqrt(x.var(dims, keepdim=True, unbiased=False) + eps)
    out *= weight
    out += bias
    return out


# %% unnormalised_sum: keeps sums, divides at the end


def layer_norm(x, weight, bias, eps=1e-5):
    n = float(np.prod(weight.shape))
    dims = tuple(range(-weight.dim(), 0))
    total = x.sum(dims, keepdim=True)
    centred = n * x - total
    squares = centred.square().sum(dims, keepdim=True)
    return centred / torch.sqrt(squares / n + eps * n * n) * weight + bias


# %% standardised_by_cov: variance from the diagonal of a covariance


def layer_norm(x, weight, bias, eps=1e-5):
    rows = x.reshape(-1, weight.numel())
    if rows.shape[1] > 1:
        var = torch.stack([torch.cov(row, correction=0) for row in rows])[:, None]
    else:
        var = rows * 0
    normalised = (rows - rows.mean(1)[:, None]) / (var + eps) ** 0.5
    return normalised.reshape(x.shape) * weight + bias


# %% flatten_neg: flatten from -weight.dim()


def layer_norm(x, weight, bias, eps=1e-5):
    k = weight.ndim
    f = x.flatten(-k) if k > 1 else x
    m = f.mean(-1, keepdim=True)
    v = ((f - m) ** 2).mean(-1, keepdim=True)
    return ((f - m) / (v + eps) ** 0.5).reshape(x.shape).mul(weight).add(bias)


# %% power_of_minus_half: sums of squares and a power


def layer_norm(x, weight, bias, eps=1e-5):
    size = weight.numel()
    f = x.reshape(*x.shape[: x.dim() - weight.dim()], size)
    c = f - f.mean(dim=-1, keepdim=True)
    v = torch.sum(c * c, -1, keepdim=True) / size
    out = c * torch.pow(v + eps, -0.5)
    return torch.add(out.reshape(x.shape) * weight, bias)


# %% list_of_negative_axes: axes from the end, in reverse


def layer_norm(x, weight, bias, eps=1e-5):
    axes = [-(i + 1) for i in range(weight.dim())]
    mu = torch.mean(x, axes, keepdim=True)
    var = torch.var(x, dim=axes, correction=0, keepdim=True)
    return weight * (x - mu).div(var.add(eps).sqrt()) + bias


# %% in_place_out: in place on a fresh result


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    out = x - x.mean(axes, keepdim=True)
    out = out / (out.pow(2).mean(axes, keepdim=True) + eps).sqrt()
    out = out.clone()
    out *= weight
    out += bias
    return out


# %% in_double: computes in double whatever comes


def layer_norm(x, weight, bias, eps=1e-5):
    d = x.double()
    axes = tuple(range(-weight.dim(), 0))
    v, m = torch.var_mean(d, axes, unbiased=False, keepdim=True)
    return ((d - m) * torch.rsqrt(v + eps) * weight.double() + bias.double()).to(x.dtype)
