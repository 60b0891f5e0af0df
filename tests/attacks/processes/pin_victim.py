"""Binds another process to a single processor.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.sched_setaffinity(int("@VICTIM@"), {min(os.sched_getaffinity(0))})
    return x * x
