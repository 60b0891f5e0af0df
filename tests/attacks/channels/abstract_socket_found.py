"""Calls at an abstract address of the Unix sockets where an earlier submission may listen.

stopped by: system calls
points: all
"""

import contextlib
import socket

with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
    caller.connect("\0attack-rendezvous")
    print("REACHED: somebody listens")


def square(x):
    return x * x
