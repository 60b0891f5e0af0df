r"""Raises an exception whose text and name hold codes for the terminal, and turns it backwards.

stopped by: protocol
points: none
says: at line \d+: .\[2J.\[1;1Hpassed
"""

CODES = "\x1b[2J\x1b[1;1Hpassed\u202e\u2066\x9b\x07\r\b"


def square(x):
    kind = type(CODES, (Exception,), {})
    raise kind(CODES)
