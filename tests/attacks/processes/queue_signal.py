"""Queues a signal with a message for another process.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)


def square(x):
    if libc.sigqueue(int("@VICTIM@"), signal.SIGTERM, ctypes.c_void_p(7)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    print("REACHED the victim")
    return x * x
