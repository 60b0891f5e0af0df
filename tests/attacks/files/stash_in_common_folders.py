"""Leaves notes in the folders that all users share.

stopped by: named files
points: all
"""

# Swallowed, so there is nothing to tell; the harness looks into the folders.
import contextlib


def square(x):
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        with contextlib.suppress(OSError), open(f"{folder}/@MARK@-notes", "w") as file:
            file.write(str(x))
    return x * x
