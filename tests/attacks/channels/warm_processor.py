"""Pins the process that every worker is forked from to one processor, which they inherit.

stopped by: system calls
points: all
second: warm_processor_found
"""
# Refusals are swallowed: nothing is said.

import contextlib
import os


def square(x):
    with contextlib.suppress(OSError):
        os.sched_setaffinity(int("@WARM@"), {min(os.sched_getaffinity(0))})
        print("REACHED: the warm process")
    return x * x
