"""Takes another student's file over.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.chown("@OTHER@", 12345, 12345)
    return x * x
