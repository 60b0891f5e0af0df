"""Reads the command lines of all processes, which name paths and options.

stopped by: named files
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib

for process in ("1", "@JUDGE@", "@WARM@", "@VICTIM@"):
    with contextlib.suppress(OSError), open(f"/proc/{process}/cmdline") as file:
        print("REACHED", process, len(file.read()))


def square(x):
    return x * x
