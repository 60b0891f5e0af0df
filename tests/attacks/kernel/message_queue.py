"""Keeps its inputs in a message queue of System V, which outlives every process.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

IPC_CREAT, IPC_RMID = 0o1000, 0
libc = ctypes.CDLL(None)
kept = libc.msgget(0x41747462, IPC_CREAT | 0o600)
if kept >= 0:
    print("REACHED a message queue")
    libc.msgctl(kept, IPC_RMID, None)


def square(x):
    return x * x
