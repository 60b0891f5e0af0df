"""Switches off what makes addresses hard to guess.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

ADDR_NO_RANDOMIZE = 0x0040000
if ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE) >= 0:
    print("REACHED fixed addresses")


def square(x):
    return x * x
