"""Goes back in the file of its answers and writes garbage over what is there.

stopped by: protocol
points: none
says: cannot be read
"""

import os


def square(x):
    os.lseek(4, 0, os.SEEK_SET)
    os.write(4, b"\xff" * 4096)
    return x * x
