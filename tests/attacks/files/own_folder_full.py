"""Fills the folder that an exercise gives it.

stopped by: disk limit
answers: kept
points: none
says: it wrote more than 8 MB, or too many files, to its folder
"""

# Whoever keeps the clock looks at the folder while the worker runs.
import time


def kept(x):
    for number in range(20):
        with open(f"fill-{number}", "wb") as file:
            file.write(bytes(4 * 2**20))
    time.sleep(1)
    print("REACHED 80 MB of disk")
    return x
