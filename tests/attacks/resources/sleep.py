"""Sleeps, which takes no processor time that could run out.

stopped by: wall clock
points: none
says: it did not finish within 1 s; look for a loop that never ends
wall: 1
"""

import time


def square(x):
    time.sleep(3600)
