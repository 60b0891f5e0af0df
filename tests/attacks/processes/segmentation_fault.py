"""Reads where there is no memory, after some cases were answered.

stopped by: protocol
points: 4
says: Python itself crashed .signal 11
"""

# The first two cases are answered before it crashes, and count.
import ctypes

answered = []


def square(x):
    if len(answered) == 2:
        ctypes.string_at(0)
    answered.append(x)
    return x * x
