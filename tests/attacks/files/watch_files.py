"""Watches the grader's files, to learn when which of them is read.

stopped by: system calls
points: all
"""

# The return values are looked at instead of raising, so there is nothing to tell.
import ctypes

IN_OPEN = 0x20
libc = ctypes.CDLL(None)
watching = libc.inotify_init()
if watching >= 0 and libc.inotify_add_watch(watching, b"@OTHER@", IN_OPEN) >= 0:
    print("REACHED a watch on a file")


def square(x):
    return x * x
