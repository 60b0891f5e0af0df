"""Makes the argument an object of another class, so that what it is like cannot be looked at.

stopped by: comparison
points: 1
says: changed its argument x in place
"""

import torch


class Gone(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        raise RuntimeError("nothing to see")


def square(x):
    answer = x.detach() * x.detach()
    x.data.zero_()
    x.__class__ = Gone
    return answer
