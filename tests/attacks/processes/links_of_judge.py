"""Follows the links under /proc that lead to the judge's folder, program and root.

stopped by: undumpable judge
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import os

for process in ("@JUDGE@", "@WARM@"):
    for name in ("cwd", "exe", "root"):
        with contextlib.suppress(OSError):
            print("REACHED", name, os.readlink(f"/proc/{process}/{name}"))


def square(x):
    return x * x
