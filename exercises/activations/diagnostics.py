"""Two diagnoses: dead and saturated units.

When a network stops learning, look at its activations before its learning rate. Two numbers say
most of it. A ReLU unit is dead on a data set when its pre-activation is at most 0 for every sample:
its output is 0, its slope is 0, no gradient reaches its weights or its bias, and it cannot recover
by itself. A sigmoid unit is saturated on a sample when its output is close to 0 or 1, where the
slope y (1 - y) is almost 0.

Worked example for dead_fraction, with 3 samples (rows) and 4 units (columns):

    [[-1,  2,  0, -3],
     [-2, -1, -1,  4],
     [-1,  3, -2, -1]]

Units 0 and 2 never fire, so 2 of 4 are dead: 0.5. (Of the 12 entries 9 are at most 0, which is
0.75: that is sparsity, another question. A unit that fires once is alive.)

Worked example for saturated_fraction: x = [[-4, 0, 1, 3]] has the sigmoids 0.018, 0.5, 0.731 and
0.953. With a threshold of 0.05 the first and the last are saturated: 2 of 4, 0.5.

Write the two functions. Everything in torch is allowed, torch.sigmoid too.
"""

from torch import Tensor


def dead_fraction(pre_activations: Tensor) -> float:
    """The share of ReLU units that are dead on these samples.

    Args:
        pre_activations: floats of shape (N, H), what goes into the ReLU: a row for each of N
            samples, a column for each of H units, N and H at least 1. It may be a transposed view.

    Returns:
        A Python float from 0.0 to 1.0: the number of units whose pre-activation is at most 0 for
        all N samples, divided by H. The argument is not modified.
    """
    raise NotImplementedError


def saturated_fraction(x: Tensor, threshold: float) -> float:
    """The share of sigmoid activations that lie close to 0 or 1.

    Args:
        x: floats of shape (N, H), the pre-activations: the sigmoid has not been applied yet.
            N and H are at least 1. It may be a transposed view.
        threshold: how close counts, in units of the output: more than 0, at most 0.5.

    Returns:
        A Python float from 0.0 to 1.0: the number of the N * H entries whose sigmoid is at most
        threshold away from 0, or at most threshold away from 1, divided by N * H. The argument is
        not modified.
    """
    raise NotImplementedError
