"""Writes two gigabytes to the descriptor of its answers.

stopped by: output limit
points: none
says: it printed or returned too much to be kept|cannot be read
"""

import os


def square(x):
    block = b"\xff" * 2**20
    for _ in range(2048):
        os.write(4, block)
    return x * x
