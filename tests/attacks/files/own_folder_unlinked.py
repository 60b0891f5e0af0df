"""Fills the disk behind its own folder: with files that it deletes and still holds.

stopped by: disk limit
answers: kept
points: all
open to: everybody, for who deletes a file that is mapped hides it from those who count
"""

# Held by a page of each in memory, so that not even the number of open files is a bound. All of it
# is freed when the worker ends. Only an exercise that asks for a folder is open to it.
import ctypes
import os

import torch

PROT_READ, MAP_SHARED, FAILED = 1, 1, 2**64 - 1
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_uint64

mapped = 0
for _ in range(40):
    with open("fill", "wb") as file:
        file.write(bytes(2**20))
    with open("fill", "rb") as file:
        mapped += libc.mmap(None, 4096, PROT_READ, MAP_SHARED, file.fileno(), 0) != FAILED
    os.unlink("fill")
if mapped == 40:
    print("REACHED 40 MB of disk, unseen")


def kept(x):
    torch.save(x, "kept.pt")
    return torch.load("kept.pt")
