r"""Calls itself without end.

stopped by: protocol
points: none
says: it calls itself without end \(RecursionError\)
"""


def square(x):
    return square(x)
