"""Decay of the learning rate: stairs, half a cosine, inverse square root."""

import math

import numpy
import torch

from grader import Exercise, Inputs, View, pictures


def step_decay(step, base_lr, drop_every, factor):
    return base_lr * factor ** (step // drop_every)


def cosine_decay(step, base_lr, total_steps, min_lr=0.0):
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


def inverse_sqrt_decay(step, base_lr, warmup_steps):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr * math.sqrt(warmup_steps / (step + 1))


exercise = Exercise(
    step_decay,
    cosine_decay,
    inverse_sqrt_decay,
    title="Decay of the learning rate",
    hints=[
        "Write the first seven rates of each schedule down by hand before you write code, as in "
        "the table of the lesson. What holds at the first step, at the seam and beyond the end?",
        "Stairs count whole drops: how many lie behind this step? A cosine runs over pi, in "
        "radians, and its progress must not pass 1. The inverse root counts updates from 1.",
        "factor ** (step // drop_every); progress = min(step / total_steps, 1) and "
        "(1 + cos(pi * progress)) / 2 scales base_lr - min_lr; sqrt(warmup_steps / (step + 1)) "
        "once step >= warmup_steps.",
    ],
)


def curve_of(steps, **setting):
    return [dict(step=step, **setting) for step in steps]


# --- step_decay -------------------------------------------------------------------------------


@exercise.case(step_decay, points=3, hint="Which steps have base_lr? How many drops has step 6?")
def the_rate_falls_in_stairs(inputs: Inputs):
    """the rate stays on a stair for drop_every steps, then drops by factor"""
    return curve_of(range(11), base_lr=0.3, drop_every=3, factor=0.6)


@exercise.case(step_decay, points=1, hint="Does your function remember anything, or assume a size?")
def any_stairs_in_any_order(inputs: Inputs):
    """stairs of one step, of many, and without a drop, asked for in any order"""
    base = inputs.number(0.5, 0.9)
    return [
        *curve_of([25, 3, 25, 0, 9, 3], base_lr=0.8, drop_every=10, factor=0.5),
        *curve_of([3, 0, 1, 2], base_lr=base, drop_every=1, factor=0.9),
        *curve_of([9, 25, 0], base_lr=2.5, drop_every=7, factor=1.0),
        *curve_of([3_999, 4_000, 70_000, 1], base_lr=0.8, drop_every=1000, factor=0.1),
        *curve_of([1, 2, 5], base_lr=0.8, drop_every=2, factor=0.25),
    ]


@exercise.alternative(step_decay)
def drop_by_drop(step, base_lr, drop_every, factor):
    """multiplies once for every drop"""
    rate = base_lr
    for _ in range(drop_every, step + 1, drop_every):
        rate *= factor
    return rate


@exercise.alternative(step_decay)
def by_exponential(step, base_lr, drop_every, factor):
    """goes through exp and floor"""
    return base_lr * math.exp(math.log(factor) * math.floor(step / drop_every))


@exercise.alternative(step_decay)
def by_recursion(step, base_lr, drop_every, factor):
    """goes back one stair at a time"""
    if step < drop_every:
        return base_lr
    return factor * by_recursion.run(step - drop_every, base_lr, drop_every, factor)


@exercise.alternative(step_decay)
def stairs_in_tensors(step, base_lr, drop_every, factor):
    """computes in torch and returns the item"""
    drops = torch.div(torch.tensor(step), drop_every, rounding_mode="floor")
    return (base_lr * torch.tensor(factor, dtype=torch.float64) ** drops).item()


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="With / the rate falls a little at every step. Count whole drops: step // drop_every.",
    points_at=r"/\s*drop_every",
)
def falls_continuously(step, base_lr, drop_every, factor):
    """lets the rate fall at every step instead of in stairs"""
    return base_lr * factor ** (step / drop_every)


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="step counts from 0, so it is already the number of updates done: no + 1 before you "
    "divide by drop_every.",
    points_at=r"step\s*\+\s*[12]",
)
def drops_one_step_early(step, base_lr, drop_every, factor):
    """drops one step too early, at drop_every - 1"""
    return base_lr * factor ** ((step + 1) // drop_every)


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="Step drop_every is the first of the new stair; yours still has the old rate. Use "
    "step // drop_every, without a - 1 (or >= where you have >).",
    points_at=r"step\s*-\s*1|>",
)
def drops_one_step_late(step, base_lr, drop_every, factor):
    """drops one step too late, at drop_every + 1"""
    return base_lr * factor ** (max(step - 1, 0) // drop_every)


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="There is a drop every drop_every steps, not only one. Raise factor to the number of "
    "drops, step // drop_every.",
    points_at=r"\*\s*factor|if ",
)
def drops_once(step, base_lr, drop_every, factor):
    """drops once and never again"""
    return base_lr if step < drop_every else base_lr * factor


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="step % drop_every == 0 is true on one step only, and on step 0. Count the drops so far "
    "with step // drop_every.",
    points_at=r"%",
)
def drops_for_one_step(step, base_lr, drop_every, factor):
    """lowers the rate only on multiples of drop_every, step 0 among them"""
    return base_lr * factor if step % drop_every == 0 else base_lr


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="Each drop multiplies the rate once more, so drops multiply up: factor ** drops, not "
    "factor * drops or 1 - factor * drops.",
    points_at=r"1\s*-|\*\s*\(?\s*step",
)
def falls_in_a_straight_line(step, base_lr, drop_every, factor):
    """takes away the same amount at every drop"""
    return base_lr * max(0.0, 1 - (1 - factor) * (step // drop_every))


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="factor is what remains after a drop, not what is taken away: multiply by factor itself, "
    "not by 1 - factor.",
    points_at=r"1(\.0)?\s*-\s*factor",
)
def factor_is_taken_away(step, base_lr, drop_every, factor):
    """multiplies by 1 - factor at every drop"""
    return base_lr * (1 - factor) ** (step // drop_every)


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="factor belongs to a drop, not to a step: raise it to step // drop_every.",
    points_at=r"\*\*",
)
def drops_at_every_step(step, base_lr, drop_every, factor):
    """drops at every step and never looks at drop_every"""
    return base_lr * factor**step


@exercise.mistake(
    step_decay,
    caught_by=the_rate_falls_in_stairs,
    hint="An optimiser takes this number as its rate: multiply the factor by base_lr.",
    points_at=r"return",
)
def returns_the_share_that_is_left(step, base_lr, drop_every, factor):
    """returns the share that is left, not the rate"""
    return factor ** (step // drop_every)


# --- cosine_decay -----------------------------------------------------------------------------


@exercise.case(
    cosine_decay,
    points=3,
    hint="Print (1 + cos(...)) / 2 at step 0, total_steps / 2 and total_steps: it must be 1, 0.5 "
    "and 0.",
)
def half_a_cosine_down_to_zero(inputs: Inputs):
    """without a floor the rate falls along half a cosine, from base_lr to 0"""
    return curve_of(range(10), base_lr=0.3, total_steps=10)


@exercise.case(cosine_decay, points=2, hint="What is scaled: base_lr, or base_lr - min_lr?")
def the_floor_is_min_lr(inputs: Inputs):
    """with a floor the cosine spans base_lr to min_lr"""
    return curve_of(range(11), base_lr=0.3, total_steps=10, min_lr=0.07)


@exercise.case(
    cosine_decay,
    points=2,
    hint="cos goes up again after pi. What keeps the progress from passing 1?",
)
def it_stays_at_the_floor(inputs: Inputs):
    """from total_steps on the rate is min_lr, and stays there"""
    base, low = inputs.number(0.5, 0.9), inputs.number(0.1, 0.3)
    return [
        *curve_of([8, 9, 10, 13, 20, 24, 1_000], base_lr=0.8, total_steps=8),
        *curve_of([24, 6, 7, 10, 14, 0, 28, 300], base_lr=base, total_steps=7, min_lr=low),
        *curve_of([2, 0, 1, 5], base_lr=0.8, total_steps=1, min_lr=0.2),
    ]


@exercise.alternative(cosine_decay)
def early_return(step, base_lr, total_steps, min_lr=0.0):
    """returns the floor first, and weighs both ends"""
    if step >= total_steps:
        return min_lr
    share = 0.5 + 0.5 * math.cos(math.pi * step / total_steps)
    return share * base_lr + (1 - share) * min_lr


@exercise.alternative(cosine_decay)
def squared_half_angle(step, base_lr, total_steps, min_lr=0.0):
    """uses the square of the cosine of half the angle"""
    angle = math.pi / 2 * min(step, total_steps) / total_steps
    return min_lr + (base_lr - min_lr) * math.cos(angle) ** 2


@exercise.alternative(cosine_decay)
def by_sine(step, base_lr, total_steps, min_lr=0.0):
    """measures from the middle with a sine, in numpy"""
    progress = float(numpy.clip(step / total_steps, 0, 1))
    middle, reach = (base_lr + min_lr) / 2, (base_lr - min_lr) / 2
    return float(middle - reach * numpy.sin(numpy.pi * (progress - 0.5)))


@exercise.alternative(cosine_decay)
def in_tensors(step, base_lr, total_steps, min_lr=0.0):
    """clamps and interpolates in torch"""
    progress = torch.tensor(step / total_steps, dtype=torch.float64).clamp(max=1.0)
    share = (1 + torch.cos(progress * torch.pi)) / 2
    return torch.lerp(share.new_tensor(min_lr), share.new_tensor(base_lr), share).item()


def cosine(progress, base_lr, min_lr):
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="math.cos takes radians: half a turn is math.pi, not 180.",
    points_at=r"180|degrees|radians",
)
def angle_in_degrees(step, base_lr, total_steps, min_lr=0.0):
    """gives the cosine degrees where it takes radians"""
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(180 * progress)) / 2


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="3.14 is not quite pi, and the rate is off in its fourth digit: use math.pi.",
    points_at=r"3\.14",
)
def pi_rounded(step, base_lr, total_steps, min_lr=0.0):
    """takes 3.14 for pi"""
    return cosine(min(step / total_steps, 1.0) * 3.14 / math.pi, base_lr, min_lr)


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="1 + cos starts at 2, so step 0 gets twice the rate: take half of it.",
    points_at=r"1(\.0)?\s*\+",
)
def not_halved(step, base_lr, total_steps, min_lr=0.0):
    """leaves the half out, and starts at twice base_lr"""
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress))


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="Over 2 pi a cosine falls and climbs back. Decay is half of that: pi * step / "
    "total_steps.",
    points_at=r"2(\.0)?\s*\*|tau",
)
def whole_turn(step, base_lr, total_steps, min_lr=0.0):
    """runs over a whole turn, so that the rate climbs again halfway"""
    return cosine(2 * min(step / total_steps, 1.0), base_lr, min_lr)


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="A quarter turn falls slowly at first and fast at its end. The half cosine lands softly: "
    "(1 + cos(pi * progress)) / 2.",
    points_at=r"pi\s*/\s*2|0?\.5\s*\*",
)
def quarter_turn(step, base_lr, total_steps, min_lr=0.0):
    """runs over a quarter turn, so that it lands steeply"""
    progress = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * math.cos(math.pi / 2 * progress)


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="That is a straight line. It meets the cosine at both ends and in the middle only: use "
    "(1 + cos(pi * progress)) / 2 for 1 - progress.",
)
def straight_line(step, base_lr, total_steps, min_lr=0.0):
    """falls in a straight line"""
    return base_lr + (min_lr - base_lr) * min(step / total_steps, 1.0)


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="The floor is reached at step total_steps itself: divide by total_steps, not by "
    "total_steps - 1.",
    points_at=r"total_steps\s*-\s*1",
)
def lands_one_step_early(step, base_lr, total_steps, min_lr=0.0):
    """reaches the floor one step early, at total_steps - 1"""
    return cosine(min(step / max(total_steps - 1, 1), 1.0), base_lr, min_lr)


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="Step 0 has base_lr itself, so its progress is 0: step / total_steps, without a + 1.",
    points_at=r"step\s*\+\s*1",
)
def one_step_ahead(step, base_lr, total_steps, min_lr=0.0):
    """is one step ahead: step 0 has already fallen"""
    return cosine(min((step + 1) / total_steps, 1.0), base_lr, min_lr)


@exercise.mistake(
    cosine_decay,
    caught_by=half_a_cosine_down_to_zero,
    hint="1 - cos starts at 0 and climbs; decay needs 1 + cos.",
    points_at=r"1(\.0)?\s*-",
)
def climbs(step, base_lr, total_steps, min_lr=0.0):
    """climbs from the floor to base_lr instead of falling"""
    return cosine(1 - min(step / total_steps, 1.0), base_lr, min_lr)


@exercise.mistake(
    cosine_decay,
    caught_by=the_floor_is_min_lr,
    hint="min_lr is never used. The cosine scales base_lr - min_lr, and min_lr is added to it.",
    points_at=r"cos\(",
)
def floor_ignored(step, base_lr, total_steps, min_lr=0.0):
    """ignores the floor and falls to 0"""
    return cosine(min(step / total_steps, 1.0), base_lr, 0.0)


@exercise.mistake(
    cosine_decay,
    caught_by=the_floor_is_min_lr,
    hint="A cosine to 0 that is cut off at min_lr is too low all the way. Scale base_lr - min_lr "
    "instead, and add min_lr.",
    points_at=r"max\(",
)
def cut_off_at_the_floor(step, base_lr, total_steps, min_lr=0.0):
    """falls towards 0 and is cut off at the floor"""
    return max(min_lr, cosine(min(step / total_steps, 1.0), base_lr, 0.0))


@exercise.mistake(
    cosine_decay,
    caught_by=the_floor_is_min_lr,
    hint="min_lr on top of a cosine of full height starts at base_lr + min_lr. The height is "
    "base_lr - min_lr.",
    points_at=r"min_lr\s*\+|\+\s*min_lr",
)
def floor_on_top(step, base_lr, total_steps, min_lr=0.0):
    """adds the floor to a cosine of full height, and starts above base_lr"""
    return min_lr + cosine(min(step / total_steps, 1.0), base_lr, 0.0)


@exercise.mistake(
    cosine_decay,
    caught_by=it_stays_at_the_floor,
    hint="Past total_steps the angle passes pi and the cosine climbs again. Cap the progress: "
    "min(step / total_steps, 1).",
    points_at=r"cos\(",
)
def rises_again(step, base_lr, total_steps, min_lr=0.0):
    """rises again after total_steps"""
    return cosine(step / total_steps, base_lr, min_lr)


@exercise.mistake(
    cosine_decay,
    caught_by=it_stays_at_the_floor,
    hint="step % total_steps starts anew after the end (a warm restart). Here the rate stays at "
    "min_lr: cap the progress with min(..., 1).",
    points_at=r"%",
)
def starts_anew(step, base_lr, total_steps, min_lr=0.0):
    """starts anew at base_lr when total_steps is reached"""
    return cosine(step % total_steps / total_steps, base_lr, min_lr)


@exercise.mistake(
    cosine_decay,
    caught_by=it_stays_at_the_floor,
    hint="Training may go on after total_steps, and still needs a rate: return min_lr there.",
    points_at=r"return 0|else 0",
)
def ends_at_zero(step, base_lr, total_steps, min_lr=0.0):
    """returns 0 from total_steps on, whatever the floor"""
    return 0.0 if step >= total_steps else cosine(step / total_steps, base_lr, min_lr)


# --- inverse_sqrt_decay -----------------------------------------------------------------------


@exercise.case(
    inverse_sqrt_decay,
    points=2,
    hint="What must step warmup_steps - 1 have, so that the climb meets the fall?",
)
def the_rate_falls_as_a_root(inputs: Inputs):
    """from the end of warmup on the rate falls as one over the root of the steps"""
    return curve_of([6, 7, 8, 9, 13, 20, 27, 55, 111], base_lr=0.3, warmup_steps=7)


@exercise.case(
    inverse_sqrt_decay, points=2, hint="Is your rate below base_lr while step < warmup_steps - 1?"
)
def the_rate_climbs_before(inputs: Inputs):
    """before that it climbs linearly, from base_lr / warmup_steps"""
    return curve_of(range(7), base_lr=0.3, warmup_steps=7)


@exercise.case(inverse_sqrt_decay, points=1, hint="Try warmup_steps = 1: step 0 has base_lr.")
def any_warmup_in_any_order(inputs: Inputs):
    """a warmup of one step, short and long ones, asked for in any order"""
    base = inputs.number(1.5, 2.5)
    return [
        *curve_of([3, 0, 1, 2, 99], base_lr=base, warmup_steps=1),
        *curve_of([3, 0, 1, 2, 99], base_lr=base, warmup_steps=2),
        *curve_of([4_000, 3, 99, 0, 3_999, 80_000], base_lr=0.7, warmup_steps=4_000),
    ]


@exercise.alternative(inverse_sqrt_decay)
def smaller_of_both(step, base_lr, warmup_steps):
    """takes the smaller of the climb and the fall, as the Transformer's authors do"""
    t = step + 1
    return base_lr * warmup_steps**0.5 * min(t**-0.5, t * warmup_steps**-1.5)


@exercise.alternative(inverse_sqrt_decay)
def by_ratio(step, base_lr, warmup_steps):
    """works with the ratio of steps to warmup"""
    ratio = (step + 1) / warmup_steps
    return base_lr * (ratio if ratio <= 1 else ratio**-0.5)


@exercise.alternative(inverse_sqrt_decay)
def by_logarithms(step, base_lr, warmup_steps):
    """adds logarithms"""
    log_ratio = math.log(step + 1) - math.log(warmup_steps)
    return base_lr * math.exp(min(log_ratio, -log_ratio / 2))


@exercise.alternative(inverse_sqrt_decay)
def root_in_tensors(step, base_lr, warmup_steps):
    """uses rsqrt and minimum in torch"""
    ratio = torch.tensor((step + 1) / warmup_steps, dtype=torch.float64)
    return (base_lr * torch.minimum(ratio, ratio.rsqrt())).item()


def climb(step, base_lr, warmup_steps):
    return base_lr * (step + 1) / warmup_steps


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="step counts from 0, so step + 1 updates are done after it: divide by step + 1. With step "
    "alone the rate has base_lr twice, and step 0 divides by 0.",
    points_at=r"/\s*step|step\s*\*\*|sqrt\(\s*step\s*\)",
)
def root_of_step(step, base_lr, warmup_steps):
    """divides by step instead of step + 1 in the root, one step late"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return base_lr * math.sqrt(warmup_steps / step)


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="step counts from 0, so step + 1 updates are done after it: use step + 1 in the climb and "
    "in the root. With step alone the first update has rate 0.",
    points_at=r"\bstep\b\s*/|/\s*step|sqrt\(\s*step\s*\)|step\s*\*\*|=.*\bstep\b",
)
def step_for_updates_done(step, base_lr, warmup_steps):
    """uses step where step + 1 belongs, in the climb and in the root"""
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    return base_lr * math.sqrt(warmup_steps / step)


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="At step == warmup_steps your rate is above base_lr. The climb is over there: compare "
    "with <, not <=.",
    points_at=r"<=",
)
def climbs_one_step_too_long(step, base_lr, warmup_steps):
    """climbs for one step too long and overshoots base_lr once"""
    if step <= warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return base_lr * math.sqrt(warmup_steps / (step + 1))


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="The root counts all updates, those of warmup too: step + 1, not the steps since warmup "
    "ended.",
    points_at=r"step\s*-\s*warmup_steps",
)
def counts_from_the_end_of_warmup(step, base_lr, warmup_steps):
    """counts the steps of the root from the end of warmup"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return base_lr / math.sqrt(step - warmup_steps + 1)


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="Without warmup_steps under the root the rate jumps down where the climb ends: "
    "sqrt(warmup_steps / (step + 1)).",
    points_at=r"sqrt\(|\*\*\s*-\s*0?\.5",
)
def jumps_at_the_seam(step, base_lr, warmup_steps):
    """leaves warmup_steps out of the root, and jumps down after warmup"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return base_lr / math.sqrt(step + 1)


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="Take the square root of the ratio: your rate falls as 1 / (step + 1), much faster.",
    points_at=r"warmup_steps\s*/",
)
def root_forgotten(step, base_lr, warmup_steps):
    """falls as one over the steps, without the root"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return base_lr * warmup_steps / (step + 1)


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="The ratio is upside down: the rate grows. It is warmup_steps over step + 1.",
    points_at=r"/\s*warmup_steps",
)
def root_upside_down(step, base_lr, warmup_steps):
    """turns the ratio under the root upside down, so that the rate grows"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return base_lr * math.sqrt((step + 1) / warmup_steps)


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_falls_as_a_root,
    hint="The larger of climb and fall is the wrong one on both sides of the seam: take min.",
    points_at=r"max\(",
)
def larger_of_both(step, base_lr, warmup_steps):
    """takes the larger of climb and fall instead of the smaller"""
    ratio = (step + 1) / warmup_steps
    return base_lr * max(ratio, ratio**-0.5)


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_climbs_before,
    hint="While step < warmup_steps the root is above 1. Climb there: base_lr * (step + 1) / "
    "warmup_steps.",
    points_at=r"sqrt\(|\*\*",
)
def no_warmup(step, base_lr, warmup_steps):
    """has no warmup: it uses the root from step 0 on, above base_lr"""
    return base_lr * math.sqrt(warmup_steps / (step + 1))


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_climbs_before,
    hint="Before the end of warmup the rate climbs, it is not base_lr yet: base_lr * (step + 1) / "
    "warmup_steps.",
    points_at=r"return base_lr\s*$|max\(|min\(",
)
def flat_before_the_fall(step, base_lr, warmup_steps):
    """stays at base_lr during warmup instead of climbing"""
    return base_lr * min(1.0, math.sqrt(warmup_steps / (step + 1)))


@exercise.mistake(
    inverse_sqrt_decay,
    caught_by=the_rate_climbs_before,
    hint="Step 0 gets rate 0, so the first batch changes nothing. Climb with step + 1, as in "
    "linear_warmup.",
    points_at=r"\bstep\b\s*/",
)
def climbs_from_zero(step, base_lr, warmup_steps):
    """climbs with step instead of step + 1, from rate 0"""
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    return base_lr * math.sqrt(warmup_steps / (step + 1))


# --- pictures ---------------------------------------------------------------------------------


@exercise.picture(
    the_rate_falls_in_stairs,
    any_stairs_in_any_order,
    half_a_cosine_down_to_zero,
    the_floor_is_min_lr,
    it_stays_at_the_floor,
    the_rate_falls_as_a_root,
    the_rate_climbs_before,
    any_warmup_in_any_order,
)
def draw(view: View):
    """The rates of the setting that failed first, over the steps in order."""
    setting = {**view.calls[view.call], "step": None}
    asked = {
        call["step"]: index
        for index, call in enumerate(view.calls)
        if {**call, "step": None} == setting
    }
    steps = sorted(asked)
    ends = {name: setting[name] for name in ("total_steps", "warmup_steps") if name in setting}
    given = [f"{name} = {value:.4g}" for name, value in setting.items() if value is not None]
    return pictures.curve(
        steps,
        [view.yours[asked[step]] for step in steps],
        [view.expected[asked[step]] for step in steps],
        tolerance=view.tolerance,
        title=f"Rate by step, with {', '.join(given)}",
        marks={name: end for name, end in ends.items() if steps[0] < end < steps[-1]},
    )
