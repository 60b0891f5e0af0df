"""Prints the environment, its command line and what it was started with.

stopped by: separate process
points: all
"""
# Nothing is said: the harness looks for the secret in what is printed.

import os
import sys


def square(x):
    print(dict(os.environ), sys.argv, sys.orig_argv, sys.path)
    return x * x
