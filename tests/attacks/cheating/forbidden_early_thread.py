r"""Starts a thread before anyone watches, and has it run the forbidden function later.

stopped by: comparison
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import queue
import threading

import torch

TO, BACK = queue.Queue(), queue.Queue()
# Which name it is, no text tells.
NAME = next(name for name in dir(torch) if len(name) == 4 and name[0] + name[3] == "mn")


def serve():
    while True:
        BACK.put(getattr(torch, NAME)(TO.get()))


threading.Thread(target=serve, daemon=True).start()


def mean(x):
    TO.put(x)
    return BACK.get()
