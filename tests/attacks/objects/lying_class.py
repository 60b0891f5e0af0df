"""Returns an object that calls itself a tensor: its __class__ is a lie.

stopped by: comparison
points: none
says: returned an? .*Liar; the exercise asks for a tensor
"""

import torch


class Liar:
    __class__ = torch.Tensor
    shape = (3, 4)
    dtype = torch.float64
    layout = torch.strided
    is_nested = is_quantized = requires_grad = False
    device = torch.device("cpu")
    is_leaf = True
    grad = None

    def numel(self):
        return 12

    def element_size(self):
        return 8


def square(x):
    return Liar()
