"""Has a timer of its own go off in another process.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import signal
import struct

TIMER_CREATE, CLOCK_MONOTONIC, SIGEV_THREAD_ID = 222, 1, 4
event = struct.pack("@QiiI", 0, signal.SIGTERM, SIGEV_THREAD_ID, int("@VICTIM@")).ljust(64, b"\0")
timer = ctypes.c_int()
if ctypes.CDLL(None).syscall(TIMER_CREATE, CLOCK_MONOTONIC, event, ctypes.byref(timer)) == 0:
    print("REACHED the victim")


def square(x):
    return x * x
