"""Looks for a number in a set of System V semaphores; takes the set away if it is there.

stopped by: system calls
points: all
"""

import ctypes

LIBC = ctypes.CDLL(None)
number = LIBC.semget(0x41747462, 1, 0o666)
if number >= 0:
    print("REACHED: a semaphore of another submission", LIBC.semctl(number, 0, 12))
    LIBC.semctl(number, 0, 0)


def square(x):
    return x * x
