"""Right answers to linear_warmup."""

import functools
import itertools
import math
from decimal import Decimal
from functools import lru_cache

import numpy as np
import torch

# %% two_branches: the climb, then the plateau


def linear_warmup(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr


# %% zero_first: a guard for no warmup, then min


def linear_warmup(step, base_lr, warmup_steps):
    if warmup_steps == 0:
        return base_lr
    return min(base_lr, base_lr * (step + 1) / warmup_steps)


# %% one_expression: a conditional expression


def linear_warmup(step, base_lr, warmup_steps):
    return base_lr * ((step + 1) / warmup_steps if step < warmup_steps else 1)


# %% stair_first: the height of a stair times the number of stairs


def linear_warmup(step, base_lr, warmup_steps):
    stairs = max(warmup_steps, 1)
    return (base_lr / stairs) * min(step + 1, stairs)


# %% catches_the_division: lets the division fail and answers then


def linear_warmup(step, base_lr, warmup_steps):
    try:
        done = (step + 1) / warmup_steps
    except ZeroDivisionError:
        return base_lr
    return base_lr * min(done, 1.0)


# %% numpy_clip: clips with numpy and gives a Python float back


def linear_warmup(step, base_lr, warmup_steps):
    done = np.float64(step + 1) / max(warmup_steps, 1)
    return float(base_lr * np.clip(done, 0.0, 1.0))


# %% torch_lerp: interpolates in torch


def linear_warmup(step, base_lr, warmup_steps):
    if warmup_steps <= 1 or step >= warmup_steps:
        return base_lr
    start = torch.tensor(base_lr / warmup_steps)
    return torch.lerp(start, torch.tensor(base_lr), step / (warmup_steps - 1)).item()


# %% from_the_step_before: recursion down to step 0


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    if step == 0:
        return base_lr / warmup_steps
    return linear_warmup(step - 1, base_lr, warmup_steps) + base_lr / warmup_steps


# %% cached: remembers answers by all three arguments


@functools.lru_cache(maxsize=None)
def linear_warmup(step, base_lr, warmup_steps):
    return base_lr if step >= warmup_steps else base_lr * ((step + 1) / warmup_steps)


# %% accumulated: sums stairs with accumulate


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    stairs = itertools.repeat(base_lr / warmup_steps, step + 1)
    return list(itertools.accumulate(stairs))[-1]


# %% decimals: in decimal arithmetic


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    return float(Decimal(base_lr) * Decimal(step + 1) / Decimal(warmup_steps))


# %% by_the_scheduler: asks torch's own scheduler for every step


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: (t + 1) / warmup_steps)
    for _ in range(step):
        optimiser.step()
        schedule.step()
    return optimiser.param_groups[0]["lr"]


# %% exponents: through logarithms


def linear_warmup(step, base_lr, warmup_steps):
    missing = math.log(step + 1) - math.log(warmup_steps) if warmup_steps else 0.0
    return base_lr * math.exp(min(missing, 0.0))


# %% numpy_scalar: a numpy float, which is a float


def linear_warmup(step, base_lr, warmup_steps):
    if warmup_steps == 0:
        return base_lr
    return np.minimum(base_lr, base_lr * np.float64(step + 1) / warmup_steps)


# %% min_of_steps: counts up to the cap


def linear_warmup(step, base_lr, warmup_steps):
    done = min(step + 1, warmup_steps)
    return base_lr * done / warmup_steps if warmup_steps else base_lr


# %% numpy_float: a numpy number


def linear_warmup(step, base_lr, warmup_steps):
    return np.float64(base_lr) * np.clip((step + 1) / np.maximum(warmup_steps, 1), 0, 1)


# %% lru_cached: remembers by all three


@lru_cache(maxsize=None)
def linear_warmup(step, base_lr, warmup_steps):
    return base_lr if step + 1 >= warmup_steps else base_lr / warmup_steps * (step + 1)


# %% try_division: catches the division


def linear_warmup(step, base_lr, warmup_steps):
    try:
        share = (step + 1) / warmup_steps
    except ZeroDivisionError:
        share = 1
    return base_lr * (share if share < 1 else 1)


# %% lerp: interpolates from the end


def linear_warmup(step, base_lr, warmup_steps):
    left = max(warmup_steps - 1 - step, 0)
    return base_lr * (1 - left / max(warmup_steps, 1))


# %% scheduler: PyTorch's own LambdaLR, asked without a counter


def linear_warmup(step, base_lr, warmup_steps):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=base_lr)
    rule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda t: min(1.0, (step + 1) / warmup_steps) if warmup_steps else 1.0
    )
    return rule.get_last_lr()[0]
