r"""Takes a lock on a file that every worker may read: a signal for those that run beside it.

stopped by: system calls
points: none
says: PermissionError at line \d+: .*Operation not permitted
"""

import fcntl
import os

import torch


def square(x):
    number = os.open(torch.__file__, os.O_RDONLY)
    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("REACHED: locked")
    return x * x
