"""Becomes a shell.

stopped by: system calls
points: none
says: PermissionError at line .* (Operation not permitted|Permission denied)
"""

import os


def square(x):
    os.execv("/bin/sh", ["sh", "-c", "echo; echo REACHED a shell"])
