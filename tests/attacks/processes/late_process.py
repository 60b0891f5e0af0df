"""Leaves a process behind that writes to the answers when the worker is gone.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import os
import time

with contextlib.suppress(OSError):
    if os.fork() == 0:
        time.sleep(0.5)
        os.write(1, b"\nREACHED the output of a dead worker\n")
        os.write(4, b"nonsense")
        os._exit(0)


def square(x):
    return x * x
