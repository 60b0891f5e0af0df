"""Sends a signal to the judge.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os
import signal


def square(x):
    os.kill(int("@JUDGE@"), signal.SIGCONT)  # one that does no harm: to be able to is enough
    print("REACHED the judge")
    return x * x
