"""Has the kernel itself send a signal: as the owner of a pipe at which something arrives.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import fcntl
import os

F_SETOWN = 8


def square(x):
    reading, writing = os.pipe()
    fcntl.fcntl(reading, F_SETOWN, int("@VICTIM@"))
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(writing, b"now")
    return x * x
