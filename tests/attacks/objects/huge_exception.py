r"""Raises exceptions with texts, names and chains of megabytes.

stopped by: protocol
points: none
says: at line \d+: xxxx
"""


def square(x):
    kind = type("N" * 1_000_000, (Exception,), {"__module__": "m" * 1_000_000})
    error = kind("x" * 50_000_000)
    for _ in range(1000):
        error = kind("x" * 100).with_traceback(error.__traceback__)
    raise kind("x" * 50_000_000) from error
