"""Leaves its inputs in the kernel's keyring, where no file system can be searched.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell. The key is gone
# after a second.
import ctypes

ADD_KEY, KEYCTL, SET_TIMEOUT, USER_KEYRING = 248, 250, 15, -4
libc = ctypes.CDLL(None)
key = libc.syscall(ADD_KEY, b"user", b"attack", b"inputs", 6, USER_KEYRING)
if key > 0:
    libc.syscall(KEYCTL, SET_TIMEOUT, key, 1)
    print("REACHED the keyring")


def square(x):
    return x * x
