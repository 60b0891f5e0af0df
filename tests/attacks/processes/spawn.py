"""Starts a program without a fork of its own.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import os

with contextlib.suppress(OSError):
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    print("REACHED a program")


def square(x):
    return x * x
