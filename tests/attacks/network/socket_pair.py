"""Makes a pair of connected sockets, through which descriptors can be sent.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import socket


def square(x):
    left, right = socket.socketpair()
    print("REACHED a pair of sockets")
    left.close()
    right.close()
    return x * x
