"""Looks for a file in every folder that a machine has for everybody, by opening it.

stopped by: named files
points: all
"""

import contextlib

FOLDERS = ["/tmp", "/var/tmp", "/dev/shm", "@OPEN@"]

for folder in FOLDERS:
    with contextlib.suppress(OSError), open(f"{folder}/@MARK@-common") as file:
        print("REACHED:", folder, file.read())


def square(x):
    return x * x
