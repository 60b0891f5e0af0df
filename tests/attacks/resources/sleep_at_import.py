"""Sleeps while it is imported.

stopped by: wall clock
points: none
says: while the file was imported, it did not finish within 1 s
wall: 1
"""

import time

time.sleep(3600)


def square(x):
    return x * x
