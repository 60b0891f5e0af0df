"""Asks the kernel whether two processes share what they have open.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

KCMP, KCMP_FILE = 312, 0
judge, warm = int("@JUDGE@"), int("@WARM@")
if ctypes.CDLL(None).syscall(KCMP, judge, warm, KCMP_FILE, 0, 0) >= 0:
    print("REACHED the order of the kernel's pointers")


def square(x):
    return x * x
