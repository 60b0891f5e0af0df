"""Ends the process that every worker is forked from.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os
import signal


def square(x):
    os.kill(int("@WARM@"), signal.SIGKILL)
    return x * x
