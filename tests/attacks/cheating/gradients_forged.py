"""Cuts the graph, and has the worker report gradients of its own making.

stopped by: comparison
points: 7
says: gradient of x: wrong values
"""

import torch

from grader.worker import runner

runner.gradients = lambda value, leaves, seed: [torch.ones_like(leaf) for leaf in leaves]


def square(x):
    return x.detach() * x.detach()
