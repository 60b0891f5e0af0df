"""Writes to the descriptors of standard output and error without end, past Python.

stopped by: output limit
points: all
"""
# Refusals are swallowed; what is kept of the text is bounded, and the harness looks at its size.

import ctypes
import signal

LIBC = ctypes.CDLL(None)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
BLOCK = b"x" * 2**20


def square(x):
    for _ in range(400):
        LIBC.write(1, BLOCK, len(BLOCK))
        LIBC.write(2, BLOCK, len(BLOCK))
    return x * x
