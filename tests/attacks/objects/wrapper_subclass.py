"""Returns a wrapper without memory, whose operations raise an exception of 10 MB.

stopped by: comparison
points: none
says: returned an? .*Hollow; the exercise asks for a tensor
"""

import torch


class Hollow(torch.Tensor):
    @staticmethod
    def __new__(cls, shape):
        return torch.Tensor._make_wrapper_subclass(cls, shape, dtype=torch.float64)

    @classmethod
    def __torch_dispatch__(cls, function, types, arguments=(), options=None):
        raise RuntimeError("x" * 10_000_000)


def square(x):
    return Hollow((3, 4))
