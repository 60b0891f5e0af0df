"""Linear warmup of the learning rate."""

import math
from fractions import Fraction

import numpy
import torch

from grader import Exercise, Inputs, View, pictures


def linear_warmup(step, base_lr, warmup_steps):
    if step >= warmup_steps:
        return base_lr
    return base_lr * (step + 1) / warmup_steps


exercise = Exercise(
    linear_warmup,
    title="Linear warmup of the learning rate",
    hints=[
        "Write down the rates of a warmup of four steps by hand, from step 0 to step 5. "
        "Which step is the first to have base_lr?",
        "There are two regimes: the climb, while step < warmup_steps, and the plateau after it. "
        "Settle which one applies before you divide, and no warmup needs no special case.",
        "If step >= warmup_steps the answer is base_lr; otherwise it is base_lr times step + 1, "
        "divided by warmup_steps.",
    ],
)


def curve_of(steps, base_lr, warmup_steps):
    return [dict(step=step, base_lr=base_lr, warmup_steps=warmup_steps) for step in steps]


@exercise.case(points=4, hint="What are the rates of step 0 and of step warmup_steps - 1?")
def the_rate_climbs_in_equal_stairs(inputs: Inputs):
    """the rate climbs in equal stairs, from base_lr / warmup_steps to base_lr"""
    return curve_of(range(7), base_lr=3e-4, warmup_steps=7)


@exercise.case(points=3, hint="What stops the climb, and at which step?")
def the_plateau_is_flat(inputs: Inputs):
    """from step warmup_steps on, the rate is base_lr and stays there"""
    return curve_of([7, 8, 9, 14, 15, 40, 50_000], base_lr=3e-4, warmup_steps=7)


@exercise.case(
    points=2,
    needs=[the_rate_climbs_in_equal_stairs, the_plateau_is_flat],
    hint="With warmup_steps = 0, which of your lines still divides?",
)
def no_warmup_is_allowed(inputs: Inputs):
    """with a warmup of no steps, or of one, every update has base_lr"""
    return [
        *curve_of([0, 1, 2, 9], base_lr=0.1, warmup_steps=0),
        *curve_of([0, 1, 2, 9], base_lr=0.1, warmup_steps=1),
    ]


@exercise.case(
    points=1,
    needs=[the_rate_climbs_in_equal_stairs],
    hint="Does your function remember anything from one call to the next?",
)
def any_step_can_be_asked_for(inputs: Inputs):
    """the rate depends on the arguments alone, in whatever order steps are asked for"""
    small, large = inputs.number(1e-4, 1e-3), inputs.number(1.5, 3.0)
    return [
        *curve_of([25, 3, 25, 0, 9, 3], base_lr=0.1, warmup_steps=10),
        *curve_of([3, 25, 0], base_lr=large, warmup_steps=4),
        *curve_of([3, 25, 198, 199, 0], base_lr=small, warmup_steps=200),
        *curve_of([3, 9, 0, 0, 25], base_lr=0.1, warmup_steps=10),
        *curve_of([1, 0, 2], base_lr=large, warmup_steps=2),
    ]


@exercise.alternative()
def capped_factor(step, base_lr, warmup_steps):
    """one expression: the factor is capped at 1, the divisor kept above 0"""
    return base_lr * min(1.0, (step + 1) / max(warmup_steps, 1))


@exercise.alternative()
def added_up(step, base_lr, warmup_steps):
    """adds one stair per update"""
    if warmup_steps == 0:
        return base_lr
    rate = 0.0
    for _ in range(min(step + 1, warmup_steps)):
        rate += base_lr / warmup_steps
    return rate


@exercise.alternative()
def interpolated(step, base_lr, warmup_steps):
    """interpolates between the two ends of the climb"""
    if warmup_steps < 2:
        return base_lr
    ends = [0, warmup_steps - 1], [base_lr / warmup_steps, base_lr]
    return float(numpy.interp(step, *ends))


@exercise.alternative()
def in_tensors(step, base_lr, warmup_steps):
    """clamps in torch and returns the item"""
    done = torch.tensor((step + 1.0) / warmup_steps if warmup_steps else 1.0)
    return (base_lr * done.clamp(max=1.0)).item()


@exercise.alternative()
def exact_fractions(step, base_lr, warmup_steps):
    """computes with exact fractions"""
    done = Fraction(min(step + 1, warmup_steps), warmup_steps) if warmup_steps else 1
    return float(Fraction(base_lr) * done)


@exercise.alternative()
def counted_back(step, base_lr, warmup_steps):
    """takes away what is still missing from base_lr"""
    missing = max(0, warmup_steps - step - 1)
    return base_lr - missing * base_lr / warmup_steps if missing else base_lr


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="Step 0 gets rate 0, so the first batch changes nothing. This exercise counts updates "
    "done after the step: use step + 1 over warmup_steps.",
    points_at=r"\bstep\b\s*\)?\s*/|/\s*warmup_steps",
)
def starts_at_zero(step, base_lr, warmup_steps):
    """gives the first update rate 0, and every later one the rate of the step before it"""
    if step >= warmup_steps:
        return base_lr
    return base_lr * step / warmup_steps


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="That divisor puts 0 at step 0 and base_lr at step w - 1. Here step 0 has base_lr / w: "
    "keep the step + 1, and divide by warmup_steps.",
    points_at=r"warmup_steps\s*-\s*1|linspace",
)
def divides_by_one_less(step, base_lr, warmup_steps):
    """divides step by warmup_steps - 1, so the first update has rate 0"""
    if step >= warmup_steps:
        return base_lr
    return base_lr * step / (warmup_steps - 1)


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="A known convention, (step + 1) / (warmup_steps + 1), but not the one asked for: here "
    "step warmup_steps - 1 already has base_lr, so divide by warmup_steps.",
    points_at=r"warmup_steps\s*\+\s*1",
)
def divides_by_one_more(step, base_lr, warmup_steps):
    """divides by warmup_steps + 1, so warmup ends one stair below base_lr"""
    if step >= warmup_steps:
        return base_lr
    return base_lr * (step + 1) / (warmup_steps + 1)


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="Warmup from a third of base_lr is what torch's LinearLR does by default. This exercise "
    "starts at base_lr / warmup_steps: no starting factor, only (step + 1) / warmup_steps.",
    points_at=r"/\s*3\b|0?\.33",
)
def starts_at_a_third(step, base_lr, warmup_steps):
    """starts from a third of base_lr"""
    if step >= warmup_steps:
        return base_lr
    return base_lr * (1 / 3 + 2 / 3 * step / warmup_steps)


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="Some schedules climb from a floor, such as a tenth of base_lr. This exercise has none: "
    "it starts at base_lr / warmup_steps, so (step + 1) / warmup_steps is all of it.",
    points_at=r"\b0?\.1\b|/\s*10\b",
)
def starts_at_a_tenth(step, base_lr, warmup_steps):
    """starts from a tenth of base_lr"""
    if step >= warmup_steps:
        return base_lr
    return base_lr * (0.1 + 0.9 * step / warmup_steps)


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="The climb is a straight line here: the share of warmup that is done enters once, not "
    "squared.",
    points_at=r"\*\*\s*2|pow",
)
def climbs_as_a_square(step, base_lr, warmup_steps):
    """climbs with the square of the share that is done"""
    if step >= warmup_steps:
        return base_lr
    return base_lr * ((step + 1) / warmup_steps) ** 2


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="// keeps only the whole part, which is 0 until the last step of warmup. Divide with /.",
    points_at=r"//|\bint\(",
)
def divides_in_whole_numbers(step, base_lr, warmup_steps):
    """rounds the factor down, so the rate is 0 until the last step of warmup"""
    if step >= warmup_steps:
        return base_lr
    return base_lr * ((step + 1) // warmup_steps)


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="An optimiser takes this number as its rate. Multiply the factor by base_lr, on the "
    "climb and on the plateau.",
    points_at=r"return",
)
def returns_the_factor(step, base_lr, warmup_steps):
    """returns the factor between 0 and 1, not the rate"""
    return min(1.0, (step + 1) / max(1, warmup_steps))


@exercise.mistake(
    caught_by=the_rate_climbs_in_equal_stairs,
    hint="The plateau is right. On the climb, the share of warmup that is done must still be "
    "multiplied by base_lr.",
    points_at=r"/.*warmup_steps",
)
def returns_the_factor_on_the_climb(step, base_lr, warmup_steps):
    """returns a factor instead of a rate while warming up"""
    if step >= warmup_steps:
        return base_lr
    return (step + 1) / warmup_steps


@exercise.mistake(
    caught_by=the_plateau_is_flat,
    hint="Nothing ends the climb: from step warmup_steps on your factor is above 1. Return base_lr "
    "itself once step has reached warmup_steps.",
    points_at=r"/.*warmup_steps",
)
def goes_on_growing(step, base_lr, warmup_steps):
    """goes on growing after warmup"""
    return base_lr * (step + 1) / warmup_steps


@exercise.mistake(
    caught_by=the_plateau_is_flat,
    hint="Two things: step 0 needs a rate above 0 (use step + 1), and from step warmup_steps on "
    "the rate is base_lr, whatever the step.",
    points_at=r"/.*warmup_steps",
)
def starts_at_zero_and_goes_on_growing(step, base_lr, warmup_steps):
    """starts at rate 0 and goes on growing after warmup"""
    return base_lr * step / warmup_steps


@exercise.mistake(
    caught_by=the_plateau_is_flat,
    hint="At step = warmup_steps your rate is one stair above base_lr. The climb is over when "
    "step == warmup_steps: compare with <, not <=.",
    points_at=r"<=|>\s*warmup_steps",
)
def climbs_one_step_too_long(step, base_lr, warmup_steps):
    """climbs for one step too long and overshoots base_lr once"""
    if step <= warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    return base_lr


@exercise.mistake(
    caught_by=the_plateau_is_flat,
    hint="Capping step at warmup_steps - 1 without the + 1 leaves the factor at (w - 1) / w for "
    "ever. Use step + 1, and return base_lr from step warmup_steps on.",
    points_at=r"min\(|warmup_steps\s*-\s*1",
)
def stops_one_stair_short(step, base_lr, warmup_steps):
    """starts at rate 0, stops one stair short and never reaches base_lr"""
    return base_lr * min(step, warmup_steps - 1) / warmup_steps


@exercise.mistake(
    caught_by=the_plateau_is_flat,
    hint="With warmup_steps + 1 below, the factor stays under 1 for ever. Divide by warmup_steps, "
    "and it is 1 at step warmup_steps - 1.",
    points_at=r"warmup_steps\s*\+\s*1",
)
def divides_by_one_more_for_ever(step, base_lr, warmup_steps):
    """divides by warmup_steps + 1 and never reaches base_lr"""
    return base_lr * min(step + 1, warmup_steps) / (warmup_steps + 1)


@exercise.mistake(
    caught_by=the_plateau_is_flat,
    hint="The climb is cut off before its last stair. Cap step + 1 at warmup_steps, not at "
    "warmup_steps - 1.",
    points_at=r"warmup_steps\s*-\s*1",
)
def capped_below_the_last_stair(step, base_lr, warmup_steps):
    """cuts the last stair off and never reaches base_lr"""
    return base_lr * min(step + 1, warmup_steps - 1) / warmup_steps


@exercise.mistake(
    caught_by=the_plateau_is_flat,
    hint="An exponential comes close to base_lr and never arrives. This warmup is a straight "
    "line: (step + 1) / warmup_steps, then base_lr.",
    points_at=r"exp\(",
)
def approaches_exponentially(step, base_lr, warmup_steps):
    """approaches base_lr exponentially and never reaches it"""
    return base_lr * (1 - math.exp(-(step + 1) / warmup_steps))


@exercise.mistake(
    caught_by=no_warmup_is_allowed,
    hint="With warmup_steps = 0 the division happens before anything can stop it. Test "
    "step >= warmup_steps first: then step 0 is already on the plateau.",
    points_at=r"/.*warmup_steps",
)
def divides_by_zero(step, base_lr, warmup_steps):
    """divides by warmup_steps even when it is 0"""
    return base_lr * min(1.0, (step + 1) / warmup_steps)


@exercise.mistake(
    caught_by=no_warmup_is_allowed,
    hint="No warmup means full rate at once, not no rate: with warmup_steps = 0 return base_lr.",
    points_at=r"return 0|else 0",
)
def no_warmup_means_no_rate(step, base_lr, warmup_steps):
    """returns 0 when there is no warmup"""
    if warmup_steps == 0:
        return 0.0
    return base_lr * min(1.0, (step + 1) / warmup_steps)


@exercise.picture(
    the_rate_climbs_in_equal_stairs,
    the_plateau_is_flat,
    no_warmup_is_allowed,
    any_step_can_be_asked_for,
)
def draw(view: View):
    """The rates of the first setting over the steps, in order."""
    first = view.calls[0]
    last = first["warmup_steps"] - 1
    asked = {
        call["step"]: index
        for index, call in enumerate(view.calls)
        if (call["base_lr"], call["warmup_steps"]) == (first["base_lr"], first["warmup_steps"])
        and call["step"] < 1000
    }
    steps = sorted(asked)
    return pictures.curve(
        steps,
        [view.yours[asked[step]] for step in steps],
        [view.expected[asked[step]] for step in steps],
        tolerance=view.tolerance,
        title=f"Rate by step, with warmup_steps = {first['warmup_steps']}",
        marks={"last step of warmup": last} if last > 0 else {},
    )
