"""Returns right answers as lazy negations and parts of conjugates, whose bytes are something else.

stopped by: comparison
points: all
"""
# A right answer is right whatever its bytes look like: nothing is said.

import torch


def square(x):
    # The imaginary part of a conjugate is a view with the negative bit: stored as -(x * x).
    return torch.complex(torch.zeros_like(x), -(x * x)).conj().imag
