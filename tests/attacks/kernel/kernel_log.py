"""Reads what the kernel has logged, addresses and all.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

READ_ALL = 3
if ctypes.CDLL(None).klogctl(READ_ALL, ctypes.create_string_buffer(4096), 4096) > 0:
    print("REACHED the log of the kernel")


def square(x):
    return x * x
