"""Right answers: any way to draw that has the right law."""

import math
from math import prod, sqrt

import numpy as np
import torch

# %% plain: randn and rand, scaled
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + negative_slope**2))
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def deviation(shape, mode, negative_slope):
    k = 1
    for size in shape[2:]:
        k *= size
    if mode == "fan_in":
        fan = shape[1] * k
    elif mode == "fan_out":
        fan = shape[0] * k
    else:
        raise ValueError(f"mode {mode}")
    return gain("leaky_relu", negative_slope) / math.sqrt(fan)


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.rand(shape, generator=generator) * 2 * b - b


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.randn(shape, generator=generator) * deviation(shape, mode, negative_slope)


# %% in_place: uniform_ and normal_ on empty tensors, a table of gains
def gain(nonlinearity, negative_slope=0.01):
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,
        "relu": 2**0.5,
        "leaky_relu": (2 / (1 + negative_slope * negative_slope)) ** 0.5,
    }
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = 3**0.5 * deviation(shape, mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.empty(shape).normal_(0, deviation(shape, mode, negative_slope), generator=generator)


# %% requires_grad: leaves that ask for gradients; a KeyError translated
def gain(nonlinearity, negative_slope=0.01):
    squares = dict(linear=1, sigmoid=1, tanh=25 / 9, relu=2, leaky_relu=2 / (1 + negative_slope**2))
    try:
        return sqrt(squares[nonlinearity])
    except KeyError as error:
        raise ValueError("no such nonlinearity") from error


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    fans = {"fan_in": shape[1] * prod(shape[2:]), "fan_out": shape[0] * prod(shape[2:])}
    if mode not in fans:
        raise ValueError(mode)
    b = sqrt(6 / ((1 + negative_slope**2) * fans[mode]))
    weight = torch.zeros(shape)
    weight.uniform_(-b, b, generator=generator)
    return weight.requires_grad_(True)


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    weight = torch.zeros(shape, requires_grad=True)
    with torch.no_grad():
        weight.normal_(generator=generator).mul_(deviation(shape, mode, negative_slope))
    return weight


# %% parameter: nn.Parameter, torch.normal
def gain(nonlinearity, negative_slope=0.01):
    match nonlinearity:
        case "tanh":
            return 5 / 3
        case "relu":
            return math.sqrt(2)
        case "leaky_relu":
            return math.sqrt(2 / (1 + negative_slope**2))
        case "linear" | "sigmoid":
            return 1.0
        case _:
            raise ValueError(nonlinearity)


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.nn.Parameter((torch.rand(*shape, generator=generator) - 0.5) * 2 * b)


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode, negative_slope)
    return torch.nn.Parameter(torch.normal(0.0, std, size=tuple(shape), generator=generator))


# %% transforms: Box and Muller, sign and size
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity == "relu":
        nonlinearity, negative_slope = "leaky_relu", 0.0
    if nonlinearity == "leaky_relu":
        return math.sqrt(2) / math.sqrt(1 + negative_slope**2)
    if nonlinearity in {"linear", "sigmoid", "tanh"}:
        return 5 / 3 if nonlinearity == "tanh" else 1.0
    raise ValueError("unknown")


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    sign = torch.randint(0, 2, shape, generator=generator) * 2 - 1
    return sign * torch.rand(shape, generator=generator) * b


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    u = 1 - torch.rand(shape, generator=generator)
    v = torch.rand(shape, generator=generator)
    return deviation(shape, mode, negative_slope) * (-2 * u.log()).sqrt() * (math.tau * v).sin()


# %% numpy: a NumPy generator seeded by a draw; a subclass of ValueError
class Unknown(ValueError):
    pass


def gain(nonlinearity, negative_slope=0.01):
    names = ("linear", "sigmoid", "tanh", "relu", "leaky_relu")
    if nonlinearity not in names:
        raise Unknown(nonlinearity)
    values = np.sqrt([1, 1, 25 / 9, 2, 2 / (1 + negative_slope**2)])
    return values[names.index(nonlinearity)].item()


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    seed = torch.randint(2**31, (1,), generator=generator).item()
    return torch.from_numpy(np.random.default_rng(seed).uniform(-b, b, shape))


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    seed = torch.randint(2**31, (1,), generator=generator).item()
    draw = np.random.RandomState(seed).standard_normal(tuple(shape))
    return torch.tensor(draw) * deviation(shape, mode, negative_slope)


# %% inverse: inverse distribution function, quantile of a uniform draw
def gain(nonlinearity, negative_slope=0.01):
    a = {"linear": 1, "sigmoid": 1, "relu": 0, "leaky_relu": negative_slope}
    if nonlinearity == "tanh":
        return 5 / 3
    if nonlinearity not in a:
        raise ValueError(nonlinearity)
    return (2 / (1 + a[nonlinearity] ** 2)) ** 0.5


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.lerp(torch.tensor(-b), torch.tensor(b), torch.rand(shape, generator=generator))


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    u = torch.rand(shape, generator=generator).clamp(1e-16, 1 - 1e-16)
    return math.sqrt(2) * deviation(shape, mode, negative_slope) * torch.erfinv(2 * u - 1)


# %% flat: drawn flat and reshaped
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity in ["linear", "sigmoid"]:
        result = 1.0
    elif nonlinearity == "tanh":
        result = 5.0 / 3.0
    elif nonlinearity == "relu":
        result = float(np.sqrt(2.0))
    elif nonlinearity == "leaky_relu":
        result = float(np.sqrt(2.0 / (1.0 + negative_slope**2.0)))
    else:
        raise ValueError("Unsupported: " + str(nonlinearity))
    return result


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return (torch.rand(prod(shape), generator=generator) * 2 * b - b).reshape(shape)


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    flat = torch.randn(prod(shape), generator=generator)
    return flat.mul(deviation(shape, mode, negative_slope)).view(*shape)


# %% rows: one unit at a time
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity == "leaky_relu":
        return torch.tensor(2 / (1 + negative_slope**2)).sqrt().item()
    known = {"linear": lambda: 1.0, "sigmoid": lambda: 1.0, "tanh": lambda: 5 / 3}
    known["relu"] = lambda: gain("leaky_relu", 0)
    if nonlinearity in known:
        return known[nonlinearity]()
    raise ValueError


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    weight = torch.empty(shape)
    for row in weight:
        row.uniform_(-b, b, generator=generator)
    return weight


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode, negative_slope)
    return torch.stack(
        [torch.randn(shape[1:], generator=generator) * std for _ in range(shape[0])]
    )


# %% transposed: drawn in another layout, so not contiguous; fan from a meta tensor
def gain(nonlinearity, negative_slope=0.01):
    leak = negative_slope if nonlinearity == "leaky_relu" else 0.0
    if nonlinearity.endswith("relu") and nonlinearity in ("relu", "leaky_relu"):
        return math.sqrt(2 / (1 + leak**2))
    if nonlinearity not in ("linear", "sigmoid", "tanh"):
        raise ValueError(nonlinearity)
    return {"tanh": 5 / 3}.get(nonlinearity, 1.0)


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    swapped = (shape[1], shape[0], *shape[2:])
    return ((torch.rand(swapped, generator=generator) * 2 - 1) * b).transpose(0, 1)


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError("mode must be fan_in or fan_out")
    row = torch.empty(shape, device="meta")[0 if mode == "fan_in" else (slice(None), 0)]
    std = gain("leaky_relu", negative_slope) / math.sqrt(row.numel())
    swapped = (shape[1], shape[0], *shape[2:])
    return std * torch.randn(swapped, generator=generator).transpose(1, 0)


# %% buffer: twelve uniforms are not needed; normals from pairs, uniforms from normals
def gain(nonlinearity, negative_slope=0.01):
    names = "linear sigmoid tanh relu leaky_relu".split()
    if names.count(nonlinearity) == 0:
        raise ValueError(nonlinearity)
    return [1.0, 1.0, 5 / 3, 2**0.5, 2**0.5 / math.hypot(1, negative_slope)][
        names.index(nonlinearity)
    ]


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.erf(torch.randn(shape, generator=generator) / math.sqrt(2)) * b


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    a = torch.randn(shape, generator=generator)
    b = torch.randn(shape, generator=generator)
    return deviation(shape, mode, negative_slope) * (a - b) / math.sqrt(2)


# %% randint_bits: uniforms out of random integers; log-normal undone
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity == "relu":
        return 1.4142135623730951
    if nonlinearity == "leaky_relu":
        return math.pow(2 / (1 + math.pow(negative_slope, 2)), 0.5)
    if nonlinearity == "tanh":
        return 1.6666666666666667
    if nonlinearity == "linear" or nonlinearity == "sigmoid":
        return 1.0
    raise ValueError(f"{nonlinearity!r}")


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    bits = torch.randint(0, 2**40, shape, generator=generator)
    return (bits.to(torch.get_default_dtype()) / 2**39 - 1) * b


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode, negative_slope)
    return torch.empty(shape).log_normal_(0, 1, generator=generator).log() * std


# %% complex_normal: real parts; torch.distributions is not needed
def gain(nonlinearity, negative_slope=0.01):
    variance_kept = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 0.36,
        "relu": 0.5,
        "leaky_relu": (1 + negative_slope**2) / 2,
    }.get(nonlinearity)
    if variance_kept is None:
        raise ValueError(nonlinearity)
    return variance_kept**-0.5


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return b - torch.rand(shape, generator=generator) * (2 * b)


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    draw = torch.randn(shape, generator=generator, dtype=torch.complex128).real
    return draw * math.sqrt(2) * deviation(shape, mode, negative_slope)


# %% fans_from_slices: fans as sizes of slices


def gain(nonlinearity, negative_slope=0.01):
    values = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5.0 / 3,
        "relu": 2.0**0.5,
        "leaky_relu": (2.0 / (1 + negative_slope * negative_slope)) ** 0.5,
    }
    if nonlinearity not in values:
        raise ValueError("unknown")
    return values[nonlinearity]


def _fan(shape, mode):
    w = torch.empty(shape)
    if mode == "fan_in":
        return w[0].numel()
    if mode == "fan_out":
        return w[:, 0].numel()
    raise ValueError(mode)


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = gain("leaky_relu", negative_slope) * (3.0 / _fan(shape, mode)) ** 0.5
    return torch.rand(shape, generator=generator).sub_(0.5).mul_(2 * b)


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    s = gain("leaky_relu", negative_slope) / _fan(shape, mode) ** 0.5
    return torch.normal(torch.zeros(shape), torch.full(shape, s), generator=generator)
