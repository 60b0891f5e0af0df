"""Waits for processes that are not its own, for ever.

stopped by: wall clock
points: none
says: it did not finish within 3 s
"""

import signal


def square(x):
    signal.sigwait([signal.SIGUSR1])
    return x * x
