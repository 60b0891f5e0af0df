"""Fills memory that belongs to no process, in files without a name.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    for number in range(40):
        file = os.memfd_create(f"attack-{number}")
        os.write(file, bytes(8 * 2**20))
    print("REACHED 320 MB beside its limit")
    return x * x
