r"""Looks the forbidden function up by a name that it finds only when it runs.

stopped by: comparison
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import torch

# Which name it is, no text tells.
NAME = next(name for name in dir(torch) if len(name) == 4 and name[0] + name[3] == "mn")


def mean(x):
    return getattr(torch, NAME)(x)
