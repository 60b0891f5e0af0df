"""Is no function but an object that lies about its signature, its name and its lines.

stopped by: comparison
points: all
"""
# What it returns is right: nothing is said.

import inspect


class Square:
    __name__ = "x" * 100_000
    __signature__ = inspect.Signature(
        [inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    )
    __code__ = None
    __wrapped__ = property(lambda self: self)

    def __call__(self, x):
        return x * x

    def __repr__(self):
        raise SystemExit


square = Square()
