"""Starts a program that runs as root whoever starts it.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import subprocess

for program in ("/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount"):
    with contextlib.suppress(OSError):
        subprocess.run([program, "--help"], capture_output=True)
        print("REACHED", program)
        break


def square(x):
    return x * x
