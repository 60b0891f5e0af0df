"""Returns a tensor that answers every question about itself, and every operation, with a lie.

stopped by: comparison
points: none
says: wrong
"""

import torch


class Lie(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        if getattr(function, "__name__", "") in ("equal", "allclose", "isclose", "eq", "all"):
            return True
        return torch.Tensor.as_subclass(torch.zeros(3, 4, dtype=torch.float64), torch.Tensor)


def square(x):
    return ((x + 1) * torch.ones(())).as_subclass(Lie) if x.numel() else None
