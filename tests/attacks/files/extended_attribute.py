"""Notes what it saw in an extended attribute of a file, for the next run to find.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell; the harness reads the attributes of every file.
import contextlib
import os


def square(x):
    with contextlib.suppress(OSError):
        os.setxattr("@OTHER@", "user.attack", str(x).encode())
    return x * x
