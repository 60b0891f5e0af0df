"""Locks another student's file, so that the grader waits for it.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""

import fcntl


def square(x):
    with open("@OTHER@") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("REACHED a lock")
    return x * x
