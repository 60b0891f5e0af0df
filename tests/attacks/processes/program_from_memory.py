"""Runs a program that lies in no folder: from a descriptor.

stopped by: system calls
points: all
"""

# The return values are looked at instead of raising, so there is nothing to tell.
import ctypes
import os
import sys

EXECVEAT, AT_EMPTY_PATH = 322, 0x1000
libc = ctypes.CDLL(None)
arguments = (ctypes.c_char_p * 4)(b"python", b"-c", b"print('\\nREACHED a program')", None)
try:
    program = os.open(os.path.realpath(sys.executable), os.O_RDONLY)
    libc.syscall(EXECVEAT, program, b"", arguments, None, AT_EMPTY_PATH)
except OSError:
    pass


def square(x):
    return x * x
