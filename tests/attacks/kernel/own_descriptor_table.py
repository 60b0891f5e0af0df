"""Hides its descriptors from the process that it is a thread of.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

CLONE_FILES, CLONE_FS = 0x400, 0x200
if ctypes.CDLL(None).unshare(CLONE_FILES | CLONE_FS) == 0:
    print("REACHED a table of its own")


def square(x):
    return x * x
