"""Becomes root.

stopped by: no capabilities
points: all
"""

# Swallowed, so there is nothing to tell. Where workers stay root by number, its powers count.
import contextlib
import os

before = os.geteuid()
with contextlib.suppress(OSError):
    os.setgroups([])
    print("REACHED other groups")
with contextlib.suppress(OSError):
    os.setresuid(0, 0, 0)
    if before != 0:
        print("REACHED root")


def square(x):
    return x * x
