"""Fills three gigabytes with tensors.

stopped by: memory limit
points: 7
says: it ran out of memory: .*; look for a tensor that grows too large
wall: 8
"""

import torch


def square(x):
    if x.shape != (3, 4):
        return x * x
    held = [torch.ones(2**24) for _ in range(48)]
    print("REACHED: held", len(held))
    return x * x
