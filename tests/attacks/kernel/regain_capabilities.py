"""Takes the powers of root back that it was started with.

stopped by: no capabilities
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import struct

CAPSET, VERSION_3, ALL = 126, 0x20080522, 0xFFFFFFFF
header = struct.pack("@Ii", VERSION_3, 0)
data = struct.pack("@6I", 1 << 1, 1 << 1, 0, 0, 0, 0)  # to pass over the modes of files
if ctypes.CDLL(None).syscall(CAPSET, header, data) == 0:
    print("REACHED a power of root")


def square(x):
    return x * x
