"""Raises exceptions whose own attributes, and the names of whose classes, raise exceptions.

stopped by: protocol
points: none
says: Trap.*cannot be described
"""


class Meta(type):
    __name__ = property(lambda cls: square(None))


class Trap(OSError, metaclass=Meta):
    @property
    def errno(self):
        raise SystemExit(3)

    __cause__ = __context__ = strerror = errno


class SyntaxTrap(SyntaxError):
    filename = "square.py"
    lineno = -7
    msg = text = property(lambda self: 1 / 0)


RAISED = []


def square(x):
    RAISED.append(x)
    raise (Trap() if len(RAISED) % 2 else SyntaxTrap())
