"""Puts another process last in line for the processor.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.setpriority(os.PRIO_PROCESS, int("@VICTIM@"), 19)
    return x * x
