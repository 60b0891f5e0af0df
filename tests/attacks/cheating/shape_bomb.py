"""Forges an answer whose tensor has few bytes and a shape of 2 to the power of 62.

stopped by: protocol
points: none
says: cannot be read
"""

from grader.wire.frames import TensorNode
from grader.worker import runner

BOMB = TensorNode("float64", (2**31, 2**31), b"12345678")
runner.encode = lambda value, generators=None: BOMB


def square(x):
    return x
