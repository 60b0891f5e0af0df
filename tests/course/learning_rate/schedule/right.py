"""Right answers to warmup_cosine."""

import cmath
import functools
import math
from fractions import Fraction

import numpy as np
import torch

# %% plain: three regimes


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    if step >= total_steps:
        return min_lr
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return min_lr + 0.5 * (base_lr - min_lr) * (1.0 + math.cos(math.pi * progress))


# %% capped: two regimes, progress capped


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if warmup_steps > 0 and step < warmup_steps:
        return (step + 1) / warmup_steps * base_lr
    progress = min(1, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    coefficient = (1 + math.cos(progress * math.pi)) / 2
    return coefficient * (base_lr - min_lr) + min_lr


# %% own_functions: composed of two functions


def linear_warmup(step, base_lr, warmup_steps):
    return base_lr if step >= warmup_steps else base_lr * (step + 1) / warmup_steps


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    t = min(step, total_steps) / total_steps
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * t)) / 2


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return linear_warmup(step, base_lr, warmup_steps)
    return cosine_decay(step - warmup_steps, base_lr, total_steps - warmup_steps, min_lr)


# %% numpy_scalar: clip in numpy, a numpy float comes back


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return np.float64(base_lr) * (step + 1) / warmup_steps
    progress = np.clip((step - warmup_steps) / (total_steps - warmup_steps), 0, 1)
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + np.cos(np.pi * progress))


# %% torch_item: in torch


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return torch.tensor(base_lr).mul(step + 1).div(warmup_steps).item()
    done = torch.tensor((step - warmup_steps) / (total_steps - warmup_steps)).clamp_max(1.0)
    return torch.lerp(
        torch.tensor(base_lr), torch.tensor(min_lr), (1 - (torch.pi * done).cos()) / 2
    ).item()


# %% schedulers: CosineAnnealingLR after warmup


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    length = total_steps - warmup_steps
    if length > 1000:
        turned = math.cos(math.pi * min(step - warmup_steps, length) / length)
        return min_lr + (base_lr - min_lr) * (1 + turned) / 2
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, length, eta_min=min_lr)
    for _ in range(min(step - warmup_steps, length)):
        optimiser.step()
        schedule.step()
    return optimiser.param_groups[0]["lr"]


# %% half_angle: cosine squared


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    step = min(step, total_steps)
    if step < warmup_steps:
        return base_lr / warmup_steps * (step + 1)
    angle = math.pi * (step - warmup_steps) / (2 * (total_steps - warmup_steps))
    return base_lr * math.cos(angle) ** 2 + min_lr * math.sin(angle) ** 2


# %% exact_progress: fractions


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return float(Fraction(base_lr) * Fraction(step + 1, warmup_steps))
    progress = min(Fraction(1), Fraction(step - warmup_steps, total_steps - warmup_steps))
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * float(progress))) / 2


# %% counted_back: from the end


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    left = max(total_steps - step, 0)
    length = total_steps - warmup_steps
    if left > length:
        return base_lr * (1 - (left - length - 1) / warmup_steps)
    return min_lr + (base_lr - min_lr) * (1 - math.cos(math.pi * left / length)) / 2


# %% complex_turn: the real part of a rotation


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step in range(warmup_steps):
        return base_lr * (step + 1) / warmup_steps
    turn = cmath.rect(
        1.0,
        math.pi
        * min(step - warmup_steps, total_steps - warmup_steps)
        / (total_steps - warmup_steps),
    )
    middle = (base_lr + min_lr) / 2
    return middle + (base_lr - middle) * turn.real


# %% cached: remembers by all arguments


@functools.cache
def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step > total_steps:
        return warmup_cosine(total_steps, base_lr, warmup_steps, total_steps, min_lr)
    if step < warmup_steps:
        return base_lr * ((1 + step) / warmup_steps)
    theta = math.radians(180 * (step - warmup_steps) / (total_steps - warmup_steps))
    return (base_lr + min_lr + (base_lr - min_lr) * math.cos(theta)) / 2


# %% nested_functions: two helpers


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    def up(t):
        return base_lr * (t + 1) / warmup_steps

    def down(t):
        p = np.clip((t - warmup_steps) / (total_steps - warmup_steps), 0, 1)
        return float(min_lr + (base_lr - min_lr) * (np.cos(np.pi * p) + 1) * 0.5)

    return up(step) if step < warmup_steps else down(step)


# %% clamped_step: clamps the step first


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    step = min(step, total_steps)
    if step + 1 <= warmup_steps:
        return (base_lr / warmup_steps) * (step + 1)
    angle = math.pi * (step - warmup_steps) / (total_steps - warmup_steps)
    return (base_lr + min_lr) / 2 + (base_lr - min_lr) / 2 * math.cos(angle)


# %% match_statement: cases


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    match (step < warmup_steps, step < total_steps):
        case (True, _):
            return base_lr * (step + 1) / warmup_steps
        case (_, False):
            return min_lr
    left = (total_steps - step) / (total_steps - warmup_steps)
    return min_lr + (base_lr - min_lr) * 0.5 * (1 - math.cos(math.pi * left))


# %% both_then_choose: computes both, guards the division


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    climb = base_lr * min(1.0, (step + 1) / (warmup_steps or 1))
    p = min(max(0.0, (step - warmup_steps) / (total_steps - warmup_steps)), 1.0)
    fall = (base_lr - min_lr) * (1 - math.cos(math.pi * p)) / 2
    return climb - fall


# %% linspace_and_lerp: a tensor's item


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return torch.linspace(base_lr / warmup_steps, base_lr, warmup_steps)[step].item()
    p = torch.tensor((step - warmup_steps) / (total_steps - warmup_steps)).clamp(max=1)
    return torch.lerp(
        torch.tensor(min_lr), torch.tensor(base_lr), (1 + torch.cos(p * math.pi)) / 2
    ).item()
