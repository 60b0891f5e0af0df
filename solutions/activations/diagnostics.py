"""Dead and saturated units.

A share is a count over a number that the inputs fix, and is judged to 1e-6: single precision on the
way is fine. So what is compared is the nearest possible share, if the answer is that close to one.
The inputs keep away from the thresholds, or lie exactly on one in every way to compute it.
"""

import math

import torch

from grader import Exercise, Inputs

PRECISION = 1e-6


def dead_fraction(pre_activations):
    return (pre_activations <= 0).all(dim=0).double().mean().item()


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    near_an_end = (y <= threshold) | (y >= 1 - threshold)
    return near_an_end.double().mean().item()


exercise = Exercise(
    dead_fraction,
    saturated_fraction,
    title="Dead and saturated units",
    hints=[
        "What is counted, and out of how many: entries, samples or units? Do the worked example "
        "of the lesson by hand, then print your mask for it.",
        "Dead: one answer for each column, so reduce over the samples (dim=0) with all, then "
        "average over units. Saturated: one answer for each entry of sigmoid(x), and two ends.",
        "(pre_activations <= 0).all(dim=0).double().mean().item(); and with y = torch.sigmoid(x): "
        "((y <= threshold) | (y >= 1 - threshold)).double().mean().item()",
    ],
)


def nearest(share: float, of: int) -> float:
    """The multiple of 1 / of that a share is within the precision of; itself if there is none."""
    share = float(share)
    if not math.isfinite(share):
        return share
    possible = round(share * of) / of
    return possible if abs(share - possible) <= PRECISION else share


def dead_shares(answers, calls):
    seen = {}
    for share, call in zip(answers, calls, strict=True):
        samples, units = call["pre_activations"].shape
        seen[f"share of dead units ({samples} × {units})"] = nearest(share, samples * units)
    return seen


def saturated_shares(answers, calls):
    seen = {}
    for share, call in zip(answers, calls, strict=True):
        samples, units = call["x"].shape
        name = f"saturated share ({samples} × {units}, threshold {call['threshold']})"
        seen[name] = nearest(share, samples * units)
    return seen


# --- dead_fraction ----------------------------------------------------------------------------


def firing(inputs: Inputs, samples: int, units: int, dead: int, always: int, silent: int):
    """Pre-activations without zeros, in random order of samples and units.

    Args:
        inputs: source of the values.
        samples: number of rows.
        units: number of columns.
        dead: how many columns are negative throughout.
        always: how many are positive throughout.
        silent: how many rows are negative throughout.
    """
    size = inputs.uniform(samples, units, low=0.1, high=2.0)
    sign = torch.where(inputs.uniform(samples, units) < 0.5, -1.0, 1.0)
    sign[0], sign[1] = 1.0, -1.0
    size[0, dead + always] = 40.0  # a mean that is positive, ...
    size[1, dead + always + 1] = 40.0  # ... and one that is negative, in units that do fire
    sign[2:, dead + always + 1] = -1.0
    size[0, dead + always + 1] = 1e-3  # the second of them fires once, and hardly so
    sign[:, :dead] = -1.0
    sign[:, dead : dead + always] = 1.0
    if silent:
        sign[-silent:] = -1.0
    return (size * sign)[inputs.permutation(samples)][:, inputs.permutation(units)]


@exercise.case(
    dead_fraction,
    points=2,
    observe=dead_shares,
    hint="In the worked example the answer is 0.5. Which axis holds the samples?",
)
def a_dead_unit_never_fires(inputs: Inputs):
    """a unit is dead if no sample at all makes it fire"""
    return [
        dict(pre_activations=firing(inputs, 7, 11, dead=3, always=2, silent=0)),
        dict(pre_activations=firing(inputs, 13, 5, dead=1, always=0, silent=4)),
        dict(pre_activations=firing(inputs, 6, 6, dead=2, always=0, silent=1)),
    ]


@exercise.case(
    dead_fraction,
    points=1,
    observe=dead_shares,
    hint="ReLU(0) is 0: a unit that reaches exactly 0 has not fired.",
)
def zero_is_not_firing(inputs: Inputs):
    """a pre-activation of exactly 0 does not count as firing"""
    mixed = firing(inputs, 7, 11, dead=3, always=2, silent=0)
    dead = (mixed < 0).all(0)
    rows = inputs.integers(11, high=7)
    # Two dead units and two that fire reach 0 on some sample.
    for unit in [*dead.nonzero()[:2, 0].tolist(), *(~dead).nonzero()[:2, 0].tolist()]:
        row = int(rows[unit])
        mixed[row if mixed[row, unit] < 0 else int(mixed[:, unit].argmin()), unit] = 0.0
    # Of several dead units one is 0 throughout: an answer of all or nothing shows.
    silent = firing(inputs, 6, 13, dead=4, always=1, silent=0)
    silent[:, int((silent < 0).all(0).nonzero()[0])] = 0.0
    return [
        dict(pre_activations=mixed),
        dict(pre_activations=silent),
        dict(pre_activations=torch.zeros(4, 3, dtype=torch.float64)),
    ]


@exercise.case(
    dead_fraction,
    points=1,
    observe=dead_shares,
    needs=[a_dead_unit_never_fires],
    hint="With one sample, a unit is dead if that sample leaves it silent.",
)
def any_number_of_samples_and_units(inputs: Inputs):
    """one sample, one unit, all dead, none dead and transposed inputs work too"""
    some = firing(inputs, 2, 7, dead=2, always=1, silent=0)
    return [
        dict(pre_activations=some[:1].clone()),
        dict(pre_activations=-inputs.uniform(5, 1, low=0.1)),
        dict(pre_activations=inputs.uniform(1, 1, low=0.1)),
        dict(pre_activations=-inputs.uniform(3, 4, low=0.1)),
        dict(pre_activations=inputs.uniform(4, 3, low=0.1)),
        dict(pre_activations=firing(inputs, 7, 11, dead=4, always=1, silent=1).T.contiguous().T),
        dict(pre_activations=inputs.strided(firing(inputs, 8, 9, dead=2, always=1, silent=0))),
    ]


@exercise.grows(dead_fraction, per="unit")
def more_units(inputs: Inputs):
    return {n: dict(pre_activations=inputs.normal(5, n)) for n in (4, 12)}


@exercise.alternative(dead_fraction)
def by_the_maximum(pre_activations):
    """looks at the largest pre-activation of each unit"""
    largest = pre_activations.max(dim=0).values
    return float((largest <= 0).float().mean())


@exercise.alternative(dead_fraction)
def unit_by_unit(pre_activations):
    """loops over the units in Python"""
    units = pre_activations.T.tolist()
    return sum(all(value <= 0 for value in unit) for unit in units) / len(units)


@exercise.alternative(dead_fraction)
def by_what_comes_out(pre_activations):
    """adds up what comes out of each ReLU"""
    out = torch.relu(pre_activations).sum(0)
    return 1 - torch.count_nonzero(out).item() / out.numel()


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="Your mean runs over all entries: that is the sparsity. First ask each unit whether all "
    "its samples are silent: all(dim=0).",
    points_at=r"mean|sum|/",
)
def share_of_silent_entries(pre_activations):
    """counts entries instead of units"""
    return (pre_activations <= 0).double().mean().item()


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="Rows are samples, columns are units. all(dim=1) asks for silent samples; units need "
    "all(dim=0).",
    points_at=r"(dim|axis)\s*=\s*-?1|(all|max|amax|sum)\(\s*-?1",
)
def share_of_silent_samples(pre_activations):
    """reduces over the units: the share of samples that no unit fires for"""
    return (pre_activations <= 0).all(dim=1).double().mean().item()


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="One silent sample does not kill a unit: use all over the samples, not any.",
    points_at=r"any|min\(|amin",
)
def silent_once(pre_activations):
    """calls a unit dead if any sample leaves it silent"""
    return (pre_activations <= 0).any(dim=0).double().mean().item()


@exercise.mistake(
    dead_fraction,
    caught_by=zero_is_not_firing,
    hint="At exactly 0 the output and the slope are 0 as well: compare with <= 0, not < 0.",
    points_at=r"<\s*0|>=",
)
def strictly_negative(pre_activations):
    """compares with < 0, so that a unit at exactly 0 counts as alive"""
    return (pre_activations < 0).all(dim=0).double().mean().item()


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="These are values before the ReLU: silent ones are negative, hardly ever 0. Compare with "
    "<= 0.",
    points_at=r"==\s*0",
)
def exactly_zero(pre_activations):
    """looks for pre-activations that are exactly 0"""
    return (pre_activations == 0).all(dim=0).double().mean().item()


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="That is the share of units that do fire. The dead ones are the rest.",
    points_at=r">\s*0|any|1\s*-",
)
def share_that_fires(pre_activations):
    """returns the share of units that are alive"""
    return (pre_activations > 0).any(dim=0).double().mean().item()


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="A unit may be negative on average and fire now and then. Look at each sample: all, or "
    "the maximum.",
    points_at=r"mean\(|sum\(",
)
def silent_on_average(pre_activations):
    """calls a unit dead if its mean pre-activation is not positive"""
    return (pre_activations.mean(dim=0) <= 0).double().mean().item()


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="That is a number of units. Divide by how many there are.",
    points_at=r"sum",
)
def number_of_dead_units(pre_activations):
    """returns the number of dead units, not their share"""
    return float((pre_activations <= 0).all(dim=0).sum())


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="The count is right, but it is divided by the number of samples. Units are columns: "
    "divide by shape[1].",
    points_at=r"/|len\(|shape\[0\]|size\(0\)",
)
def divided_by_samples(pre_activations):
    """divides the number of dead units by the number of samples"""
    return (pre_activations <= 0).all(dim=0).sum().item() / len(pre_activations)


@exercise.mistake(
    dead_fraction,
    caught_by=a_dead_unit_never_fires,
    hint="Your answer is 1 only if every unit is dead, and 0 otherwise. all() without dim=0 asks "
    "the whole layer at once, and // keeps only the whole part of a quotient.",
    points_at=r"//|all\(\s*\)|int\(",
)
def all_units_or_none(pre_activations):
    """answers 1 if all units are dead and 0 if not, with nothing between"""
    return float((pre_activations <= 0).all())


@exercise.mistake(
    dead_fraction,
    caught_by=any_number_of_samples_and_units,
    hint="With one sample, squeeze() removes the axis of the samples, and dim=0 is suddenly that "
    "of the units. Leave the shape (N, H) alone.",
    points_at=r"squeeze",
)
def axes_squeezed(pre_activations):
    """squeezes the input, so that one sample loses its axis"""
    return (pre_activations.squeeze() <= 0).all(dim=0).double().mean().item()


# --- saturated_fraction -----------------------------------------------------------------------

# Where the sigmoids of some entries lie, in units of the threshold from the nearer end, and how
# many do: each mistake counts other parts, and so gives another share.
PARTS = (
    ("low", 4, 0.1, 0.45),
    ("low", 2, 0.6, 0.95),
    ("low", 3, 1.02, 1.04),
    ("low", 1, 1.5, 2.4),
    ("high", 7, 0.1, 0.45),
    ("high", 3, 0.6, 0.95),
    ("high", 1, 1.02, 1.04),
    ("high", 1, 1.5, 2.4),
)


def spread(inputs: Inputs, samples: int, units: int, threshold: float):
    """Pre-activations whose sigmoids lie as PARTS says, the others between 0.45 and 0.55."""
    y = inputs.uniform(samples * units, low=0.45, high=0.55)
    start = 0
    for end, count, low, high in PARTS:
        part = threshold * inputs.uniform(count, low=low, high=high)
        y[start : start + count] = part if end == "low" else 1 - part
        start += count
    return torch.logit(y)[inputs.permutation(len(y))].reshape(samples, units)


@exercise.case(
    saturated_fraction,
    points=3,
    observe=saturated_shares,
    hint="In the worked example the answer is 0.5: x = -4 and x = 3 are saturated.",
)
def both_ends_count(inputs: Inputs):
    """an entry counts if its sigmoid is close to 0 or close to 1"""
    ends = inputs.uniform(3, 4, low=6.0, high=20.0)
    return [
        dict(x=spread(inputs, 5, 7, 0.05), threshold=0.05),
        dict(x=spread(inputs, 11, 4, 0.1), threshold=0.1),
        dict(x=spread(inputs, 6, 6, 0.02), threshold=0.02),
        dict(x=spread(inputs, 1, 37, 0.04), threshold=0.04),
        dict(x=spread(inputs, 37, 1, 0.03), threshold=0.03),
        dict(x=inputs.uniform(4, 3, low=-1.0, high=1.0), threshold=0.05),
        dict(x=torch.where(inputs.uniform(3, 4) < 0.5, ends, -ends), threshold=0.05),
        dict(x=spread(inputs, 7, 6, 0.1).T, threshold=0.1),
        dict(x=inputs.strided(spread(inputs, 7, 7, 0.06)), threshold=0.06),
    ]


@exercise.case(
    saturated_fraction,
    points=1,
    observe=saturated_shares,
    hint="With threshold 0.5 even sigmoid(0) = 0.5 is close enough. Is your comparison strict?",
)
def exactly_the_threshold_counts(inputs: Inputs):
    """an entry that is exactly threshold away counts, and counts once"""
    x = inputs.normal(4, 5)
    x[inputs.permutation(4)[:3], inputs.permutation(5)[:3]] = 0.0
    return [
        dict(x=x, threshold=0.5),
        dict(x=torch.zeros(1, 1, dtype=torch.float64), threshold=0.5),
    ]


@exercise.grows(saturated_fraction, per="sample")
def more_samples(inputs: Inputs):
    return {n: dict(x=inputs.normal(n, 3, std=3.0), threshold=0.1) for n in (4, 12)}


@exercise.alternative(saturated_fraction)
def by_distance(x, threshold):
    """takes the distance from the nearer end"""
    y = torch.sigmoid(x)
    return float((torch.minimum(y, 1 - y) <= threshold).float().mean())


@exercise.alternative(saturated_fraction)
def on_pre_activations(x, threshold):
    """moves the threshold to the pre-activations"""
    limit = math.log((1 - threshold) / threshold)
    return (x.abs() >= limit).sum().item() / x.numel()


@exercise.alternative(saturated_fraction)
def entry_by_entry(x, threshold):
    """loops in Python"""
    outputs = [1 / (1 + math.exp(-value)) for row in x.tolist() for value in row]
    return sum(y <= threshold or 1 - y <= threshold for y in outputs) / len(outputs)


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="x are pre-activations. Apply the sigmoid first, then compare its output.",
    points_at=r"\bx\b\s*[<>]",
)
def sigmoid_left_out(x, threshold):
    """compares x itself, without the sigmoid"""
    return ((x <= threshold) | (x >= 1 - threshold)).double().mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="The end near 0 is missing: a sigmoid is flat there too. Add y <= threshold.",
    points_at=r">=?",
)
def only_near_one(x, threshold):
    """counts the outputs near 1 only"""
    return (torch.sigmoid(x) >= 1 - threshold).double().mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="The end near 1 is missing: a sigmoid is flat there too. Add y >= 1 - threshold.",
    points_at=r"<=?",
)
def only_near_zero(x, threshold):
    """counts the outputs near 0 only"""
    return (torch.sigmoid(x) <= threshold).double().mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=exactly_the_threshold_counts,
    hint="An output exactly threshold away counts as well: <= and >=, not < and >.",
    points_at=r"[<>](?!=)",
)
def strictly_within(x, threshold):
    """compares strictly, so an output exactly threshold away is left out"""
    y = torch.sigmoid(x)
    return ((y < threshold) | (y > 1 - threshold)).double().mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=exactly_the_threshold_counts,
    hint="Where both conditions hold, the entry is counted twice. Join them with |, or take the "
    "smaller distance.",
    points_at=r"\+",
)
def counted_at_both_ends(x, threshold):
    """adds the two shares, and counts what is close to both ends twice"""
    y = torch.sigmoid(x)
    return ((y <= threshold).double() + (y >= 1 - threshold).double()).mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="You compare the slope y * (1 - y). Close to 0 or 1 means the output: min(y, 1 - y) "
    "<= threshold.",
    points_at=r"\*",
)
def small_slope(x, threshold):
    """compares the slope y (1 - y) with the threshold"""
    y = torch.sigmoid(x)
    return (y * (1 - y) <= threshold).double().mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="That is the share which is not saturated. Turn the condition around.",
    points_at=r"&|1\s*-|~",
)
def share_that_is_not_saturated(x, threshold):
    """returns the share that is not saturated"""
    y = torch.sigmoid(x)
    return ((y > threshold) & (y < 1 - threshold)).double().mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="Entries are counted here, not units: no any or all over the samples.",
    points_at=r"any\(|all\(",
)
def share_of_units_ever_saturated(x, threshold):
    """counts units that are saturated for some sample, not entries"""
    y = torch.sigmoid(x)
    return ((y <= threshold) | (y >= 1 - threshold)).any(dim=0).double().mean().item()


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="The threshold is for each end, it is not shared between the two: no division by 2.",
    points_at=r"/\s*2|0\.5\s*\*",
)
def half_the_threshold(x, threshold):
    """gives each end half of the threshold"""
    return saturated_fraction(x, threshold / 2)


@exercise.mistake(
    saturated_fraction,
    caught_by=both_ends_count,
    hint="These are sigmoid units: outputs between 0 and 1. tanh reaches its ends much earlier.",
    points_at=r"tanh",
)
def tanh_instead(x, threshold):
    """takes tanh for the activation"""
    return (torch.tanh(x).abs() >= 1 - threshold).double().mean().item()
