"""Looks for a key in the kernel's keyring of its user; takes it away if it is there.

stopped by: system calls
points: all
"""

import ctypes
import platform

LIBC = ctypes.CDLL(None)
KEYCTL = {"x86_64": 250, "aarch64": 219}[platform.machine()]
USER_KEYRING, UNLINK, SEARCH = -4, 9, 10

number = LIBC.syscall(KEYCTL, SEARCH, USER_KEYRING, b"user", b"attack", 0)
if number > 0:
    print("REACHED: a key of another submission")
    LIBC.syscall(KEYCTL, UNLINK, number, USER_KEYRING)


def square(x):
    return x * x
