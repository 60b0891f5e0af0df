"""Lowers a limit of another process, so that it fails later.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import resource


def square(x):
    resource.prlimit(int("@VICTIM@"), resource.RLIMIT_NOFILE, (3, 3))
    return x * x
