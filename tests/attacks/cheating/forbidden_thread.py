r"""Runs the forbidden function in a thread, whose stack holds nothing of this file.

stopped by: comparison
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

from concurrent.futures import ThreadPoolExecutor

import torch

# Which name it is, no text tells.
NAME = next(name for name in dir(torch) if len(name) == 4 and name[0] + name[3] == "mn")


def mean(x):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(getattr(torch, NAME), x).result()
