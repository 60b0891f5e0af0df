"""Ignores every signal that can be ignored, those of the processor limit among them, and computes.

stopped by: processor limit
points: none
says: it did not finish within 1 s|used up 1 s of processor time
wall: 1
"""

import contextlib
import signal

for number in signal.valid_signals():
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)


def square(x):
    while True:
        pass
