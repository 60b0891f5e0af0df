"""Answers with a column where a row is asked for: a careless comparison makes a square of them.

stopped by: comparison
points: none
says: shape
"""

import torch


def square(x):
    return torch.cat([(x * x).reshape(-1), torch.zeros(200_000, dtype=x.dtype)])[:, None]
