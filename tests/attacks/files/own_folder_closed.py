"""Fills the folder that an exercise gives it, in a folder below that cannot be listed.

stopped by: disk limit
answers: kept
points: none
says: it wrote more than 8 MB, or too many files, to its folder
"""

import os
import time


def kept(x):
    os.mkdir("closed", 0o300)
    for number in range(20):
        with open(f"closed/fill-{number}", "wb") as file:
            file.write(bytes(4 * 2**20))
    time.sleep(1)
    print("REACHED 80 MB of disk")
    return x
