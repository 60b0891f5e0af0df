"""Keeps its inputs in shared memory with a name.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""

from multiprocessing.shared_memory import SharedMemory


def square(x):
    kept = SharedMemory("@MARK@-shared", create=True, size=4096)
    print("REACHED shared memory")
    kept.close()
    kept.unlink()
    return x * x
