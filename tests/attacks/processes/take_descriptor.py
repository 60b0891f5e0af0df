"""Takes a descriptor out of the judge.

stopped by: undumpable judge
points: all
"""

# The return values are looked at instead of raising, so there is nothing to tell.
import ctypes

PIDFD_OPEN, PIDFD_GETFD = 434, 438
libc = ctypes.CDLL(None)
judge = libc.syscall(PIDFD_OPEN, int("@JUDGE@"), 0)
for number in range(8):
    if judge >= 0 and libc.syscall(PIDFD_GETFD, judge, number, 0) >= 0:
        print("REACHED descriptor", number, "of the judge")


def square(x):
    return x * x
