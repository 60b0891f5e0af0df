"""Takes memory that not even the kernel can look into.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

MEMFD_SECRET = 447
if ctypes.CDLL(None).syscall(MEMFD_SECRET, 0) >= 0:
    print("REACHED secret memory")


def square(x):
    return x * x
