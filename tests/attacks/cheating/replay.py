"""Answers every case with what it answered to the one before, which may have been the same.

stopped by: comparison
points: none
says: returned None
"""

BEFORE = [None]


def square(x):
    BEFORE.append(x.detach() ** 2)
    return BEFORE[-2]
