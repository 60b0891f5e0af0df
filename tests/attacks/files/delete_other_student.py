"""Deletes another student's work.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.unlink("@OTHER@")
    return x * x
