"""Opens a piece of POSIX shared memory that an earlier submission has left.

stopped by: named files
points: all
"""

import _posixshmem
import contextlib
import os

with contextlib.suppress(OSError):
    number = _posixshmem.shm_open("/attack-shared", os.O_RDWR, mode=0)
    print("REACHED:", os.read(number, 1000))


def square(x):
    return x * x
