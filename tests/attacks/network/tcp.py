"""Connects to a server on this machine.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import socket


def square(x):
    socket.create_connection(("127.0.0.1", int("@TCP@")), timeout=1).sendall(b"inputs")
    print("REACHED a server")
    return x * x
