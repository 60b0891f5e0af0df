"""Forks a process that belongs to its parent, so that it is nobody's child here.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import os
import time

CLONE, CLONE_PARENT = 56, 0x8000
pid = ctypes.CDLL(None).syscall(CLONE, CLONE_PARENT | 17, 0, 0, 0, 0)
if pid == 0:
    time.sleep(1)
    os._exit(0)
if pid > 0:
    print("REACHED a sibling")


def square(x):
    return x * x
