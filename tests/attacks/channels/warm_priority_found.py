"""Looks at its priority and at its limits, which it has from the process it was forked from.

stopped by: system calls
points: all
"""

import os
import resource

if os.getpriority(os.PRIO_PROCESS, 0) != os.getpriority(os.PRIO_PROCESS, int("@JUDGE@")):
    print("REACHED: the priority is another")
if resource.getrlimit(resource.RLIMIT_STACK) == (2**22, 2**22):
    print("REACHED: the limits are others")


def square(x):
    return x * x
