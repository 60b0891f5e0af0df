"""Takes another folder for the root of the disk.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.chroot("@OPEN@")
    print("REACHED a root of its own")
    return x * x
