"""Makes a user namespace, in which a process has every power of root.

stopped by: system calls
points: all
"""

import ctypes

CLONE_NEWUSER = 0x10000000

# The return value is looked at instead of raising, so there is nothing to tell the learner.
if ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0:
    print("REACHED a user namespace")


def square(x):
    return x * x
