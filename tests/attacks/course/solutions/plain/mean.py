"""A mean by hand: the exercise of the attacks that hide a forbidden operation."""

from grader import Exercise, Inputs

CANARY = "@CANARY@"


def mean(x):
    return x.sum() / x.numel()


exercise = Exercise(
    mean,
    title="A mean by hand",
    forbids=["mean"],
    hints=["What is a mean?", "Add and divide.", "return x.sum() / x.numel()"],
)


@exercise.case(mean, points=6)
def values(inputs: Inputs):
    """the mean of all elements"""
    return dict(x=inputs.normal(3, 4))


@exercise.case(mean, points=4, gradients=["x"])
def gradients(inputs: Inputs):
    """gradients flow through it"""
    return dict(x=inputs.normal(5))


@exercise.mistake(mean, caught_by=values, hint="Divide as well.")
def total(x):
    """does not divide"""
    return x.sum()
