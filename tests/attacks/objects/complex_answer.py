"""Returns complex numbers whose real part is right.

stopped by: comparison
points: none
says: complex128
"""

import torch


def square(x):
    return torch.complex(x * x, torch.zeros_like(x))
