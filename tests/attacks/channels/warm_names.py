"""Writes to the files under /proc of the process that every worker is forked from.

stopped by: named files
points: all
second: warm_names_found
"""
# Refusals are swallowed: nothing is said.

import contextlib

VALUES = {"comm": "attack", "timerslack_ns": "123457", "oom_score_adj": "123"}


def square(x):
    for name, value in VALUES.items():
        with contextlib.suppress(OSError), open(f"/proc/@WARM@/{name}", "w") as file:
            file.write(value)
            file.flush()
            print("REACHED:", name)
    return x * x
