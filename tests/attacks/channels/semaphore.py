"""Leaves a number in a set of System V semaphores.

stopped by: system calls
points: all
second: semaphore_found
"""
# The answer of the kernel is looked at instead of raised: nothing is said.

import ctypes

LIBC = ctypes.CDLL(None)
KEY, CREATE, SET_VALUE = 0x41747462, 0o1666, 16


def square(x):
    number = LIBC.semget(KEY, 1, CREATE)
    if number >= 0:
        LIBC.semctl(number, 0, SET_VALUE, ctypes.c_int(x.numel()))
        print("REACHED: a semaphore")
    return x * x
