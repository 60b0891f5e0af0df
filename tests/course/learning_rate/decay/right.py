"""Right answers to the decays."""

import bisect
import cmath
import functools
import itertools
import math
from decimal import Decimal
from fractions import Fraction
from functools import reduce

import numpy as np
import torch

# %% plain: the formulas as they stand


def step_decay(step, base_lr, drop_every, factor):
    return base_lr * factor ** (step // drop_every)


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step >= total_steps:
        return min_lr
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * step / total_steps))


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * math.sqrt(warmup_steps / (step + 1))


# %% numpy_scalars: numpy floats, which are floats


def step_decay(step, base_lr, drop_every, factor):
    return base_lr * np.power(np.float64(factor), np.floor_divide(step, drop_every))


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = np.clip(step / total_steps, 0.0, 1.0)
    return min_lr + (base_lr - min_lr) * (1.0 + np.cos(np.pi * progress)) * 0.5


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = np.float64(step + 1)
    return base_lr * np.minimum(t / warmup_steps, np.sqrt(warmup_steps / t))


# %% loops: counts, one update at a time


def step_decay(step, base_lr, drop_every, factor):
    rate = base_lr
    for t in range(1, step + 1):
        if t % drop_every == 0:
            rate = rate * factor
    return rate


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    angle = 0.0
    for _ in range(min(step, total_steps)):
        angle += math.pi / total_steps
    return (base_lr + min_lr) / 2 + (base_lr - min_lr) / 2 * math.cos(angle)


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    rate = 0.0
    for _ in range(min(step + 1, warmup_steps)):
        rate += base_lr / warmup_steps
    return rate * (max(step + 1, warmup_steps) / warmup_steps) ** -0.5


# %% torch_items: in torch, with .item()


def step_decay(step, base_lr, drop_every, factor):
    return (base_lr * torch.pow(torch.tensor(factor), step // drop_every)).item()


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    done = torch.tensor(step / total_steps).clamp(0, 1)
    return (min_lr + (base_lr - min_lr) * (1 + torch.cos(math.pi * done)) / 2).item()


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = torch.tensor(float(step + 1))
    w = torch.tensor(float(warmup_steps))
    return float(torch.where(t <= w, base_lr * t / w, base_lr * (w / t).sqrt()))


# %% schedulers: asks torch's own schedulers


def scheduled(make, step, base_lr):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr)
    scheduler = make(optimiser)
    for _ in range(step):
        optimiser.step()
        scheduler.step()
    return optimiser.param_groups[0]["lr"]


def step_decay(step, base_lr, drop_every, factor):
    if step > 1000:
        return base_lr * factor ** (step // drop_every)
    make = functools.partial(torch.optim.lr_scheduler.StepLR, step_size=drop_every, gamma=factor)
    return scheduled(make, step, base_lr)


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    make = functools.partial(
        torch.optim.lr_scheduler.CosineAnnealingLR, T_max=total_steps, eta_min=min_lr
    )
    return scheduled(make, min(step, total_steps), base_lr)


# %% exact_arithmetic: fractions and decimals where they go


def step_decay(step, base_lr, drop_every, factor):
    return float(Decimal(base_lr) * Decimal(factor) ** (step // drop_every))


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = min(Fraction(step, total_steps), Fraction(1))
    share = (1 + math.cos(math.pi * float(progress))) / 2
    return share * base_lr + (1 - share) * min_lr


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step + 1 <= warmup_steps:
        return float(Fraction(base_lr) * Fraction(step + 1, warmup_steps))
    return float(Decimal(base_lr) * (Decimal(warmup_steps) / Decimal(step + 1)).sqrt())


# %% logarithms: through exp and log


def step_decay(step, base_lr, drop_every, factor):
    drops = (step - step % drop_every) / drop_every
    return math.exp(math.log(base_lr) + drops * math.log(factor))


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    turned = cmath.exp(1j * math.pi * min(1.0, step / total_steps))
    return min_lr + (base_lr - min_lr) * (1 + turned.real) / 2


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    ratio = math.log((step + 1) / warmup_steps)
    return base_lr * math.exp(ratio if ratio < 0 else -0.5 * ratio)


# %% half_angles: other trigonometry, other stairs


def step_decay(step, base_lr, drop_every, factor):
    whole, _ = divmod(step, drop_every)
    return math.prod(itertools.repeat(factor, whole), start=base_lr)


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    fallen = math.sin(math.pi / 2 * min(step, total_steps) / total_steps) ** 2
    return base_lr - (base_lr - min_lr) * fallen


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = step + 1
    return base_lr * warmup_steps**0.5 * min(t**-0.5, t * warmup_steps**-1.5)


# %% recursive: from one rate to an earlier one


def step_decay(step, base_lr, drop_every, factor):
    if step >= drop_every:
        return step_decay(step - drop_every, base_lr * factor, drop_every, factor)
    return base_lr


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if min_lr != 0:
        return min_lr + cosine_decay(step, base_lr - min_lr, total_steps)
    if step > total_steps:
        return cosine_decay(total_steps, base_lr, total_steps)
    return base_lr * (0.5 + 0.5 * math.cos(step * math.pi / total_steps))


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        peak = inverse_sqrt_decay(warmup_steps - 1, base_lr, warmup_steps)
        return peak / math.sqrt((step + 1) / warmup_steps)
    return (step + 1) / warmup_steps * base_lr


# %% cached: remembers by all arguments


@functools.cache
def step_decay(step, base_lr, drop_every, factor):
    return base_lr * pow(factor, int(step / drop_every))


@functools.lru_cache(maxsize=8)
def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    theta = math.radians(180 * min(step, total_steps) / total_steps)
    return min_lr + (base_lr - min_lr) * (math.cos(theta) + 1) / 2


@functools.cache
def inverse_sqrt_decay(step, base_lr, warmup_steps):
    return base_lr * min((step + 1) / warmup_steps, math.sqrt(warmup_steps) / math.sqrt(step + 1))


# %% milestones: a sorted list of drops; the seam counted on one side or the other


def step_decay(step, base_lr, drop_every, factor):
    milestones = list(range(drop_every, step + drop_every, drop_every))
    return base_lr * factor ** bisect.bisect_right(milestones, step)


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step == 0:
        return base_lr
    if step > total_steps:
        step = total_steps
    return base_lr + (min_lr - base_lr) * (1 - math.cos(math.pi * step / total_steps)) / 2


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step + 1 >= warmup_steps:
        return base_lr * math.sqrt(warmup_steps) / math.sqrt(step + 1)
    return base_lr / warmup_steps * (step + 1)


# %% reciprocal_root: divides by the root of the ratio


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    over = max(1.0, (step + 1) / warmup_steps)
    climbed = min(1.0, (step + 1) / warmup_steps)
    return base_lr * climbed / math.sqrt(over)


# %% divmod_and_complex: quotients by divmod, the cosine as a real part


def step_decay(step, base_lr, drop_every, factor):
    drops, _ = divmod(step, drop_every)
    return base_lr * pow(factor, drops)


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    turn = cmath.exp(1j * math.pi * min(step, total_steps) / total_steps)
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + turn.real)


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = step + 1
    if t <= warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * (warmup_steps / t) ** 0.5


# %% reduce_and_sin: products one by one


def step_decay(step, base_lr, drop_every, factor):
    return reduce(lambda rate, _: rate * factor, range(int(step / drop_every)), base_lr)


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    left = max(total_steps - step, 0) / total_steps
    return min_lr + (base_lr - min_lr) * math.sin(left * math.pi / 2) ** 2


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    climb = (step + 1) / warmup_steps
    fall = math.sqrt(warmup_steps) / math.sqrt(step + 1)
    return base_lr * min(climb, fall)


# %% numpy_all: numpy scalars


def step_decay(step, base_lr, drop_every, factor):
    return np.multiply(base_lr, np.power(float(factor), np.floor_divide(step, drop_every)))


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    p = np.minimum(step / total_steps, 1.0)
    return np.float64(min_lr + (base_lr - min_lr) * (1 + np.cos(np.pi * p)) / 2)


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    s = np.arange(1, step + 2)[-1]
    return float(base_lr * np.where(s < warmup_steps, s / warmup_steps, np.sqrt(warmup_steps / s)))


# %% degrees_right: degrees turned into radians


def step_decay(step, base_lr, drop_every, factor):
    rate = base_lr
    while step >= drop_every:
        rate, step = rate * factor, step - drop_every
    return rate


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step > total_steps:
        return min_lr
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.radians(180 * step / total_steps))) / 2


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step + 1 < warmup_steps:
        return (step + 1) / warmup_steps * base_lr
    return base_lr / math.sqrt((step + 1) / warmup_steps)


# %% clamped_ratios: cos, clamp and rsqrt in torch


def step_decay(step, base_lr, drop_every, factor):
    return base_lr * math.prod([factor] * (step // drop_every))


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    angle = torch.tensor(math.pi * min(step, total_steps) / total_steps)
    return float(min_lr + (base_lr - min_lr) * (1 + angle.cos()) / 2)


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    ratio = torch.tensor(float(step + 1)) / warmup_steps
    return (base_lr * ratio.clamp(max=1) * ratio.clamp(min=1).rsqrt()).item()
