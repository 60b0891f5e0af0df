"""Makes a file system of its own.

stopped by: system calls
points: all
"""

# By the newer calls, which give it no place in any folder: it goes with its descriptor.
import ctypes

FSOPEN, FSCONFIG, FSMOUNT, FSCONFIG_CMD_CREATE = 430, 431, 432, 6
libc = ctypes.CDLL(None)
made = libc.syscall(FSOPEN, b"tmpfs", 0)
created = libc.syscall(FSCONFIG, made, FSCONFIG_CMD_CREATE, None, None, 0)
if created == 0 and libc.syscall(FSMOUNT, made, 0, 0) >= 0:
    print("REACHED a file system")


def square(x):
    return x * x
