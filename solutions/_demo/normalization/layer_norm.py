"""Layer normalisation. My answer."""

import torch
from torch import Tensor


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    # normalise over as many trailing axes as weight has
    dims = tuple(range(-weight.dim(), 0))
    mean = x.mean(dims, keepdim=True)
    var = x.var(dims, keepdim=True)
    print("mean", mean.shape, "var", var.shape)
    x_hat = (x - mean) / torch.sqrt(var + eps)
    return x_hat * weight + bias
