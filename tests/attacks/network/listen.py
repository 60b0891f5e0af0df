"""Opens a port at which submissions that run at the same time could meet.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import socket


def square(x):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        print("REACHED port", server.getsockname()[1])
    return x * x
