"""Looks into the folders of other workers, and leaves its own for another.

stopped by: named files
answers: kept
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import os

import torch


def kept(x):
    torch.save(x, "kept.pt")
    folder = os.getcwd()
    with contextlib.suppress(OSError):
        print("REACHED the folders of others", os.listdir(os.path.dirname(folder)))
    with contextlib.suppress(OSError):
        os.rename(folder, f"{folder}-kept")
        print("REACHED another place for its folder")
    return torch.load("kept.pt")
