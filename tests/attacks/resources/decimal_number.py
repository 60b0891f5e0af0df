"""Writes out a number of a hundred million digits, which takes time that grows with their square.

stopped by: wall clock
points: none
says: it did not finish within 1 s|used up 1 s of processor time
wall: 1
"""

import sys

sys.set_int_max_str_digits(0)


def square(x):
    return str(7**100_000_000)
