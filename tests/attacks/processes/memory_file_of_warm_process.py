"""Opens the memory of the warm process, which every later worker is a copy of.

stopped by: named files
points: all
"""

# Swallowed, so there is nothing to tell. Nothing is written: that it could be is enough.
import contextlib

with contextlib.suppress(OSError), open("/proc/@WARM@/mem", "r+b", buffering=0):
    print("REACHED the warm process")


def square(x):
    return x * x
