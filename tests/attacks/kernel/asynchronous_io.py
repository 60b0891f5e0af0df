"""Has the kernel read and write on its behalf, the older way.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

IO_SETUP = 206
context = ctypes.c_uint64()
if ctypes.CDLL(None).syscall(IO_SETUP, 1, ctypes.byref(context)) == 0:
    print("REACHED asynchronous files")


def square(x):
    return x * x
