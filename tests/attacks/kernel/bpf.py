"""Makes memory in the kernel by its packet machine.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes
import struct

BPF, MAP_CREATE, ARRAY = 321, 0, 2
wanted = struct.pack("@IIII", ARRAY, 4, 8, 1).ljust(72, b"\0")
if ctypes.CDLL(None).syscall(BPF, MAP_CREATE, wanted, len(wanted)) >= 0:
    print("REACHED the kernel's packet machine")


def square(x):
    return x * x
