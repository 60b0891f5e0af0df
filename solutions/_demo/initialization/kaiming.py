"""Kaiming initialisation. My answer."""

import math

import torch
from torch import Tensor


def gain(nonlinearity: str, negative_slope: float = 0.01) -> float:
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + negative_slope**2))
    raise ValueError(f"unknown nonlinearity: {nonlinearity}")


def kaiming_uniform(
    shape: tuple[int, ...],
    mode: str = "fan_in",
    negative_slope: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be fan_in or fan_out, not {mode}")
    kernel = math.prod(shape[2:])
    fan_in, fan_out = shape[0] * kernel, shape[1] * kernel
    fan = fan_in if mode == "fan_in" else fan_out
    std = gain("leaky_relu", negative_slope) / math.sqrt(fan)
    bound = math.sqrt(3.0) * std
    return (torch.rand(shape, generator=generator) * 2 - 1) * bound


def kaiming_normal(
    shape: tuple[int, ...],
    mode: str = "fan_in",
    negative_slope: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    # same as above but with randn, later
    raise NotImplementedError
