"""Looks for a change in the memory that it was forked with.

stopped by: system calls
points: all
"""

import gc

if gc.__doc__.startswith("STASH"):
    print("REACHED: the warm process was written to")


def square(x):
    return x * x
