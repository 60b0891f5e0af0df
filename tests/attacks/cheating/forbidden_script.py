r"""Hides the forbidden function in TorchScript, which Python does not run.

stopped by: comparison
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import torch

MODULE = torch.jit.CompilationUnit("def secret(x):\n    return torch.me" + "an(x)\n")


def mean(x):
    return MODULE.secret(x)
