"""Returns a generator, a function, a module, a class, a file, a lock, a coroutine.

stopped by: comparison
points: none
says: returned an? .*; the exercise asks for a tensor
"""

import sys
import threading


async def later():
    return None


def endless():
    while True:
        yield 1


def square(x):
    things = [endless(), square, sys, type, sys.stdout, threading.Lock(), Ellipsis]
    return things[x.ndim + (len(x) if x.ndim else 0) - 3] if x.numel() else object()
