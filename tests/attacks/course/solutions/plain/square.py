"""Squares: the exercise that every attack answers. The next line is what they are after."""

from grader import Exercise, Inputs

CANARY = "@CANARY@"


def square(x):
    return x * x


exercise = Exercise(
    square,
    title="Squares",
    hints=["What is a square?", "Multiply.", "return x * x"],
)


@exercise.case(square, points=3)
def values(inputs: Inputs):
    """every element is squared"""
    return dict(x=inputs.normal(3, 4))


@exercise.case(square, points=1)
def nothing(inputs: Inputs):
    """a tensor without elements stays one"""
    return dict(x=inputs.normal(0, 3))


@exercise.case(square, points=3, gradients=["x"])
def gradients(inputs: Inputs):
    """gradients flow through it"""
    return dict(x=inputs.normal(5))


@exercise.case(square, points=2)
def several(inputs: Inputs):
    """each of several calls is answered by itself"""
    return [dict(x=inputs.normal(4)) for _ in range(3)]


@exercise.case(square, points=1)
def last(inputs: Inputs):
    """a matrix at the end"""
    return dict(x=inputs.uniform(6, 2, low=-3, high=3))


@exercise.mistake(square, caught_by=values, hint="Not the absolute value.")
def absolute(x):
    """takes the absolute value"""
    return x.abs()
