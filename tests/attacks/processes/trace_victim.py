"""Takes another process over as a debugger does.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import ctypes
import os

PTRACE_SEIZE = 0x4206
libc = ctypes.CDLL(None, use_errno=True)


def square(x):
    if libc.ptrace(PTRACE_SEIZE, int("@VICTIM@"), None, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    print("REACHED the victim")
    return x * x
