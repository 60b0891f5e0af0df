"""Stops itself and waits to be forgotten.

stopped by: wall clock
points: none
says: it did not finish within 3 s
"""

import os
import signal


def square(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return x * x
