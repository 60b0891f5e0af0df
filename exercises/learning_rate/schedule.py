"""Warmup and cosine: the schedule that most large models are trained with.

The two halves do different work. Warmup keeps the first, unreliable gradients from throwing the
weights away; the cosine then lowers the rate, slowly at first and at the end, so that training
settles. The art is in the seam: the cosine must begin where warmup ends, at base_lr, and must have
as many steps as training has left, not as many as it has in all.

Steps are counted from 0, and step 0 is the first update. With w = warmup_steps, T = total_steps:

    rate(step) = base_lr * (step + 1) / w                                     while step < w
    progress   = (step - w) / (T - w)
    rate(step) = min_lr + (base_lr - min_lr) * (1 + cos(pi * progress)) / 2   for w <= step <= T
    rate(step) = min_lr                                                       from step T on

Warmup does not know min_lr: it starts at base_lr / w, whatever the floor.

Worked example: base_lr = 1, warmup_steps = 2, total_steps = 6 and min_lr = 0.2 give the rates

    step    0     1     2     3        4     5        6     7
    rate    0.5   1     1     0.8828   0.6   0.3172   0.2   0.2
"""


def warmup_cosine(
    step: int, base_lr: float, warmup_steps: int, total_steps: int, min_lr: float = 0.0
) -> float:
    """The learning rate of one update.

    Args:
        step: which update, an int from 0. It may lie beyond total_steps.
        base_lr: the highest rate, a float above 0; steps warmup_steps - 1 and warmup_steps have it.
        warmup_steps: how many updates the climb takes, an int from 0; with 0 the cosine starts at
            step 0.
        total_steps: the step at which min_lr is reached, an int above warmup_steps.
        min_lr: the floor of the cosine, a float from 0 and below base_lr.

    Returns:
        The rate itself (not a factor to multiply it by) as a float. It depends on the arguments
        alone: steps may be asked for in any order, and more than once.
    """
    raise NotImplementedError
