r"""Runs the forbidden function in a thread that Python's threading module does not know of.

stopped by: comparison
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import _thread
import queue

import torch

# Which name it is, no text tells.
NAME = next(name for name in dir(torch) if len(name) == 4 and name[0] + name[3] == "mn")


def mean(x):
    answers = queue.Queue()
    _thread.start_new_thread(lambda: answers.put(getattr(torch, NAME)(x)), ())
    return answers.get()
