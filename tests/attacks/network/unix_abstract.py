"""Connects to a socket of the grader's machine that has a name and no path.

stopped by: system calls
points: all
"""

# Swallowed; the harness sees who connects.
import contextlib
import socket


def square(x):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.connect("\0@ABSTRACT@")
    return x * x
