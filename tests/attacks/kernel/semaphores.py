"""Keeps a number in a semaphore of System V, which outlives every process.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

IPC_CREAT, IPC_RMID = 0o1000, 0
libc = ctypes.CDLL(None)
kept = libc.semget(0x41747463, 1, IPC_CREAT | 0o600)
if kept >= 0:
    print("REACHED a semaphore")
    libc.semctl(kept, 0, IPC_RMID, 0)


def square(x):
    return x * x
