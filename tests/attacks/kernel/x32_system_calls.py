"""Calls the kernel with the numbers of 32-bit pointers.

stopped by: system calls
points: none
says: Python itself crashed .signal 31
"""

import ctypes

X32, GETPID = 0x40000000, 39


def square(x):
    if ctypes.CDLL(None).syscall(X32 | GETPID) > 0:
        print("REACHED the kernel by another door")
    return x * x
