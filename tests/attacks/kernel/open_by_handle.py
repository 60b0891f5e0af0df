"""Opens the solution by its number on the disk, past every folder.

stopped by: system calls
points: all
"""

# The return values are looked at instead of raising, so there is nothing to tell.
import contextlib
import ctypes
import os
import struct

AT_FDCWD = -100
libc = ctypes.CDLL(None)
handle = ctypes.create_string_buffer(struct.pack("@Ii", 128, 0), 136)
mount = ctypes.c_int()
libc.name_to_handle_at(AT_FDCWD, b"@SECRET@", handle, ctypes.byref(mount), 0)
for folder in ("/", "/tmp", "@OPEN@"):
    with contextlib.suppress(OSError):
        beside = os.open(folder, os.O_RDONLY)
        opened = libc.open_by_handle_at(beside, handle, os.O_RDONLY)
        if opened >= 0:
            print("REACHED", os.read(opened, 1000))


def square(x):
    return x * x
