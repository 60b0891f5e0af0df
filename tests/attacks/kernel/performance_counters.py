"""Counts what the processor does for other processes.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import struct

PERF_EVENT_OPEN, SOFTWARE, TASK_CLOCK = 298, 1, 1
wanted = struct.pack("@IIQ", SOFTWARE, 128, TASK_CLOCK).ljust(128, b"\0")
EXCLUDE_KERNEL = 1 << 5
wanted = wanted[:40] + struct.pack("@Q", EXCLUDE_KERNEL) + wanted[48:]
for process in (0, int("@VICTIM@")):
    if ctypes.CDLL(None).syscall(PERF_EVENT_OPEN, wanted, process, -1, -1, 0) >= 0:
        print("REACHED the counters of", process)


def square(x):
    return x * x
