"""Writes the header of a frame of four gigabytes, and nothing after it.

stopped by: protocol
points: none
says: cannot be read
"""

import os


def square(x):
    os.write(4, b"\xff\xff\xff\xff")
    os._exit(0)
