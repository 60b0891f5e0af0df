"""Looks for another worker under the same warm process, and into its memory and descriptors.

stopped by: named files
points: all
"""

# Swallowed, so there is nothing to tell. Numbers near its own are those of its siblings.
import contextlib
import os

for pid in range(os.getpid() - 50, os.getpid() + 50):
    if pid == os.getpid():
        continue
    for name in ("mem", "environ", "fd/4", "stat"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}", "rb"):
            print("REACHED", name, "of", pid)


def square(x):
    return x * x
