"""Reads where in its memory the judge keeps what.

stopped by: undumpable judge
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib

for process in ("@JUDGE@", "@WARM@"):
    for name in ("maps", "auxv", "stack", "syscall", "io"):
        with contextlib.suppress(OSError), open(f"/proc/{process}/{name}", "rb") as file:
            if file.read():
                print("REACHED", name, "of", process)


def square(x):
    return x * x
