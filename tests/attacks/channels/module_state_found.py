"""Looks for what an earlier submission has left in the modules that every worker has.

stopped by: separate process
points: all
"""

import builtins
import gc
import os
import sys

import numpy
import torch

import grader.worker.runner

for place in (builtins, gc, sys, torch, torch.Tensor, numpy, grader.worker.runner):
    if hasattr(place, "STASH"):
        print("REACHED:", place, place.STASH)
if "STASH" in os.environ or "STASH" in sys.path:
    print("REACHED: the environment")


def square(x):
    return x * x
