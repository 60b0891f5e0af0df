"""Replaces built-in functions that the worker uses by ones that lie.

stopped by: separate process
points: none
says: exit code 1.*what replaces parts of Python
"""

import builtins

builtins.isinstance = lambda value, kind: True
builtins.len = lambda value: 0


def square(x):
    return (x + 1)[None]
