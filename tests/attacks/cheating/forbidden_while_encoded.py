r"""Returns a tensor that computes itself, with the forbidden function, when the worker reads it.

stopped by: comparison
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import torch

# Which name it is, no text tells.
NAME = next(name for name in dir(torch) if len(name) == 4 and name[0] + name[3] == "mn")


class Later(torch.Tensor):
    @staticmethod
    def __new__(cls, x):
        later = torch.Tensor._make_wrapper_subclass(cls, (), dtype=x.dtype)
        later.x = x
        return later

    @classmethod
    def __torch_dispatch__(cls, function, types, arguments=(), options=None):
        now = [getattr(torch, NAME)(a.x) if isinstance(a, Later) else a for a in arguments]
        return function(*now, **(options or {}))


def mean(x):
    return Later(x)
