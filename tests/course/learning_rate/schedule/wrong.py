"""Wrong answers to warmup_cosine."""

# %% from_zero @ warmup_cosine: cosine over step / total_steps [counted_from_zero]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    if step > total_steps:
        return min_lr
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * step / total_steps))


# %% over_total @ warmup_cosine: (step - warmup) / total, capped [as_long_as_training]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    t = min(step - warmup_steps, total_steps)
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * t / total_steps))


# %% over_total_then_floor @ warmup_cosine: jumps at the end [jumps_to_the_floor]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    if step >= total_steps:
        return min_lr
    t = (step - warmup_steps) / total_steps
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * t))


# %% no_floor @ warmup_cosine: floor unused [floor_ignored]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return base_lr * 0.5 * (1 + math.cos(math.pi * progress))


# %% floor_in_warmup @ warmup_cosine: starts from the floor [climbs_from_the_floor]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return min_lr + (step + 1) * (base_lr - min_lr) / warmup_steps
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% no_clamp @ warmup_cosine: no cap [rises_again]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% floor_below_warmup @ warmup_cosine: never below the floor, warmup neither


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return max(min_lr, base_lr * (step + 1) / warmup_steps)
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% nano @ warmup_cosine: (step + 1) / (warmup_steps + 1) [divides_by_one_more]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / (warmup_steps + 1)
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% from_last_of_warmup @ warmup_cosine: the cosine counts from the last step of warmup [counted_from_the_last_of_warmup]


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    start = max(warmup_steps - 1, 0)
    progress = min(1.0, (step - start) / (total_steps - start))
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% stays_above @ warmup_cosine: after the end it keeps the rate of the last update


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    step = min(step, total_steps - 1)
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% at_least_one @ warmup_cosine: a warmup of none is one of one step


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    warmup_steps = max(1, warmup_steps)
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    length = max(1, total_steps - warmup_steps)
    progress = min(1.0, (step - warmup_steps) / length)
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% warm_restarts @ warmup_cosine: starts the cosine anew


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    length = total_steps - warmup_steps
    progress = (step - warmup_steps) % length / length
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% stateful @ warmup_cosine: remembers the length of the first schedule


class Kept:
    length = None


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    if Kept.length is None:
        Kept.length = total_steps - warmup_steps
    progress = min(1.0, (step - warmup_steps) / Kept.length)
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


# %% floor_is_a_share @ warmup_cosine: takes min_lr as a share of base_lr


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return base_lr * (min_lr + (1 - min_lr) * 0.5 * (1 + math.cos(math.pi * progress)))


# %% floor_after_end_only @ warmup_cosine: cos to zero, floor at the end


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    if step >= total_steps:
        return min_lr
    p = (step - warmup_steps) / (total_steps - warmup_steps)
    return base_lr * (1 + math.cos(math.pi * p)) / 2


# %% quarter @ warmup_cosine: quarter of a turn


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    p = min(1, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + (base_lr - min_lr) * math.cos(math.pi / 2 * p)


# %% not_halved @ warmup_cosine: twice as high


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    p = min(1, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * p))


# %% pi_314 @ warmup_cosine: 3.14


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    p = min(1, (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + (base_lr - min_lr) * (1 + math.cos(3.14159 * p)) / 2
