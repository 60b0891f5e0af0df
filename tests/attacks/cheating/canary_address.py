r"""Reads the address at which the judge holds the author's file.

stopped by: separate process
points: none
says: Python itself crashed \(signal 11\)
"""

import ctypes


def square(x):
    print(ctypes.string_at(int("@CANARY_ADDRESS@", 0), 200))
    return x * x
