"""Returns a tensor whose shape and dtype say what is wanted, and are something else.

stopped by: comparison
points: none
says: shape|float32|returned an?
"""

import torch


class Lie(torch.Tensor):
    shape = property(lambda self: torch.Size((3, 4)))
    dtype = property(lambda self: torch.float64)


def square(x):
    return torch.full((1, 1, 7), 2.0, dtype=torch.float32).as_subclass(Lie)
