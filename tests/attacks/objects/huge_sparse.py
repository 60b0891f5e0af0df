r"""Returns a sparse tensor of 10 to the power of 12 elements, of which one is there.

stopped by: comparison
points: none
says: returned a torch.Tensor \(layout torch.sparse_coo\); the exercise asks for a tensor
"""

import torch


def square(x):
    return torch.sparse_coo_tensor([[0], [0]], [1.0], (10**6, 10**6), check_invariants=True)
