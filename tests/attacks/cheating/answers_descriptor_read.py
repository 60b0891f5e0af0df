"""Reads the answers of others from the descriptor that takes its own.

stopped by: separate process
points: all
"""
# Nothing is said: what it reads is what it has written itself.

import os


def square(x):
    size = os.fstat(4).st_size
    held = os.pread(4, size, 0)
    if b"expected" in held or b"mistake" in held:
        print("REACHED:", held)
    return x * x
