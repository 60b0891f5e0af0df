r"""Writes codes for the terminal into the frame of an exception, past the worker's own cleaning.

stopped by: protocol
points: none
says: at line \d+: .\[2J.\[1;1Hpassed
"""

from grader.worker import faults, runner

CODES = "\x1b[2J\x1b[1;1Hpassed\u202e\u2066\x9b\x07\r\b"
faults.clean = runner.clean = lambda text, limit=0: text


def square(x):
    kind = type(CODES, (Exception,), {})
    raise kind(CODES)
