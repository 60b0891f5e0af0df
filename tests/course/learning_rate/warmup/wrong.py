"""Wrong answers to linear_warmup."""

# %% from_zero @ linear_warmup: step / warmup_steps, capped [starts_at_zero]


def linear_warmup(step, base_lr, warmup_steps):
    return base_lr * min(1.0, step / warmup_steps)


# %% from_zero_guarded @ linear_warmup: step / warmup_steps, with a guard [starts_at_zero]


def linear_warmup(step, base_lr, warmup_steps):
    if warmup_steps == 0 or step > warmup_steps:
        return base_lr
    return step / warmup_steps * base_lr


# %% nano @ linear_warmup: (step + 1) / (warmup_steps + 1) [divides_by_one_more]


def linear_warmup(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / (warmup_steps + 1)
    return base_lr


# %% linspace @ linear_warmup: from 0 to base_lr inclusive [divides_by_one_less]


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    return float(np.linspace(0, base_lr, warmup_steps)[step])


# %% linear_lr @ linear_warmup: torch's LinearLR with its default start [starts_at_a_third]


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    start = 1.0 / 3
    return base_lr * (start + (1.0 - start) * step / warmup_steps)


# %% ten_percent @ linear_warmup: from a tenth [starts_at_a_tenth]


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    return 0.1 * base_lr + (base_lr - 0.1 * base_lr) * step / warmup_steps


# %% unbounded @ linear_warmup: never stops [goes_on_growing]


def linear_warmup(step, base_lr, warmup_steps):
    return (step + 1) * base_lr / max(1, warmup_steps)


# %% lambda_factor @ linear_warmup: what a LambdaLR would want [returns_the_factor]


def linear_warmup(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return 1.0


# %% no_guard @ linear_warmup: fails for no warmup [divides_by_zero]


def linear_warmup(step, base_lr, warmup_steps):
    return min(base_lr, base_lr / warmup_steps * (step + 1))


# %% one_stair_short @ linear_warmup: the last index is w - 1 [stops_one_stair_short]


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        step = warmup_steps - 1
    return base_lr * step / warmup_steps


# %% less_or_equal @ linear_warmup: one step too long [climbs_one_step_too_long]


def linear_warmup(step, base_lr, warmup_steps):
    if step <= warmup_steps:
        return base_lr * (step + 1) / max(warmup_steps, 1)
    return base_lr


# %% floor_division @ linear_warmup: // for / [divides_in_whole_numbers]


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    return base_lr * ((step + 1) // warmup_steps)


# %% counts_calls @ linear_warmup: counts its calls, and ignores step


CALLS = []


def linear_warmup(step, base_lr, warmup_steps):
    CALLS.append(step)
    done = len(CALLS) % 100
    return base_lr if done > warmup_steps else base_lr * done / warmup_steps


# %% never_falls @ linear_warmup: remembers the highest share it has seen


class Best:
    share = 0.0


def linear_warmup(step, base_lr, warmup_steps):
    share = (step + 1) / warmup_steps if step < warmup_steps else 1.0
    Best.share = share if step == 0 else max(Best.share, share)
    return base_lr * Best.share


# %% cached_by_step @ linear_warmup: remembers answers by the step alone


CACHE = {}


def linear_warmup(step, base_lr, warmup_steps):
    if (step, base_lr) not in CACHE:
        CACHE[step, base_lr] = base_lr * min(1.0, (step + 1) / max(1, warmup_steps))
    return CACHE[step, base_lr]


# %% one_step_is_none @ linear_warmup: a warmup of one step gives 0


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    if warmup_steps == 1:
        return 0.0
    return base_lr / warmup_steps + step * (base_lr - base_lr / warmup_steps) / (warmup_steps - 1)


# %% rounded @ linear_warmup: rounds to six decimals


def linear_warmup(step, base_lr, warmup_steps):
    return round(base_lr * min(1.0, (step + 1) / max(1, warmup_steps)), 6)


# %% square_from_zero @ linear_warmup: the square of step / warmup_steps


def linear_warmup(step, base_lr, warmup_steps):
    return base_lr * min(1.0, step / max(1, warmup_steps)) ** 2


# %% never_above_one @ linear_warmup: caps the rate at 1, not the factor


def linear_warmup(step, base_lr, warmup_steps):
    return min(1.0, base_lr * min(1.0, (step + 1) / max(1, warmup_steps)))


# %% decays_again @ linear_warmup: starts to fall after a hundred steps


def linear_warmup(step, base_lr, warmup_steps):
    rate = base_lr * min(1.0, (step + 1) / max(1, warmup_steps))
    return rate if step < 100 * max(1, warmup_steps) else rate * 0.9


# %% default_when_zero @ linear_warmup: 0 is falsy, so the default takes its place


def linear_warmup(step, base_lr, warmup_steps):
    warmup_steps = warmup_steps or 5
    return base_lr * min(1.0, (step + 1) / warmup_steps)


# %% in_a_tensor @ linear_warmup: returns a tensor


def linear_warmup(step, base_lr, warmup_steps):
    return torch.tensor(base_lr * min(1.0, (step + 1) / max(1, warmup_steps)))


# %% backwards @ linear_warmup: falls instead of climbing


def linear_warmup(step, base_lr, warmup_steps):
    return base_lr * max(1.0, warmup_steps / (step + 1))


# %% prints_it @ linear_warmup: prints the rate and returns nothing


def linear_warmup(step, base_lr, warmup_steps):
    print(base_lr * min(1.0, (step + 1) / max(1, warmup_steps)))


# %% cosine_climb @ linear_warmup: climbs along a cosine


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    return base_lr * (1 - math.cos(math.pi * (step + 1) / warmup_steps)) / 2
