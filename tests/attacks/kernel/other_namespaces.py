"""Leaves the namespaces of the machine, one kind at a time.

stopped by: system calls
points: all
"""

# The return values are looked at instead of raising, so there is nothing to tell. What it leaves
# goes with it: no other process is in there.
import ctypes

KINDS = {"mounts": 0x20000, "names": 0x4000000, "ipc": 0x8000000, "network": 0x40000000}
libc = ctypes.CDLL(None)
for name, flag in KINDS.items():
    if libc.unshare(flag) == 0:
        print("REACHED a namespace of", name)


def square(x):
    return x * x
