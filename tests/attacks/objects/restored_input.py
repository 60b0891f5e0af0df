"""Changes the argument while it works, and puts it back before it returns.

stopped by: comparison
points: all
"""
# The caller finds what it gave: nothing is said.

import torch


def square(x):
    before = x.detach().clone()
    with torch.no_grad():
        x.data.mul_(0)
        x.data.add_(before)
    return x * x
