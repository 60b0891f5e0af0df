"""Asks the kernel about the network by its own kind of socket.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import socket

NETLINK_ROUTE = 0
with contextlib.suppress(OSError):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE).close()
    print("REACHED netlink")


def square(x):
    return x * x
