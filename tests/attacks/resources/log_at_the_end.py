r"""Writes one byte a terabyte behind the start of its printed text.

stopped by: output limit
points: none
says: OSError at line \d+|it printed too much
"""

import os


def square(x):
    os.pwrite(1, b"x", 2**40)
    print("REACHED: stretched")
    return x * x
