"""Has the kernel open files on its behalf, by a ring that no filter of system calls sees.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

IO_URING_SETUP = 425
if ctypes.CDLL(None).syscall(IO_URING_SETUP, 4, ctypes.create_string_buffer(120)) >= 0:
    print("REACHED a ring")


def square(x):
    return x * x
