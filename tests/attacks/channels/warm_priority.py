"""Lowers the priority of the process that every worker is forked from, and its limits.

stopped by: system calls
points: all
second: warm_priority_found
"""
# Refusals are swallowed: nothing is said.

import contextlib
import os
import resource


def square(x):
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, int("@WARM@"), 7)
        print("REACHED: priority")
    with contextlib.suppress(OSError):
        resource.prlimit(int("@WARM@"), resource.RLIMIT_STACK, (2**22, 2**22))
        print("REACHED: limits")
    return x * x
