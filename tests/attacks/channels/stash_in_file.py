"""Leaves what it was given in a file, for the next submission to find.

stopped by: named files
points: all
second: stash_in_file_found
"""

import contextlib


def square(x):
    with contextlib.suppress(OSError), open("@OPEN@/attack-stash", "a") as file:
        file.write(str(x))
    return x * x
