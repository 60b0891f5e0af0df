r"""Takes Python's own bound away and recurses until the stack of machine code is full.

stopped by: separate process
points: none
says: Python itself crashed \(signal 11\)|ran out of memory|RecursionError
"""

import sys


class Deep:
    def __repr__(self):
        return repr([self])


def square(x):
    sys.setrecursionlimit(2**31 - 1)
    return len(repr(Deep()))
