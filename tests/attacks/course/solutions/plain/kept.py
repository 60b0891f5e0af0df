"""Something kept in a file: the exercise of the attacks on a worker's own folder."""

from grader import Exercise, Inputs

CANARY = "@CANARY@"


def kept(x):
    return x.clone()  # the judge has no folder for it, and nobody sees where the values were


exercise = Exercise(
    kept,
    title="Something kept in a file",
    scratch_bytes=8 * 2**20,
    hints=["Which functions write?", "torch.save", "torch.load(path)"],
)


@exercise.case(kept, points=6)
def values(inputs: Inputs):
    """what was written comes back"""
    return dict(x=inputs.normal(3, 4))


@exercise.case(kept, points=4)
def again(inputs: Inputs):
    """a second time too"""
    return dict(x=inputs.normal(2))


@exercise.mistake(kept, caught_by=values, hint="Return what was read.")
def lost(x):
    """returns zeros"""
    return x * 0
