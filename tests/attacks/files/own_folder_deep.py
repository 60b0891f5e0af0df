"""Puts folders into each other, deeper than whoever deletes them can follow.

stopped by: separate process
answers: kept
points: all
"""

# Short of the number that it may make, so there is nothing to tell; it is gone afterwards.

import os
import time

import torch

path = "."
for _ in range(990):
    path += "/d"
    os.mkdir(path)
os.rename("d", "e")
time.sleep(0.2)


def kept(x):
    torch.save(x, "kept.pt")
    return torch.load("kept.pt")
