r"""Ends the process with success while it is imported.

stopped by: protocol
points: none
says: while the file was imported, it ended the whole program \(exit code 0\)
"""

import os

os._exit(0)


def square(x):
    return x
