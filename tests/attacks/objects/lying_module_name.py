r"""Returns an object whose class cannot be asked for its name: to ask raises SystemExit.

stopped by: protocol
points: none
says: SystemExit at line \d+
"""


class Meta(type):
    def __getattribute__(cls, name):
        raise SystemExit(3)


class Nameless(metaclass=Meta):
    pass


def square(x):
    return Nameless()
