"""Moves another student's work away.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell; the harness sees whether the file is still there.
import contextlib
import os


def square(x):
    with contextlib.suppress(OSError):
        os.rename("@OTHER@", "@OPEN@/attack-renamed")
    return x * x
