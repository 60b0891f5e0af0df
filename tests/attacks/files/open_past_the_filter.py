"""Opens the solution by a newer system call that a filter may have forgotten.

stopped by: named files
points: none
says: OSError at line
"""

import ctypes
import os

AT_FDCWD, OPENAT2 = -100, 437
libc = ctypes.CDLL(None, use_errno=True)


def square(x):
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    opened = libc.syscall(OPENAT2, AT_FDCWD, b"@SECRET@", how, ctypes.sizeof(how))
    if opened < 0:
        raise OSError(ctypes.get_errno(), "openat2")
    print("REACHED", os.read(opened, 1000))
    return x * x
