"""Has a signature that raises SystemExit, and a default that is a megabyte of terminal codes.

stopped by: protocol
points: all
"""
# What it returns is right, and Python calls it all the same: nothing is said.


class Default:
    def __repr__(self):
        return "\x1b[2J" + "d" * 10_000_000


HUGE = Default()


class Square:
    @property
    def __signature__(self):
        raise SystemExit(3)

    def __call__(self, x, extra=HUGE):
        return x * x


square = Square()
