"""Makes a device of its own, through which the whole disk could be read.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell. The device is the null device: that it can be made counts.
import contextlib
import os
import stat

NODE = "@OPEN@/attack-device"
with contextlib.suppress(OSError):
    os.mknod(NODE, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    print("REACHED a device")
    os.unlink(NODE)


def square(x):
    return x * x
