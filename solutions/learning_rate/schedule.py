"""Linear warmup, then half a cosine."""

import math

import numpy
import torch

from grader import Exercise, Inputs, View, pictures


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    progress = min((step - warmup_steps) / (total_steps - warmup_steps), 1.0)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


exercise = Exercise(
    warmup_cosine,
    title="Warmup, then cosine decay",
    hints=[
        "Write the rates of the worked example down by hand. Which two steps have base_lr, and how "
        "many steps does the fall take?",
        "Three regimes: the climb, the cosine, the floor. The cosine counts from the end of warmup "
        "and is total_steps - warmup_steps long.",
        "If step < warmup_steps: base_lr * (step + 1) / warmup_steps. Otherwise progress = "
        "min((step - warmup_steps) / (total_steps - warmup_steps), 1), and min_lr + (base_lr - "
        "min_lr) * (1 + cos(pi * progress)) / 2.",
    ],
)


def curve_of(steps, **setting):
    return [dict(step=step, **setting) for step in steps]


@exercise.case(points=2, hint="What are the rates of step 0 and of step warmup_steps - 1?")
def warmup_climbs_to_base_lr(inputs: Inputs):
    """warmup climbs in equal stairs to base_lr, whatever the floor"""
    return curve_of(range(5), base_lr=0.3, warmup_steps=5, total_steps=17, min_lr=0.05)


@exercise.case(points=4, hint="What is the progress at step warmup_steps, and at total_steps?")
def the_cosine_starts_at_the_seam(inputs: Inputs):
    """the cosine starts at base_lr where warmup ends, and spans what is left of training"""
    return curve_of(range(4, 17), base_lr=0.3, warmup_steps=5, total_steps=17)


@exercise.case(points=2, hint="What is scaled by the cosine: base_lr, or base_lr - min_lr?")
def the_cosine_ends_at_the_floor(inputs: Inputs):
    """with a floor the cosine spans base_lr to min_lr"""
    return curve_of(range(5, 18), base_lr=0.3, warmup_steps=5, total_steps=17, min_lr=0.05)


@exercise.case(points=2, hint="What keeps the progress from passing 1?")
def it_stays_at_the_floor(inputs: Inputs):
    """from total_steps on the rate is min_lr, and stays there"""
    base, low = inputs.number(0.5, 0.9), inputs.number(0.1, 0.3)
    return [
        *curve_of([17, 18, 20, 25, 29, 34, 500], base_lr=0.8, warmup_steps=5, total_steps=17),
        *curve_of([9, 10, 11, 16, 90], base_lr=base, warmup_steps=2, total_steps=9, min_lr=low),
    ]


@exercise.case(points=2, hint="With warmup_steps = 0 or 1, which of your lines still divides?")
def any_setting_in_any_order(inputs: Inputs):
    """no warmup, warmup up to the last step, long schedules, steps in any order"""
    base, low = inputs.number(0.5, 0.9), inputs.number(0.1, 0.3)
    return [
        *curve_of([3, 0, 1, 7, 4], base_lr=base, warmup_steps=0, total_steps=7, min_lr=low),
        *curve_of([6, 0, 1, 3], base_lr=0.8, warmup_steps=1, total_steps=5),
        *curve_of([9, 5, 6, 0, 7], base_lr=0.8, warmup_steps=6, total_steps=7, min_lr=low),
        *curve_of([0, 1, 2], base_lr=base, warmup_steps=0, total_steps=1, min_lr=low),
        *curve_of(
            [60_000, 0, 1_999, 2_000, 90_000], base_lr=base, warmup_steps=2_000, total_steps=90_000
        ),
        *curve_of([3, 0, 1, 7, 4], base_lr=base, warmup_steps=2, total_steps=8),
    ]


@exercise.alternative()
def early_returns(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """returns the floor first and weighs both ends"""
    if step >= total_steps:
        return min_lr
    if step < warmup_steps:
        return (step + 1) * (base_lr / warmup_steps)
    share = 0.5 + 0.5 * math.cos(math.pi * (step - warmup_steps) / (total_steps - warmup_steps))
    return share * base_lr + (1 - share) * min_lr


@exercise.alternative()
def remaining_share(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """counts the steps that remain, and squares a sine"""
    if step + 1 <= warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    left = max(0, total_steps - step) / (total_steps - warmup_steps)
    return min_lr + (base_lr - min_lr) * math.sin(math.pi / 2 * left) ** 2


@exercise.alternative()
def whole_table(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """makes the table of all rates with numpy, and looks the step up"""
    climb = base_lr * numpy.arange(1, warmup_steps + 1) / max(warmup_steps, 1)
    angles = numpy.linspace(0, numpy.pi, total_steps - warmup_steps + 1)
    fall = min_lr + (base_lr - min_lr) * (1 + numpy.cos(angles)) / 2
    return float(numpy.concatenate([climb, fall])[min(step, total_steps)])


@exercise.alternative()
def in_tensors(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """chooses between both halves with torch.where"""
    t = torch.tensor(step, dtype=torch.float64)
    climb = base_lr * (t + 1) / max(warmup_steps, 1)
    progress = ((t - warmup_steps) / (total_steps - warmup_steps)).clamp(0, 1)
    fall = min_lr + (base_lr - min_lr) * (1 + torch.cos(torch.pi * progress)) / 2
    return torch.where(t < warmup_steps, climb, fall).item()


def climb(step, base_lr, warmup_steps):
    return base_lr * (step + 1) / warmup_steps


def cosine(progress, base_lr, min_lr):
    return min_lr + (base_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


def share_of(step, warmup_steps, total_steps):
    return min((step - warmup_steps) / (total_steps - warmup_steps), 1.0)


@exercise.mistake(
    caught_by=warmup_climbs_to_base_lr,
    hint="Step 0 gets rate 0, so the first batch changes nothing. Climb with step + 1.",
    points_at=r"\bstep\b\s*/",
)
def climbs_from_zero(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """climbs with step instead of step + 1, from rate 0"""
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    return cosine(share_of(step, warmup_steps, total_steps), base_lr, min_lr)


@exercise.mistake(
    caught_by=warmup_climbs_to_base_lr,
    hint="A known convention, (step + 1) / (warmup_steps + 1), but not the one asked for: here "
    "step warmup_steps - 1 already has base_lr, so divide by warmup_steps.",
    points_at=r"warmup_steps\s*\+\s*1",
)
def divides_by_one_more(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """divides the climb by warmup_steps + 1, so it ends one stair below base_lr"""
    if step < warmup_steps:
        return base_lr * (step + 1) / (warmup_steps + 1)
    return cosine(share_of(step, warmup_steps, total_steps), base_lr, min_lr)


@exercise.mistake(
    caught_by=warmup_climbs_to_base_lr,
    hint="min_lr is the floor of the cosine alone. Warmup climbs from base_lr / warmup_steps: "
    "base_lr * (step + 1) / warmup_steps.",
    points_at=r"min_lr\s*\+",
)
def climbs_from_the_floor(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """lets warmup start from the floor"""
    if step < warmup_steps:
        return min_lr + (base_lr - min_lr) * (step + 1) / warmup_steps
    return cosine(share_of(step, warmup_steps, total_steps), base_lr, min_lr)


@exercise.mistake(
    caught_by=warmup_climbs_to_base_lr,
    hint="While step < warmup_steps your rate is base_lr already, or falls: climb there, with "
    "base_lr * (step + 1) / warmup_steps.",
    points_at=r"max\(|return",
)
def no_warmup(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """does not climb: the rate is base_lr during warmup"""
    progress = max(0.0, share_of(step, warmup_steps, total_steps))
    return cosine(progress, base_lr, min_lr)


@exercise.mistake(
    caught_by=warmup_climbs_to_base_lr,
    hint="One schedule follows the other, they do not act at once: no cosine while step < "
    "warmup_steps, and after it the cosine counts from warmup_steps.",
    points_at=r"\*",
)
def both_at_once(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """multiplies the cosine from step 0 by the climb"""
    factor = min(1.0, (step + 1) / max(1, warmup_steps))
    return factor * cosine(min(step / total_steps, 1.0), base_lr, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="Your cosine counts from step 0, so at the seam it has fallen already and the rate jumps "
    "down. Count from the end of warmup: step - warmup_steps.",
    points_at=r"/\s*total_steps|\bstep\b\s*/",
)
def counted_from_zero(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """counts the cosine from step 0, so that the rate jumps down after warmup"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return cosine(min(step / total_steps, 1.0), base_lr, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="The cosine has only total_steps - warmup_steps steps. Divided by total_steps it has not "
    "arrived when training ends.",
    points_at=r"/\s*total_steps",
)
def as_long_as_training(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """makes the cosine total_steps long, so that it arrives warmup_steps too late"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return cosine(min((step - warmup_steps) / total_steps, 1.0), base_lr, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="Divided by total_steps the cosine has not arrived at step total_steps, where your rate "
    "jumps to the floor. It is total_steps - warmup_steps long.",
    points_at=r"/\s*total_steps",
)
def jumps_to_the_floor(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """makes the cosine total_steps long and jumps to the floor at the end"""
    if step >= total_steps:
        return min_lr
    return as_long_as_training.run(step, base_lr, warmup_steps, total_steps, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="Your cosine counts from the last step of warmup, so at step warmup_steps it has begun to "
    "fall. Progress is 0 there: (step - warmup_steps) / (total_steps - warmup_steps).",
    points_at=r"warmup_steps\s*-\s*1|\+\s*1",
)
def counted_from_the_last_of_warmup(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """counts the cosine from the last step of warmup"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return cosine(share_of(step, max(warmup_steps - 1, 0), total_steps), base_lr, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="The cosine arrives at step total_steps itself: its length is total_steps - warmup_steps, "
    "without another - 1.",
    points_at=r"-\s*1\b",
)
def lands_one_step_early(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """reaches the floor one step early, at total_steps - 1"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    length = max(total_steps - warmup_steps - 1, 1)
    return cosine(min((step - warmup_steps) / length, 1.0), base_lr, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="Step warmup_steps has progress 0 and still has base_lr: step - warmup_steps, without "
    "a + 1.",
    points_at=r"\+\s*1",
)
def one_step_ahead(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """starts the cosine one step ahead, below base_lr"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return cosine(share_of(step + 1, warmup_steps, total_steps), base_lr, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="Warmup is over when step == warmup_steps; yours climbs above base_lr there. Compare with "
    "<, not <=.",
    points_at=r"<=",
)
def climbs_one_step_too_long(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """climbs one step too long and overshoots base_lr"""
    if step <= warmup_steps:
        return climb(step, base_lr, max(warmup_steps, 1))
    return cosine(share_of(step, warmup_steps, total_steps), base_lr, min_lr)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="That is a straight line. Use (1 + cos(pi * progress)) / 2 where you have 1 - progress.",
    points_at=r"1(\.0)?\s*-",
)
def straight_line(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """falls in a straight line"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return base_lr - (base_lr - min_lr) * share_of(step, warmup_steps, total_steps)


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="math.cos takes radians: half a turn is math.pi, not 180.",
    points_at=r"180",
)
def angle_in_degrees(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """gives the cosine degrees where it takes radians"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    angle = 180 * share_of(step, warmup_steps, total_steps)
    return min_lr + (base_lr - min_lr) * (1 + math.cos(angle)) / 2


@exercise.mistake(
    caught_by=the_cosine_starts_at_the_seam,
    hint="An optimiser takes this number as its rate: multiply by base_lr on the climb and on the "
    "fall.",
    points_at=r"return",
)
def returns_the_factor(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """returns the factor between 0 and 1, not the rate"""
    return warmup_cosine(step, 1.0, warmup_steps, total_steps, min_lr)


@exercise.mistake(
    caught_by=the_cosine_ends_at_the_floor,
    hint="min_lr is never used: the cosine scales base_lr - min_lr, and min_lr is added to it.",
    points_at=r"cos\(",
)
def floor_ignored(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """ignores the floor and falls to 0"""
    return warmup_cosine(step, base_lr, warmup_steps, total_steps, 0.0)


@exercise.mistake(
    caught_by=the_cosine_ends_at_the_floor,
    hint="A cosine to 0 that is cut off at min_lr is too low all the way. Scale base_lr - min_lr "
    "instead, and add min_lr.",
    points_at=r"max\(",
)
def cut_off_at_the_floor(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """falls towards 0 and is cut off at the floor"""
    rate = warmup_cosine(step, base_lr, warmup_steps, total_steps, 0.0)
    return rate if step < warmup_steps else max(rate, min_lr)


@exercise.mistake(
    caught_by=the_cosine_ends_at_the_floor,
    hint="min_lr on top of a cosine of full height starts above base_lr. The height is base_lr - "
    "min_lr.",
    points_at=r"min_lr\s*\+|\+\s*min_lr",
)
def floor_on_top(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """adds the floor to a cosine of full height, and jumps up at the seam"""
    rate = warmup_cosine(step, base_lr, warmup_steps, total_steps, 0.0)
    return rate if step < warmup_steps else min_lr + rate


@exercise.mistake(
    caught_by=it_stays_at_the_floor,
    hint="Past total_steps the angle passes pi and the cosine climbs again. Cap the progress: "
    "min(progress, 1).",
    points_at=r"progress\s*=|cos\(",
)
def rises_again(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """rises again after total_steps"""
    if step < warmup_steps:
        return climb(step, base_lr, warmup_steps)
    return cosine((step - warmup_steps) / (total_steps - warmup_steps), base_lr, min_lr)


@exercise.mistake(
    caught_by=it_stays_at_the_floor,
    hint="Training may go on after total_steps, and still needs a rate: return min_lr there.",
    points_at=r"return 0|else 0",
)
def ends_at_zero(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """returns 0 after total_steps, whatever the floor"""
    if step > total_steps:
        return 0.0
    return warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr)


@exercise.mistake(
    caught_by=any_setting_in_any_order,
    hint="With warmup_steps = 0 the division happens before anything can stop it. Test step < "
    "warmup_steps first.",
    points_at=r"/\s*warmup_steps",
)
def divides_by_zero(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """divides by warmup_steps even when it is 0"""
    rate = climb(step, base_lr, warmup_steps)
    if step < warmup_steps:
        return rate
    return cosine(share_of(step, warmup_steps, total_steps), base_lr, min_lr)


@exercise.picture(
    warmup_climbs_to_base_lr,
    the_cosine_starts_at_the_seam,
    the_cosine_ends_at_the_floor,
    it_stays_at_the_floor,
    any_setting_in_any_order,
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
    seams = {"end of warmup": setting["warmup_steps"], "total_steps": setting["total_steps"]}
    return pictures.curve(
        steps,
        [view.yours[asked[step]] for step in steps],
        [view.expected[asked[step]] for step in steps],
        tolerance=view.tolerance,
        title=f"Rate by step, with warmup_steps = {setting['warmup_steps']} and total_steps = "
        f"{setting['total_steps']}",
        marks={name: at for name, at in seams.items() if steps[0] < at < steps[-1]},
    )
