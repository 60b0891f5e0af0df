"""Looks for a message in a System V queue; takes the queue away if it is there.

stopped by: system calls
points: all
"""

import ctypes

LIBC = ctypes.CDLL(None)
number = LIBC.msgget(0x41747463, 0o666)
if number >= 0:
    print("REACHED: a queue of another submission")
    LIBC.msgctl(number, 0, None)


def square(x):
    return x * x
