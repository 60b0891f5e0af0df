"""Looks for what an earlier submission has left in a file.

stopped by: named files
points: all
"""

import contextlib

with contextlib.suppress(OSError), open("@OPEN@/attack-stash") as file:
    print("REACHED", file.read())


def square(x):
    return x * x
