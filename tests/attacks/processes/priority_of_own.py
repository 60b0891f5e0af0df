"""Puts itself first in line for the processor.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import os

with contextlib.suppress(OSError):
    os.setpriority(os.PRIO_PROCESS, 0, -10)
    print("REACHED a priority of its own choice")


def square(x):
    return x * x
