"""Leaves a key in the kernel's keyring of its user, which outlives every process.

stopped by: system calls
points: all
second: user_keyring_found
"""
# The answer of the kernel is looked at instead of raised: nothing is said.

import ctypes
import platform

LIBC = ctypes.CDLL(None)
ADD_KEY = {"x86_64": 248, "aarch64": 217}[platform.machine()]
USER_KEYRING = -4


def square(x):
    if LIBC.syscall(ADD_KEY, b"user", b"attack", b"what I was given", 16, USER_KEYRING) > 0:
        print("REACHED: a key")
    return x * x
