"""Leaves a piece of POSIX shared memory, which outlives the process that made it.

stopped by: named files
points: all
second: shared_memory_found
"""
# Refusals are swallowed: nothing is said.

import _posixshmem
import contextlib
import os


def square(x):
    with contextlib.suppress(OSError):
        number = _posixshmem.shm_open("/attack-shared", os.O_CREAT | os.O_RDWR, mode=0o666)
        os.write(number, str(x).encode())
        print("REACHED: it is there")
    return x * x
