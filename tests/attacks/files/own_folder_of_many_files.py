"""Fills the folder that an exercise gives it with empty files.

stopped by: disk limit
answers: kept
points: none
says: it wrote more than 8 MB, or too many files, to its folder
"""

import os
import time


def kept(x):
    for number in range(5_000):
        os.close(os.open(f"file-{number}", os.O_CREAT | os.O_WRONLY))
    time.sleep(1)
    print("REACHED 5,000 files")
    return x
