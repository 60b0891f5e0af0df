"""Ends a process by a signal that names its thread and its group.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import signal

TGKILL = 234
victim = int("@VICTIM@")
if ctypes.CDLL(None).syscall(TGKILL, victim, victim, signal.SIGTERM) == 0:
    print("REACHED the victim")


def square(x):
    return x * x
