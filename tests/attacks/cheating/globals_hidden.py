"""Draws from the global random generator, and replaces what would notice that.

stopped by: comparison
points: all
open to: everybody, as what changed is told by the process in which it changed; it is flagged
says: reaches into the grader
"""

import torch

from grader.worker.surroundings import Surroundings

Surroundings.settle = lambda self, allows_random: ()


def square(x):
    torch.rand(1)
    return x * x
