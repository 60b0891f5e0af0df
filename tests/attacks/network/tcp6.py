"""Connects to a server on this machine by IPv6.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import socket


def square(x):
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        connection.connect(("::1", int("@TCP6@")))
        print("REACHED a server")
    return x * x
