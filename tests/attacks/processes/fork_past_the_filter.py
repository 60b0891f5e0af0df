"""Forks by the newest system call, whose flags no filter can read.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import os

CLONE3, SIGCHLD = 435, 17
arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, SIGCHLD)
pid = ctypes.CDLL(None).syscall(CLONE3, arguments, ctypes.sizeof(arguments))
if pid == 0:
    os._exit(0)
if pid > 0:
    print("REACHED a process")


def square(x):
    return x * x
