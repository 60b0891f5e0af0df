"""Leaves a list behind that is nested a hundred thousand levels deep, for somebody to free.

stopped by: protocol
points: all
"""
# It is never returned, and freeing it is Python's own affair: nothing is said.

HELD = []


def square(x):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    HELD.append(deep)
    del deep
    HELD.clear()
    return x * x
