"""Asks whether the solution is there, and how long it is.

stopped by: own user
points: all
open to: plain user, for Landlock does not refuse stat; contents and lists stay closed
"""

# Stopped by the mode of the folder, which only another user meets; swallowed, as it gets through
# elsewhere and the answer is right in both cases.
import contextlib
import os

with contextlib.suppress(OSError):
    print("REACHED", os.stat("@SECRET@").st_size)


def square(x):
    return x * x
