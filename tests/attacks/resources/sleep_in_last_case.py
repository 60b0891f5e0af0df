"""Answers all that it can, and never comes back from the last case.

stopped by: wall clock
points: 9
says: it did not finish within 2 s; look for a loop that never ends
wall: 2
"""

import threading


def square(x):
    if x.shape == (6, 2):
        threading.Event().wait()
    return x * x
