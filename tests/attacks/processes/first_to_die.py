"""Marks another process as the first to end when memory runs out.

stopped by: named files
points: all
"""

# Swallowed; the harness reads that mark.
import contextlib

with contextlib.suppress(OSError), open("/proc/@VICTIM@/oom_score_adj", "w") as file:
    file.write("900")


def square(x):
    return x * x
