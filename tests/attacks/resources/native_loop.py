"""Loops in machine code that never looks at a signal, with every signal blocked.

stopped by: wall clock
points: none
says: it did not finish within 1 s|used up 1 s of processor time
wall: 1
"""

import signal


def square(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    return sum(range(10**12))
