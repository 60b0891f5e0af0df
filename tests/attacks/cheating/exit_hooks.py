"""Registers what is to run when the interpreter ends: to write answers after the honest ones.

stopped by: separate process
points: all
"""
# Nothing is said: the worker leaves without running anything of the learner's.

import atexit
import os
import threading


class Last:
    def __del__(self):
        leave()


def leave():
    print("REACHED: an exit hook ran")
    os.write(4, b"\xff" * 100)


HELD = Last()
atexit.register(leave)
threading._register_atexit(leave)


def square(x):
    return x * x
