"""Copies another student's work, which the file's mode lets everybody read.

stopped by: named files
points: all
"""

# Swallowed: a cheat that falls back on its own answer, so there is nothing to tell.
import contextlib

with contextlib.suppress(OSError), open("@OTHER@") as file:
    print("REACHED", file.read())


def square(x):
    return x * x
