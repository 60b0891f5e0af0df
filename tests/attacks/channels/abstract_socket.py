"""Leaves a child behind that answers at an abstract address of the Unix sockets.

stopped by: system calls
points: all
second: abstract_socket_found
"""
# Refusals are swallowed: nothing is said.

import contextlib
import os
import socket
import time


def square(x):
    with contextlib.suppress(OSError):
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0attack-rendezvous")
        server.listen()
        if os.fork() == 0:
            os.setsid()
            time.sleep(5)
            os._exit(0)
        print("REACHED: somebody listens")
    return x * x
