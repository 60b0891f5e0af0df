r"""Hides the forbidden function in a backward pass, which torch's engine runs.

stopped by: comparison
answers: mean
points: 6
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import torch

# Which name it is, no text tells.
NAME = next(name for name in dir(torch) if len(name) == 4 and name[0] + name[3] == "mn")


class Mean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sum() / x.numel()

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            return grad_output * torch.autograd.grad(getattr(torch, NAME)(leaf), leaf)[0]


def mean(x):
    return Mean.apply(x)
