"""Returns a tensor whose detach, clone, contiguous, is_contiguous and numpy give something else.

stopped by: comparison
points: all
"""
# The tensor itself is right, and that is what counts: nothing is said.

import torch


class Lie(torch.Tensor):
    def lie(self, *arguments, **options):
        return torch.zeros(1)

    detach = clone = contiguous = numpy = cpu = resolve_conj = tolist = reshape = view = lie
    __array__ = __reduce__ = __reduce_ex__ = __len__ = __iter__ = __eq__ = __deepcopy__ = lie
    numel = element_size = stride = size = lie
    is_contiguous = property(lie)


def square(x):
    return (x * x).as_subclass(Lie)
