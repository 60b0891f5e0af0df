"""Closes standard output and error, and the streams on top of them.

stopped by: separate process
points: all
"""
# Nothing that is printed afterwards is there to be shown.

import os
import sys

os.close(1)
os.close(2)
sys.stdout = sys.stderr = None


def square(x):
    return x * x
