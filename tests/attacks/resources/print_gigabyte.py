"""Prints a gigabyte.

stopped by: output limit
points: none
says: it printed too much: .*File too large; take out the prints
"""


def square(x):
    for _ in range(1000):
        print("x" * 1_000_000)
    return x * x
