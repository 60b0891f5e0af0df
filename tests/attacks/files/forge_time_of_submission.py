"""Makes another student's file look as if it came in late.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.utime("@OTHER@", (2e9, 2e9))
    return x * x
