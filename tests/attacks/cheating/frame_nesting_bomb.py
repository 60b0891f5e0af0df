"""Writes an answer that is nested a hundred thousand levels deep.

stopped by: protocol
points: none
says: cannot be read
"""

import os


def square(x):
    bomb = b"\x91" * 100_000 + b"\xc0"
    os.write(4, len(bomb).to_bytes(4, "big") + bomb)
    os._exit(0)
