"""Asks for the number on the disk of a file that it may not open.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import struct

AT_FDCWD = -100
handle = ctypes.create_string_buffer(struct.pack("@Ii", 128, 0), 136)
mount = ctypes.c_int()
asked = ctypes.CDLL(None).name_to_handle_at(AT_FDCWD, b"@OTHER@", handle, ctypes.byref(mount), 0)
if asked == 0:
    print("REACHED the number of another student's file")


def square(x):
    return x * x
