"""Ends a process by a signal to its thread, the older way that names no process.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import signal

TKILL = 200
if ctypes.CDLL(None).syscall(TKILL, int("@VICTIM@"), signal.SIGTERM) == 0:
    print("REACHED the victim")


def square(x):
    return x * x
