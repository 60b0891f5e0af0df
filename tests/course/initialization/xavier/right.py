"""Right answers: any way to draw that has the right law."""

import functools
import math
import operator
from math import prod, sqrt

import numpy as np
import torch


# %% plain: products of the shape, rand and randn
def fans(shape):
    k = prod(shape[2:])
    return shape[1] * k, shape[0] * k


def xavier_uniform(shape, gain=1.0, generator=None):
    fan_in, fan_out = fans(shape)
    b = gain * sqrt(6 / (fan_in + fan_out))
    return torch.rand(shape, generator=generator) * 2 * b - b


def xavier_normal(shape, gain=1.0, generator=None):
    fan_in, fan_out = fans(shape)
    return torch.randn(shape, generator=generator) * (gain * sqrt(2.0 / (fan_in + fan_out)))


# %% in_place: uniform_ and normal_, a loop over the kernel
def fans(shape):
    k = 1
    for size in shape[2:]:
        k *= size
    return (shape[1] * k, shape[0] * k)


def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * (6 / sum(fans(shape))) ** 0.5
    return torch.empty(shape).uniform_(-b, b, generator=generator)


def xavier_normal(shape, gain=1.0, generator=None):
    std = gain * (2 / sum(fans(shape))) ** 0.5
    return torch.empty(*shape).normal_(0, std, generator=generator)


# %% parameters: leaves that ask for gradients, functools.reduce
def fans(shape):
    k = functools.reduce(operator.mul, shape[2:], 1)
    return k * shape[1], k * shape[0]


def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * math.sqrt(3) * math.sqrt(2 / sum(fans(shape)))
    w = torch.nn.Parameter(torch.zeros(shape))
    with torch.no_grad():
        w.uniform_(-b, b, generator=generator)
    return w


def xavier_normal(shape, gain=1.0, generator=None):
    w = torch.zeros(shape, requires_grad=True)
    with torch.no_grad():
        w.normal_(std=gain * math.sqrt(2 / sum(fans(shape))), generator=generator)
    return w


# %% meta: the fans from an empty tensor's own sizes, torch.normal
def fans(shape):
    w = torch.empty(shape)
    k = w[0][0].numel()
    return w.size(1) * k, w.size(0) * k


def xavier_uniform(shape, gain=1.0, generator=None):
    b = math.sqrt(6.0) * gain / math.sqrt(sum(fans(shape)))
    return (torch.rand(*shape, generator=generator) - 0.5) * (2 * b)


def xavier_normal(shape, gain=1.0, generator=None):
    std = math.sqrt(2.0) * gain / math.sqrt(sum(fans(shape)))
    return torch.normal(0.0, std, size=tuple(shape), generator=generator)


# %% numpy_products: numpy for the fans, tensors of deviations
def fans(shape):
    k = int(np.prod(shape[2:]))
    return shape[1] * k, shape[0] * k


def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * np.sqrt(6 / sum(fans(shape)))
    return torch.from_numpy(np.full(shape, b)) * torch.rand(shape, generator=generator).mul(2).sub(1)


def xavier_normal(shape, gain=1.0, generator=None):
    std = torch.full(tuple(shape), gain * float(np.sqrt(2 / sum(fans(shape)))))
    return torch.normal(torch.zeros(shape), std, generator=generator)


# %% numpy_scalars: fans as numpy integers, numpy's own generator
def fans(shape):
    return np.prod(shape[1:]), shape[0] * np.prod(shape[2:], dtype=int)


def xavier_uniform(shape, gain=1.0, generator=None):
    rng = np.random.default_rng(torch.randint(2**60, (1,), generator=generator).item())
    b = gain * np.sqrt(6 / sum(fans(shape)))
    return torch.from_numpy(rng.uniform(-b, b, shape))


def xavier_normal(shape, gain=1.0, generator=None):
    rng = np.random.default_rng(torch.randint(2**60, (1,), generator=generator).item())
    return torch.tensor(rng.normal(0, gain * np.sqrt(2 / sum(fans(shape))), shape))


# %% division: fans from the number of weights, transposed draws
def fans(shape):
    n = prod(shape)
    return n // shape[0], n // shape[1]


def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    drawn = torch.rand(tuple(shape)[::-1], generator=generator)
    return (b - 2 * b * drawn).permute(*range(len(shape) - 1, -1, -1))


def xavier_normal(shape, gain=1.0, generator=None):
    drawn = torch.randn(shape[1], shape[0], *shape[2:], generator=generator)
    return drawn.transpose(0, 1) * gain * sqrt(2 / sum(fans(shape)))


# %% recursion: one kernel axis at a time; lerp; Box and Muller
def fans(shape):
    if len(shape) == 2:
        return shape[1], shape[0]
    fan_in, fan_out = fans(shape[:-1])
    return fan_in * shape[-1], fan_out * shape[-1]


def xavier_uniform(shape, gain=1.0, generator=None):
    b = torch.tensor(gain * sqrt(6 / sum(fans(shape))))
    return torch.lerp(-b, b, torch.rand(shape, generator=generator))


def xavier_normal(shape, gain=1.0, generator=None):
    r = torch.sqrt(-2 * torch.log1p(-torch.rand(shape, generator=generator)))
    angle = 2 * math.pi * torch.rand(shape, generator=generator)
    return gain * sqrt(2 / sum(fans(shape))) * r * torch.sin(angle)


# %% distributions: unpacked shapes; a sign and a size; ndtri of a flat row
def fans(shape):
    out, into, *kernel = shape
    return into * prod(kernel), out * prod(kernel)


def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    signs = torch.randint(0, 2, shape, generator=generator) * 2 - 1
    return signs * torch.rand(shape, generator=generator) * b


def xavier_normal(shape, gain=1.0, generator=None):
    u = torch.rand(prod(shape), generator=generator).clamp(1e-16, 1 - 1e-16)
    return (torch.special.ndtri(u) * gain * sqrt(2 / sum(fans(shape)))).reshape(shape)


# %% row_by_row: units drawn one at a time; the global generator where none is given
def fans(shape):
    sizes = torch.tensor(tuple(shape))
    k = sizes[2:].prod().item()
    return int(sizes[1].item() * k), int(sizes[0].item() * k)


def xavier_uniform(shape, gain=1.0, generator=None):
    generator = torch.default_generator if generator is None else generator
    b = gain * sqrt(6 / sum(fans(shape)))
    w = torch.empty(shape)
    for row in w:
        row.uniform_(-b, b, generator=generator)
    return w


def xavier_normal(shape, gain=1.0, generator=None):
    generator = generator or torch.default_generator
    std = gain * sqrt(2 / sum(fans(shape)))
    return torch.stack([torch.randn(shape[1:], generator=generator) * std for _ in range(shape[0])])


# %% helpers: a shared deviation; a uniform from the normal's distribution function
def fans(shape):
    receptive_field = 1
    if len(shape) > 2:
        receptive_field = prod(shape[2:])
    fan_in = shape[1] * receptive_field
    fan_out = shape[0] * receptive_field
    return fan_in, fan_out


def deviation(shape, gain):
    a, b = fans(shape)
    return gain / sqrt((a + b) / 2)


def xavier_uniform(shape, gain=1.0, generator=None):
    z = torch.randn(shape, generator=generator)
    return torch.erf(z / sqrt(2)) * sqrt(3) * deviation(shape, gain)


def xavier_normal(shape, gain=1.0, generator=None):
    return deviation(shape, gain) * torch.empty(shape).normal_(generator=generator)


# %% receptive_loop: the kernel multiplied up in a loop


def fans(shape):
    out_features, in_features = shape[:2]
    receptive = 1
    for k in shape[2:]:
        receptive *= k
    return in_features * receptive, out_features * receptive


def xavier_uniform(shape, gain=1.0, generator=None):
    a = gain * (6 / (fans(shape)[0] + fans(shape)[1])) ** 0.5
    return torch.empty(*shape).uniform_(-a, a, generator=generator)


def xavier_normal(shape, gain=1.0, generator=None):
    a = gain * (2 / sum(fans(shape))) ** 0.5
    return torch.empty(*shape).normal_(mean=0.0, std=a, generator=generator)
