"""Looks for a segment of System V shared memory under a known key; takes it away if it is there.

stopped by: system calls
points: all
"""

import ctypes

LIBC = ctypes.CDLL(None)
number = LIBC.shmget(0x41747461, 4096, 0o666)
if number >= 0:
    print("REACHED: a segment of another submission")
    LIBC.shmctl(number, 0, None)


def square(x):
    return x * x
