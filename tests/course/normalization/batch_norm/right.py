"""Right answers to batch_norm."""

import math

import numpy as np
import torch
import torch.nn.functional as F

# %% plain: axes as a tuple, keepdim, unbiased from biased


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() / x.size(1)
        mean = x.mean(dims)
        var = x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% detached: running statistics under no_grad, copies in evaluation


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    rm, rv = running_mean.clone(), running_var.clone()
    rows = x.transpose(0, 1).flatten(1)
    if training:
        mu, var = rows.mean(1), rows.var(1, correction=0)
        with torch.no_grad():
            rm.mul_(1 - momentum).add_(mu, alpha=momentum)
            rv.mul_(1 - momentum).add_(rows.var(1), alpha=momentum)
    else:
        mu, var = rm, rv
    rows = (rows - mu[:, None]) * torch.rsqrt(var + eps)[:, None]
    rows = rows * weight[:, None] + bias[:, None]
    y = rows.reshape(x.shape[1], x.shape[0], *x.shape[2:]).transpose(0, 1)
    return y, rm, rv


# %% in_place_on_attached_copies: copies that stay in the graph


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    running_mean, running_var = running_mean.clone(), running_var.clone()
    dims = [d for d in range(x.ndim) if d != 1]
    view = [1] * x.ndim
    view[1] = -1
    if training:
        var, mean = torch.var_mean(x, dims, correction=0)
        running_mean.lerp_(mean, momentum)
        running_var.lerp_(x.var(dims), momentum)
    else:
        mean, var = running_mean, running_var
    scale = (weight / (var + eps).sqrt()).reshape(view)
    return x * scale + (bias.reshape(view) - mean.reshape(view) * scale), running_mean, running_var


# %% list_of_results: a list in place of a tuple; second moments


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    flat = x.reshape(x.shape[0], x.shape[1], -1)
    if training:
        mean = flat.mean((0, 2))
        var = (flat - mean[:, None]).pow(2).mean((0, 2))
        m = flat.shape[0] * flat.shape[2]
        new_mean = running_mean - momentum * (running_mean - mean.detach())
        new_var = running_var - momentum * (running_var - var.detach() * (m / (m - 1)))
    else:
        mean, var, new_mean, new_var = running_mean, running_var, running_mean, running_var
    y = (flat - mean[None, :, None]) / torch.sqrt(var + eps)[None, :, None]
    y = y * weight[None, :, None] + bias[None, :, None]
    return [y.reshape(x.shape), new_mean, new_var]


# %% recursion: evaluation is what training calls with its own statistics


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        columns = x.movedim(1, -1)
        y = (columns - running_mean) / (running_var + eps) ** 0.5 * weight + bias
        return y.movedim(-1, 1), running_mean, running_var
    rows = x.movedim(1, -1).reshape(-1, x.shape[1])
    mean, var = rows.mean(0), rows.var(0, unbiased=False)
    y, _, _ = batch_norm(x, weight, bias, mean, var, False, momentum, eps)
    blend = lambda old, new: (1 - momentum) * old + momentum * new  # noqa: E731
    return y, blend(running_mean, mean), blend(running_var, rows.var(0, unbiased=True))


# %% channel_loop: writes each channel into an empty tensor


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    y = torch.empty_like(x)
    rm, rv = torch.empty_like(running_mean), torch.empty_like(running_var)
    for c in range(x.shape[1]):
        channel = x[:, c]
        if training:
            mean, var = channel.mean(), ((channel - channel.mean()) ** 2).mean()
            rm[c] = (1 - momentum) * running_mean[c] + momentum * mean.item()
            rv[c] = (1 - momentum) * running_var[c] + momentum * channel.var().item()
        else:
            mean, var = running_mean[c], running_var[c]
            rm[c], rv[c] = mean, var
        y[:, c] = weight[c] * (channel - mean) / torch.sqrt(var + eps) + bias[c]
    return y, rm, rv


# %% einsum: averages by einsum


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    v = x.flatten(2) if x.dim() > 2 else x[:, :, None]
    m = v.shape[0] * v.shape[2]
    mean, var = running_mean, running_var
    if training:
        mean = torch.einsum("ncs->c", v) / m
        centred = v - mean[:, None]
        total = torch.einsum("ncs,ncs->c", centred, centred)
        var = total / m
        running_mean = torch.add(running_mean * (1 - momentum), mean.data, alpha=momentum)
        running_var = torch.add(running_var * (1 - momentum), total.data / (m - 1), alpha=momentum)
    y = torch.einsum("ncs,c->ncs", v - mean[:, None], weight * (var + eps).pow(-0.5))
    return (y + bias[:, None]).reshape(x.shape), running_mean, running_var


# %% own_function: forward and backward written by hand


class Normalise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, eps):
        mean = rows.mean(0)
        inverse = 1 / torch.sqrt(((rows - mean) ** 2).mean(0) + eps)
        out = (rows - mean) * inverse
        ctx.save_for_backward(out, inverse)
        return out

    @staticmethod
    def backward(ctx, g):
        out, inverse = ctx.saved_tensors
        return inverse * (g - g.mean(0) - out * (g * out).mean(0)), None


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    moved = x.movedim(1, -1)
    rows = moved.reshape(-1, x.shape[1])
    if training:
        out = Normalise.apply(rows, eps)
        seen = rows.detach()
        running_mean = (1 - momentum) * running_mean + momentum * seen.mean(0)
        running_var = (1 - momentum) * running_var + momentum * seen.var(0)
    else:
        out = (rows - running_mean) / torch.sqrt(running_var + eps)
    return (out * weight + bias).reshape(moved.shape).movedim(-1, 1), running_mean, running_var


# %% numpy_statistics: running statistics in numpy


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    dims = tuple(d for d in range(x.dim()) if d != 1)
    shape = [-1 if d == 1 else 1 for d in range(x.dim())]
    mean, var = running_mean.reshape(shape), running_var.reshape(shape)
    if training:
        mean = x.mean(dims, keepdim=True)
        var = (x * x).mean(dims, keepdim=True) - mean * mean
        a = x.detach().numpy()
        rm = (1 - momentum) * running_mean.numpy() + momentum * np.mean(a, axis=dims)
        rv = (1 - momentum) * running_var.numpy() + momentum * np.var(a, axis=dims, ddof=1)
        running_mean, running_var = torch.from_numpy(rm), torch.from_numpy(rv)
    y = torch.addcmul(
        bias.reshape(shape), weight.reshape(shape), (x - mean) / torch.sqrt(var + eps)
    )
    return y, running_mean, running_var


# %% one_by_one: unsqueezes until the shapes fit


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    def fit(values):
        while values.dim() < x.dim() - 1:
            values = values.unsqueeze(-1)
        return values

    mean, var, after = running_mean, running_var, (running_mean.detach(), running_var.detach())
    if training:
        m = math.prod(x.shape) // x.shape[1]
        mean = x.sum(0).reshape(x.shape[1], -1).sum(1) / m
        var = ((x - fit(mean)) ** 2).sum(0).reshape(x.shape[1], -1).sum(1) / m
        after = tuple(
            old * (1 - momentum) + new * momentum
            for old, new in ((running_mean, mean), (running_var, var * m / (m - 1)))
        )
    return fit(weight) * (x - fit(mean)) / torch.sqrt(fit(var) + eps) + fit(bias), *after


# %% vmapped: one channel, mapped over axis 1


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    def channel(values, w, b, rm, rv):
        mean, var = rm, rv
        if training:
            mean = values.mean()
            var = (values - mean).square().mean()
            unbiased = (values - mean).square().sum() / (values.numel() - 1)
            rm, rv = rm + momentum * (mean - rm), rv + momentum * (unbiased - rv)
        return (values - mean) / torch.sqrt(var + eps) * w + b, rm, rv

    mapped = torch.func.vmap(channel, in_dims=(1, 0, 0, 0, 0), out_dims=(1, 0, 0))
    return mapped(x, weight, bias, running_mean, running_var)


# %% by_layer_norm: layer_norm on the transposed rows, in training only


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    turned = x.transpose(0, 1)
    rows = turned.reshape(x.shape[1], -1)
    if training:
        out = F.layer_norm(rows, (rows.shape[1],), None, None, eps)
        running_mean = (1 - momentum) * running_mean + momentum * rows.mean(-1)
        running_var = (1 - momentum) * running_var + momentum * rows.var(-1)
    else:
        out = (rows - running_mean.unsqueeze(1)) / (running_var + eps).sqrt().unsqueeze(1)
    out = out * weight.unsqueeze(1) + bias.unsqueeze(1)
    return out.reshape(turned.shape).transpose(0, 1), running_mean, running_var


# %% lerp: torch.lerp for the running statistics


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    flat = x.transpose(0, 1).flatten(1)
    if training:
        var, mean = torch.var_mean(flat, 1, correction=0)
        running_mean = torch.lerp(running_mean, mean, momentum)
        running_var = torch.lerp(running_var, flat.var(1), momentum)
    else:
        mean, var = running_mean, running_var
    s = [1, -1] + [1] * (x.ndim - 2)
    y = (x - mean.view(s)) * (weight * (var + eps) ** -0.5).view(s) + bias.view(s)
    return y, running_mean, running_var


# %% named: a namedtuple result


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    import collections

    Result = collections.namedtuple("Result", "y mean var")
    dims = (0, *range(2, x.dim()))
    view = (-1,) + (1,) * (x.dim() - 2)
    if not training:
        m, v = running_mean, running_var
        new = (running_mean.clone(), running_var.clone())
    else:
        m = x.mean(dims)
        v = ((x - m.view(view)) ** 2).mean(dims)
        k = x.numel() / x.size(1)
        new = (
            running_mean * (1 - momentum) + m.detach() * momentum,
            running_var * (1 - momentum) + v.detach() * momentum * k / (k - 1),
        )
    y = (x - m.view(view)) / (v.view(view) + eps).sqrt() * weight.view(view) + bias.view(view)
    return Result(y, *new)


# %% two_functions: helper per mode


def _norm(x, m, v, w, b, eps):
    x = x.movedim(1, -1)
    return ((x - m) / torch.sqrt(v + eps) * w + b).movedim(-1, 1)


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return _norm(x, running_mean, running_var, weight, bias, eps), running_mean, running_var
    c = x.movedim(1, -1).reshape(-1, x.shape[1])
    out = _norm(x, c.mean(0), c.var(0, unbiased=False), weight, bias, eps)
    with torch.no_grad():
        rm = momentum * c.mean(0) + (1 - momentum) * running_mean
        rv = momentum * c.var(0, unbiased=True) + (1 - momentum) * running_var
    return out, rm, rv
