"""Starts a program.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import subprocess


def square(x):
    print("REACHED", subprocess.run(["/bin/echo", "a program"], capture_output=True).stdout)
    return x * x
