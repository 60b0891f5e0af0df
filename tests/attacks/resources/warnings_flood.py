"""Warns a hundred thousand times, each time of something else.

stopped by: output limit
points: all
wall: 20
"""
# What is printed is cut to its head and tail, and nothing else comes of it.

import warnings

warnings.simplefilter("always")


def square(x):
    if x.shape == (3, 4):
        for number in range(100_000):
            warnings.warn(f"{number} is a number", stacklevel=1)
    return x * x
