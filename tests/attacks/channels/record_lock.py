"""Takes a lock on bytes of a file that every worker may read, and a lease on it.

stopped by: system calls
points: all
"""
# Refusals are swallowed: nothing is said.

import contextlib
import fcntl
import os

import torch


def square(x):
    number = os.open(torch.__file__, os.O_RDONLY)
    with contextlib.suppress(OSError):
        fcntl.lockf(number, fcntl.LOCK_SH | fcntl.LOCK_NB, 100, 7)
        print("REACHED: locked")
    with contextlib.suppress(OSError):
        fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        print("REACHED: leased")
    return x * x
