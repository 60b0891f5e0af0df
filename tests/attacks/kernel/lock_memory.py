"""Keeps all its memory from being paged out, at the cost of everybody else.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

MCL_CURRENT = 1
if ctypes.CDLL(None).mlockall(MCL_CURRENT) == 0:
    print("REACHED memory that stays")


def square(x):
    return x * x
