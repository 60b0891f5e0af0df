"""Stops the process that keeps the clock, and goes on when nobody looks.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell; woken again at once, for the clock is the harness's too.
import contextlib
import os
import signal

with contextlib.suppress(OSError):
    os.kill(int("@WARM@"), signal.SIGSTOP)
    print("REACHED the warm process")
    os.kill(int("@WARM@"), signal.SIGCONT)


def square(x):
    return x * x
