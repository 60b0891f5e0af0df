r"""Returns tensors without elements whose other sizes are enormous.

stopped by: comparison
points: none
says: returned a torch.Tensor \(3 axes, .*\); the exercise asks for a tensor
"""


def square(x):
    return x.new_empty(0, 2**40, 2**20)
