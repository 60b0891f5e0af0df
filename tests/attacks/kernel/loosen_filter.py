"""Puts a filter of its own over the one that holds it, so that what is refused seems to succeed.

stopped by: system calls
points: all
"""

# The return values are looked at instead of raising, so there is nothing to tell.
import ctypes

PR_SET_SECCOMP, STRICT, SECCOMP, GET_ACTION = 22, 1, 317, 2
libc = ctypes.CDLL(None)
if libc.syscall(SECCOMP, GET_ACTION, 0, ctypes.byref(ctypes.c_uint32(0x7FFF0000))) == 0:
    print("REACHED the filter")


def square(x):
    return x * x
