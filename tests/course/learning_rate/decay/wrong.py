"""Wrong answers to the decays."""

# %% true_division @ step_decay: / for // [falls_continuously]


def step_decay(step, base_lr, drop_every, factor):
    return base_lr * math.pow(factor, step / drop_every)


# %% early @ step_decay: counts from 1 [drops_one_step_early]


def step_decay(step, base_lr, drop_every, factor):
    rate = base_lr
    for t in range(1, step + 2):
        if t % drop_every == 0:
            rate *= factor
    return rate


# %% late @ step_decay: compares with > [drops_one_step_late]


def step_decay(step, base_lr, drop_every, factor):
    drops = 0
    while step > drop_every * (drops + 1):
        drops += 1
    return base_lr * factor**drops


# %% only_once @ step_decay: one drop [drops_once]


def step_decay(step, base_lr, drop_every, factor):
    if step >= drop_every:
        return base_lr * factor
    return base_lr


# %% modulo @ step_decay: lowers on multiples only [drops_for_one_step]


def step_decay(step, base_lr, drop_every, factor):
    if step % drop_every:
        return base_lr
    return base_lr * factor


# %% no_base @ step_decay: the factor alone [returns_the_share_that_is_left]


def step_decay(step, base_lr, drop_every, factor):
    return float(factor ** (step // drop_every))


# %% rounded_quotient @ step_decay: rounds to the nearest stair


def step_decay(step, base_lr, drop_every, factor):
    return base_lr * factor ** round(step / drop_every)


# %% twice_compounded @ step_decay: multiplies the already decayed rate by factor ** k


def step_decay(step, base_lr, drop_every, factor):
    rate = base_lr
    for k in range(1, step // drop_every + 1):
        rate = rate * factor**k
    return rate


# %% stateful @ step_decay: keeps its rate between calls


class Kept:
    rate = None


def step_decay(step, base_lr, drop_every, factor):
    if step == 0 or Kept.rate is None:
        Kept.rate = base_lr
    elif step % drop_every == 0:
        Kept.rate *= factor
    return Kept.rate


# %% four_drops @ step_decay: never drops more than four times


def step_decay(step, base_lr, drop_every, factor):
    return base_lr * factor ** min(step // drop_every, 3)


# %% divides @ step_decay: divides by the factor


def step_decay(step, base_lr, drop_every, factor):
    return base_lr / factor ** (step // drop_every)


# %% not_below_a_hundredth @ step_decay: has a floor that nobody asked for


def step_decay(step, base_lr, drop_every, factor):
    return max(base_lr * 1e-2, base_lr * factor ** (step // drop_every))


# %% tensor_out @ step_decay: returns a tensor


def step_decay(step, base_lr, drop_every, factor):
    return torch.tensor(base_lr * factor ** (step // drop_every))


# %% degrees @ cosine_decay: cos of 180 times the progress [angle_in_degrees]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step >= total_steps:
        step = total_steps
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(180 * step / total_steps))


# %% no_cap @ cosine_decay: rises again [rises_again]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * step / total_steps))


# %% no_floor @ cosine_decay: min_lr unused [floor_ignored]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step >= total_steps:
        return 0.0
    return base_lr * (1 + math.cos(math.pi * step / total_steps)) / 2


# %% clipped @ cosine_decay: max(min_lr, ...) [cut_off_at_the_floor]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = min(step, total_steps) / total_steps
    return max(base_lr * (1 + math.cos(math.pi * progress)) / 2, min_lr)


# %% on_top @ cosine_decay: min_lr + full height [floor_on_top]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = min(step, total_steps) / total_steps
    return base_lr * (1 + math.cos(math.pi * progress)) / 2 + min_lr


# %% linear @ cosine_decay: no cosine [straight_line]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    return max(min_lr, base_lr - (base_lr - min_lr) * step / total_steps)


# %% minus_one @ cosine_decay: the last index is total_steps - 1 [lands_one_step_early]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step >= total_steps - 1:
        return min_lr if total_steps > 1 or step else base_lr
    theta = math.pi * step / (total_steps - 1)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(theta)) / 2


# %% floor_half @ cosine_decay: halves only the cosine


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress) / 2)


# %% zero_after @ cosine_decay: only strictly after the end it returns 0


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step > total_steps:
        return 0.0
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * step / total_steps)) / 2


# %% triangle @ cosine_decay: goes up and down for ever by folding the step


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if step > 2 * total_steps:
        step = total_steps
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * step / total_steps)) / 2


# %% default_floor @ cosine_decay: another default for min_lr


def cosine_decay(step, base_lr, total_steps, min_lr=1e-6):
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


# %% about_pi @ cosine_decay: 3.14 for pi [pi_rounded]


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(3.14 * progress)) / 2


# %% whole_steps @ cosine_decay: // for /


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = min(step // total_steps, 1)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


# %% jumps_at_end @ cosine_decay: keeps the last rate before the end


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    step = min(step, total_steps - 1)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * step / total_steps)) / 2


# %% guards_one @ cosine_decay: a total of one step is treated as no decay


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    if total_steps <= 1:
        return base_lr
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


# %% of_step @ inverse_sqrt_decay: sqrt(warmup_steps / step) [root_of_step]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * warmup_steps**0.5 * step**-0.5


# %% since_warmup @ inverse_sqrt_decay: counts since warmup [counts_from_the_end_of_warmup]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * (step - warmup_steps + 1) ** -0.5


# %% no_numerator @ inverse_sqrt_decay: 1 / sqrt(step + 1) [jumps_at_the_seam]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * (step + 1) ** -0.5


# %% inverse @ inverse_sqrt_decay: no root [root_forgotten]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    return base_lr * min((step + 1) / warmup_steps, warmup_steps / (step + 1))


# %% maximum @ inverse_sqrt_decay: max for min [larger_of_both]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = step + 1
    return base_lr * warmup_steps**0.5 * max(t**-0.5, t * warmup_steps**-1.5)


# %% constant_warmup @ inverse_sqrt_decay: flat at first [flat_before_the_fall]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    return base_lr * math.sqrt(warmup_steps / max(step + 1, warmup_steps))


# %% from_zero @ inverse_sqrt_decay: climbs from 0 [climbs_from_zero]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return step / warmup_steps * base_lr
    return base_lr * (warmup_steps / (step + 1)) ** 0.5


# %% no_climb @ inverse_sqrt_decay: the root from the first step on [no_warmup]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    return base_lr * warmup_steps**0.5 / (step + 1) ** 0.5


# %% both_from_step @ inverse_sqrt_decay: the peak-normalised form with step, 0 at step 0 [step_for_updates_done]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = max(step, 1e-12)
    return base_lr * min(t / warmup_steps, (warmup_steps / t) ** 0.5)


# %% model_size @ inverse_sqrt_decay: the Transformer's own scale


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = step + 1
    return 512**-0.5 * min(t**-0.5, t * warmup_steps**-1.5)


# %% cube_root @ inverse_sqrt_decay: a cube root


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * (warmup_steps / (step + 1)) ** (1 / 3)


# %% less_or_equal @ inverse_sqrt_decay: climbs one step too long [climbs_one_step_too_long]


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step <= warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * math.sqrt(warmup_steps / (step + 1))


# %% one_is_none @ inverse_sqrt_decay: a warmup of one step is no warmup and no decay


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if warmup_steps <= 1:
        return base_lr
    return base_lr * min((step + 1) / warmup_steps, math.sqrt(warmup_steps / (step + 1)))


# %% more_in_the_divisor @ inverse_sqrt_decay: warmup_steps + 1 below


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / (warmup_steps + 1)
    return base_lr * math.sqrt(warmup_steps / (step + 1))


# %% stops_falling @ inverse_sqrt_decay: has a floor of a tenth


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    ratio = (step + 1) / warmup_steps
    return base_lr * (ratio if ratio < 1 else max(ratio**-0.5, 0.25))


# %% milestone_only @ step_decay: factor times the number of drops


def step_decay(step, base_lr, drop_every, factor):
    drops = step // drop_every
    return base_lr if drops == 0 else base_lr * factor * drops


# %% capped_step @ cosine_decay: caps at total_steps + 1


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    p = min(step, total_steps + 1) / total_steps
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * p)) / 2


# %% attention_paper @ inverse_sqrt_decay: the paper's, without the root of warmup


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    t = step + 1
    return base_lr * min(t**-0.5, t * warmup_steps**-1.5)


# %% since_end_plus_warmup @ inverse_sqrt_decay: root of warmup over steps since


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * math.sqrt(warmup_steps / (step - warmup_steps + 1))
