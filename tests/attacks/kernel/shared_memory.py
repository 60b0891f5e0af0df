"""Keeps its inputs in shared memory of System V, which outlives every process.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

SHMGET, SHMCTL, IPC_CREAT, IPC_RMID = 29, 31, 0o1000, 0
libc = ctypes.CDLL(None)
kept = libc.syscall(SHMGET, 0x41747461, 2**20, IPC_CREAT | 0o600)
if kept >= 0:
    print("REACHED shared memory")
    libc.syscall(SHMCTL, kept, IPC_RMID, None)


def square(x):
    return x * x
