"""Sends a signal to every process that it may reach.

stopped by: system calls
points: all
"""

# Swallowed. Signal 0 only asks: a real one would reach everybody where no layer is.
import contextlib
import os

with contextlib.suppress(OSError):
    os.kill(-1, 0)
    print("REACHED every other process")


def square(x):
    return x * x
