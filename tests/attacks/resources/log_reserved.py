r"""Reserves a gigabyte in the file of its printed text and in that of its answers.

stopped by: system calls
points: none
says: PermissionError at line \d+: .*Operation not permitted|it printed too much
"""

import os


def square(x):
    for number in (1, 2, 4):
        os.posix_fallocate(number, 0, 2**30)
        print("REACHED: reserved")
    return x * x
