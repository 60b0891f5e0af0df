"""Reaches the kernel's cryptography by sockets, a large and old part of its surface.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import socket

with contextlib.suppress(OSError), socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as algorithm:
    algorithm.bind(("hash", "sha256"))
    print("REACHED the kernel's cryptography")


def square(x):
    return x * x
