"""Keeps its inputs in a message queue with a name, which outlives every process.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import os

MQ_OPEN, MQ_UNLINK = 240, 241
libc = ctypes.CDLL(None)
if libc.syscall(MQ_OPEN, b"@MARK@-queue", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0:
    print("REACHED a message queue")
    libc.syscall(MQ_UNLINK, b"@MARK@-queue")


def square(x):
    return x * x
