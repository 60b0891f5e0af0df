"""Handles the signal of the processor limit by going on, and finds more limit than it had.

stopped by: processor limit
points: none
says: it did not finish within 1 s|used up 1 s of processor time
wall: 1
"""

import contextlib
import resource
import signal


def go_on(number, frame):
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
        print("REACHED: another limit")
    square(None)


for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, go_on)


def square(x):
    while True:
        pass
