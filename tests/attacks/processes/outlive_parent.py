"""Sees to it that it lives on when those who started it are dead.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

PR_SET_PDEATHSIG = 1
if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0:
    print("REACHED a life of its own")


def square(x):
    return x * x
