"""Leaves what it was given in the modules that every worker has, for the next submission.

stopped by: separate process
points: all
second: module_state_found
"""
# Nothing is said: every process may change its own copy.

import builtins
import gc
import os
import sys

import numpy
import torch

import grader.worker.runner


def square(x):
    for place in (builtins, gc, sys, torch, torch.Tensor, numpy, grader.worker.runner):
        place.STASH = x.tolist()
    os.environ["STASH"] = os.environ["PATH"] = str(x)
    sys.path.append("STASH")
    torch.Tensor.__mul__ = torch.Tensor.__add__
    torch.set_default_dtype(torch.float16)
    return torch.square(x)
