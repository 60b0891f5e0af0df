"""Raises an exception whose text, name and representation raise exceptions themselves.

stopped by: protocol
points: none
says: its text cannot be shown: __str__ raised SystemExit
"""


class Meta(type):
    def __repr__(cls):
        raise SystemExit

    __str__ = __repr__


class Awful(Exception, metaclass=Meta):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


def square(x):
    raise Awful
