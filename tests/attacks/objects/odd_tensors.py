"""Returns meta, nested, quantised and float8 tensors, and a bool one with bytes of its own.

stopped by: comparison
points: none
says: device meta
"""

import itertools

import torch


def meta(x):
    return torch.empty(3, 4, device="meta", dtype=torch.float64)


def nested(x):
    return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.strided)


def quantised(x):
    return torch.quantize_per_tensor(torch.ones(3, 4).float(), 0.1, 0, torch.quint8)


def float8(x):
    return torch.ones(3, 4).to(torch.float8_e4m3fn)


def forged_bool(x):
    return torch.full((3, 4), 7, dtype=torch.uint8).view(torch.bool)


KINDS = itertools.cycle([meta, nested, quantised, float8, forged_bool, meta, nested])


def square(x):
    return next(KINDS)(x)
