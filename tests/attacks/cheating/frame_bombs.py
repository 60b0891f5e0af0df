"""Writes a frame that announces four thousand million items, for the judge to make room for.

stopped by: protocol
points: none
says: cannot be read
"""

import os


def square(x):
    bomb = b"\xdd\xff\xff\xff\xff" * 40
    os.write(4, len(bomb).to_bytes(4, "big") + bomb)
    os._exit(0)
