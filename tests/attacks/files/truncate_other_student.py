"""Empties another student's work without opening it.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.truncate("@OTHER@", 0)
    return x * x
