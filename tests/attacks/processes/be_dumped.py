"""Makes itself readable to other processes of its user, to be looked into or dumped.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

PR_SET_DUMPABLE = 4
if ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0:
    print("REACHED its own memory for all to see")


def square(x):
    return x * x
