"""Keeps two hundred megabytes more with every call: no single call is to blame.

stopped by: memory limit
points: 7
says: it ran out of memory
wall: 8
"""

import torch

HELD = []


def square(x):
    HELD.append(torch.ones(200, 2**18, dtype=torch.float32))
    return x * x
