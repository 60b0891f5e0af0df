"""Decay: large steps to get there, small ones to settle.

A learning rate that is right in the middle of training is too large at its end: the noise of each
mini-batch keeps throwing the weights about, and the loss stops falling. So the rate is lowered as
training goes on. Three schedules are in common use: stairs, which drop the rate by a factor every
so many updates; half a cosine, which starts flat, falls fastest halfway and lands softly; and the
inverse square root, which needs no end of training to be known.

Steps are counted from 0, and step 0 is the first update. With // for the whole part of a quotient:

    stairs         base_lr * factor ** (step // drop_every)
    cosine         min_lr + (base_lr - min_lr) * (1 + cos(pi * step / total_steps)) / 2
                   for step <= total_steps, then min_lr for ever
    inverse root   base_lr * (step + 1) / warmup_steps         while step < warmup_steps
                   base_lr * sqrt(warmup_steps / (step + 1))   from then on

Worked example, with base_lr = 1: stairs with factor = 0.5 and drop_every = 3, a cosine with
total_steps = 4 and min_lr = 0.2, and an inverse root with warmup_steps = 4:

    step           0        1        2        3        4        5        6
    stairs         1        1        1        0.5      0.5      0.5      0.25
    cosine         1        0.8828   0.6      0.3172   0.2      0.2      0.2
    inverse root   0.25     0.5      0.75     1        0.8944   0.8165   0.7559

All three return the rate itself as a float, and depend on their arguments alone: steps may be asked
for in any order, and more than once.
"""


def step_decay(step: int, base_lr: float, drop_every: int, factor: float) -> float:
    """The rate of one update when it drops in stairs.

    Args:
        step: which update, an int from 0.
        base_lr: the rate of the first stair, a float above 0.
        drop_every: how many updates share a stair, an int from 1. Steps 0 to drop_every - 1 have
            base_lr; step drop_every is the first one after a drop.
        factor: what each drop multiplies the rate by, a float above 0 and up to 1.

    Returns:
        The rate, a float. It is the same for all updates of a stair.
    """
    raise NotImplementedError


def cosine_decay(step: int, base_lr: float, total_steps: int, min_lr: float = 0.0) -> float:
    """The rate of one update when it falls along half a cosine.

    Args:
        step: which update, an int from 0. It may lie beyond total_steps.
        base_lr: the rate at step 0, a float above 0.
        total_steps: the step at which min_lr is reached, an int from 1.
        min_lr: the floor, a float from 0 and below base_lr.

    Returns:
        The rate, a float: base_lr at step 0, min_lr at step total_steps and at every later one.
    """
    raise NotImplementedError


def inverse_sqrt_decay(step: int, base_lr: float, warmup_steps: int) -> float:
    """The rate of one update when it climbs linearly, then falls as one over a square root.

    Args:
        step: which update, an int from 0.
        base_lr: the highest rate, a float above 0; step warmup_steps - 1 has it.
        warmup_steps: how many updates the climb takes, an int from 1.

    Returns:
        The rate, a float.
    """
    raise NotImplementedError
