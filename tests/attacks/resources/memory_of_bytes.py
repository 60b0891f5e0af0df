"""Fills three gigabytes with bytes, and goes on when it is told that there is no more.

stopped by: memory limit
points: all
wall: 8
"""
# The refusal is swallowed, and what was taken is given back: nothing is said.


def square(x):
    if x.shape != (3, 4):
        return x * x
    held = []
    try:
        for _ in range(48):
            held.append(b"x" * 2**26)
        print("REACHED: held", len(held))
    except MemoryError:
        held.clear()
    return x * x
