r"""Raises an exception that says it is NotImplementedError, so that the exercise is not started.

stopped by: comparison
points: none
says: Lie at line \d+
"""


class Lie(Exception):
    __class__ = NotImplementedError


def square(x):
    raise Lie
