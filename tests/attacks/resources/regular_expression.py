"""Holds Python's lock in a regular expression that takes longer than the age of the universe.

stopped by: wall clock
points: none
says: it did not finish within 1 s|used up 1 s of processor time
wall: 1
"""

import re


def square(x):
    return re.match("(a+)+$", "a" * 60 + "b")
