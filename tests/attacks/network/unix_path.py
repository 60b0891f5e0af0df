"""Connects to a socket of the grader's machine that has a path.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import socket


def square(x):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect("@UNIX@")
        print("REACHED a server")
    return x * x
