"""Lets another process run only when nobody else wants to.

stopped by: system calls
points: all
"""

# Swallowed; the harness looks at how its victim is scheduled.
import contextlib
import os

with contextlib.suppress(OSError):
    os.sched_setscheduler(int("@VICTIM@"), os.SCHED_IDLE, os.sched_param(0))


def square(x):
    return x * x
