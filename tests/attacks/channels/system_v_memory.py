"""Leaves a segment of System V shared memory under a key that the next submission knows.

stopped by: system calls
points: all
second: system_v_memory_found
"""
# The answer of the kernel is looked at instead of raised: nothing is said.

import ctypes

LIBC = ctypes.CDLL(None)
LIBC.shmat.restype = ctypes.c_void_p
KEY, CREATE = 0x41747461, 0o1666


def square(x):
    number = LIBC.shmget(KEY, 4096, CREATE)
    if number >= 0:
        ctypes.memmove(LIBC.shmat(number, None, 0), b"what I was given", 16)
        print("REACHED: a segment")
    return x * x
