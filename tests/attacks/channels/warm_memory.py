"""Writes what it was given into the memory of the process that every worker is forked from.

stopped by: system calls
points: all
second: warm_memory_found
"""
# The kernel's answers are looked at or swallowed: nothing is said.

import contextlib
import ctypes
import gc
import platform

LIBC = ctypes.CDLL(None, use_errno=True)
WRITE = {"x86_64": 311, "aarch64": 271}[platform.machine()]


class Piece(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("length", ctypes.c_size_t)]


# A string that the warm process made: it has the same address in every fork.
TEXT = gc.__doc__
PLACE = id(TEXT) + ctypes.string_at(id(TEXT), 200).index(TEXT[:20].encode())
STASH = ctypes.create_string_buffer(b"STASH", 5)


def square(x):
    mine, theirs = Piece(ctypes.addressof(STASH), 5), Piece(PLACE, 5)
    if LIBC.syscall(WRITE, int("@WARM@"), ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) == 5:
        print("REACHED: written by call")
    with contextlib.suppress(OSError), open("/proc/@WARM@/mem", "r+b", 0) as memory:
        memory.seek(PLACE)
        memory.write(b"STASH")
        print("REACHED: written by file")
    return x * x
