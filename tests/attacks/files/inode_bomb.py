"""Makes 500 empty files.

stopped by: named files
points: all
"""

# Swallowed, so there is nothing to tell; the harness counts the files.
import contextlib
import os


def square(x):
    with contextlib.suppress(OSError):
        for number in range(500):
            os.close(os.open(f"@OPEN@/attack-{number}", os.O_CREAT | os.O_WRONLY))
    return x * x
