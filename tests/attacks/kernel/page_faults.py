"""Handles its own page faults, the lever of many attacks on kernels.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

USERFAULTFD, USER_MODE_ONLY = 323, 1
if ctypes.CDLL(None).syscall(USERFAULTFD, USER_MODE_ONLY) >= 0:
    print("REACHED page faults")


def square(x):
    return x * x
