"""Joins the process group of those who grade, so that whoever ends it ends them.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import os

with contextlib.suppress(OSError):
    os.setpgid(0, os.getpgid(int("@WARM@")))
    print("REACHED the group of the warm process")


def square(x):
    return x * x
