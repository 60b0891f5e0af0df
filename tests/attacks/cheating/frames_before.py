"""Writes a first message of its own before the worker's: one that hides what it does not define.

stopped by: protocol
points: none
says: cannot be read
"""

import os

from grader.wire.frames import FunctionFacts, Loaded, pack

FACTS = FunctionFacts(1, 2, "(x)", is_callable=True, accepts="keyword")
os.write(4, pack(Loaded(functions={"square": FACTS})))


def square(x):
    return x * x
