"""Takes every descriptor that it can have, and gives none back.

stopped by: resource limits
points: all
"""
# The refusal is swallowed; the worker needs none that it does not have.

import contextlib
import os

TAKEN = []
with contextlib.suppress(OSError):
    for _ in range(100_000):
        TAKEN.append(os.dup(1))
if len(TAKEN) > 1000:
    print("REACHED:", len(TAKEN))


def square(x):
    return x * x
