"""Leaves a thread behind that writes garbage to the answers when the worker should be done.

stopped by: separate process
points: all
"""
# Nothing is said: the thread dies with the process before it gets there.

import os
import threading
import time


def write_late():
    time.sleep(2)
    os.write(4, b"\xff" * 1000)
    print("REACHED: still there")


threading.Thread(target=write_late, daemon=True).start()


def square(x):
    return x * x
