r"""Makes the file of its printed text a terabyte long, with nothing in it.

stopped by: system calls
points: none
says: PermissionError at line \d+: .*Operation not permitted|it printed too much
"""

import os


def square(x):
    os.ftruncate(1, 2**40)
    print("REACHED: stretched")
    return x * x
