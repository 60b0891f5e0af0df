"""Gives itself a name that breaks whoever reads the kernel's list of processes.

stopped by: separate process
points: all
"""

# The kernel puts the name between brackets, unquoted.
import ctypes
import time

PR_SET_NAME = 15
ctypes.CDLL(None).prctl(PR_SET_NAME, b") Z 1 (\n9 9 9", 0, 0, 0)
time.sleep(0.2)


def square(x):
    return x * x
