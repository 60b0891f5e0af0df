"""Linear warmup: begin with small steps, then take full ones.

The first gradients of a training run are the least trustworthy: the weights are random, and
whatever the optimiser remembers of earlier steps is still empty. A full step in such a direction
can throw the weights to a place from which training never recovers. So the learning rate starts
low and climbs in equal stairs until it reaches the rate you wanted, `base_lr`; from then on it
stays there.

Steps are counted from 0, and step 0 is the first update. With `warmup_steps` = w:

    rate(step) = base_lr * (step + 1) / w      while step < w
    rate(step) = base_lr                       from step w on

The `+ 1` is there for a reason: a first update with rate 0 would change nothing, and its batch
would have been read in vain. With it, the last step of warmup, step w - 1, already has base_lr.

Worked example: base_lr = 3e-4 and warmup_steps = 4 give the rates

    step    0        1        2         3       4       5
    rate    7.5e-5   1.5e-4   2.25e-4   3e-4    3e-4    3e-4
"""


def linear_warmup(step: int, base_lr: float, warmup_steps: int) -> float:
    """The learning rate of one update.

    Args:
        step: which update, an int from 0.
        base_lr: the rate after warmup, a float above 0.
        warmup_steps: how many updates the climb takes, an int from 0; with 0 there is no warmup
            and every update has `base_lr`.

    Returns:
        The rate itself (not a factor to multiply it by) as a float. It depends on these three
        arguments alone: steps may be asked for in any order, and more than once.
    """
    raise NotImplementedError
