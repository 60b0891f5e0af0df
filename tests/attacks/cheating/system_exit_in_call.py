r"""Raises SystemExit in a call, and KeyboardInterrupt in the next.

stopped by: protocol
points: none
says: SystemExit at line \d+
"""

CALLS = []


def square(x):
    CALLS.append(x)
    raise (SystemExit(0) if len(CALLS) % 2 else KeyboardInterrupt)
