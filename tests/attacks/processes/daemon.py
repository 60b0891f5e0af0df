"""Leaves a process behind that nobody waits for.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os
import time


def square(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(20)
        os._exit(0)
    return x * x
