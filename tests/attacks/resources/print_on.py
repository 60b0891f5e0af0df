"""Prints a gigabyte, and goes on when it is told that there is no more room.

stopped by: output limit
points: all
"""
# The learner's own handler swallows what would be said; the text that is kept is cut.

import contextlib
import sys


def square(x):
    if x.shape == (3, 4):
        for number in range(1000):
            with contextlib.suppress(OSError):
                print("x" * 1_000_000, file=(sys.stdout, sys.stderr)[number % 2])
    return x * x
