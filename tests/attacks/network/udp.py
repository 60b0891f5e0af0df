"""Sends its inputs away in a datagram.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import socket


def square(x):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(str(x).encode(), ("127.0.0.1", int("@UDP@")))
        print("REACHED a receiver")
    return x * x
