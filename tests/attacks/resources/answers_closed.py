r"""Closes the descriptor of its answers.

stopped by: protocol
points: none
says: ended the whole program \(exit code 1\)
"""

import os


def square(x):
    os.close(4)
    return x * x
