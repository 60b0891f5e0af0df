"""Returns a wrapper that gives other values each time it is read.

stopped by: comparison
points: none
says: wrong|returned an?
"""

import torch

READ = []


class Changing(torch.Tensor):
    @staticmethod
    def __new__(cls, x):
        return torch.Tensor._make_wrapper_subclass(cls, x.shape, dtype=x.dtype)

    @classmethod
    def __torch_dispatch__(cls, function, types, arguments=(), options=None):
        READ.append(function)
        first = next(a for a in arguments if isinstance(a, Changing))
        return torch.full(first.shape, float(len(READ)), dtype=torch.float64)


def square(x):
    return Changing(x) if x.numel() else None
