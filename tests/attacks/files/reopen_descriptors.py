"""Opens what the judge and the warm process have open, by its place under /proc.

stopped by: undumpable judge
points: all
"""

# Swallowed, so there is nothing to tell. Its own descriptors a worker may open anew: they are
# files in memory that it may read and write anyway.
import contextlib


def square(x):
    for process in ("@JUDGE@", "@WARM@"):
        for number in range(32):
            with contextlib.suppress(OSError), open(f"/proc/{process}/fd/{number}", "rb") as file:
                print("REACHED descriptor", number, "of", process, file.name)
    return x * x
