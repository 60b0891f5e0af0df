"""Looks at which processors it may run on, and whether they are fewer than the judge's.

stopped by: system calls
points: all
"""

import os

if os.sched_getaffinity(0) != os.sched_getaffinity(int("@JUDGE@")):
    print("REACHED: another submission has pinned the warm process")


def square(x):
    return x * x
