"""Stops a process of the user who grades.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os
import signal


def square(x):
    os.kill(int("@VICTIM@"), signal.SIGSTOP)
    print("REACHED the victim")
    return x * x
