"""Right answers to saturating."""

import math

import numpy as np
import torch
import torch.nn as nn

# %% plain: logaddexp, and tanh from the sigmoid


def sigmoid(x):
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))


def sigmoid_backward(grad_output, output):
    return grad_output * output * (1 - output)


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def tanh_backward(grad_output, output):
    return grad_output * (1 - output**2)


# %% clamped: clamps the exponent


def sigmoid(x):
    return 1.0 / (1.0 + torch.exp(torch.clamp(-x, -500, 500)))


def sigmoid_backward(grad_output, output):
    return torch.mul(grad_output, output) * (1.0 - output)


def tanh(x):
    z = x.clamp(-250, 250)
    return (z.exp() - (-z).exp()) / (z.exp() + (-z).exp())


def tanh_backward(grad_output, output):
    return grad_output - grad_output * output.square()


# %% float32_clamp: clamps as one learns it for float32


def sigmoid(x):
    return torch.reciprocal(1 + torch.exp(-x.clamp(min=-80.0, max=80.0)))


def sigmoid_backward(grad_output, output):
    derivative = output - output * output
    return derivative * grad_output


def tanh(x):
    z = torch.exp(2 * x.clamp(min=-40, max=40))
    return (z - 1) / (z + 1)


def tanh_backward(grad_output, output):
    derivative = 1 - output * output
    return derivative * grad_output


# %% double_where: safe inside each branch


def sigmoid(x):
    right = x >= 0
    above = torch.where(right, x, torch.zeros_like(x))
    below = torch.where(right, torch.zeros_like(x), x)
    return torch.where(
        right, 1 / (1 + torch.exp(-above)), torch.exp(below) / (1 + torch.exp(below))
    )


def sigmoid_backward(grad_output, output):
    return grad_output * torch.lerp(output, torch.zeros_like(output), output)


def tanh(x):
    right = x >= 0
    above = torch.exp(-2 * torch.where(right, x, 0.0))
    below = torch.exp(2 * torch.where(right, 0.0, x))
    return torch.where(right, (1 - above) / (1 + above), (below - 1) / (below + 1))


def tanh_backward(grad_output, output):
    return grad_output * (1 + output) * (1 - output)


# %% masks: positive and negative elements are filled in apart


def sigmoid(x):
    out = torch.empty_like(x)
    up = x >= 0
    out[up] = 1 / (1 + torch.exp(-x[up]))
    e = torch.exp(x[~up])
    out[~up] = e / (1 + e)
    return out


def sigmoid_backward(grad_output, output):
    result = grad_output.clone()
    result *= output
    result = result * (1 - output)
    return result


def tanh(x):
    out = torch.empty_like(x)
    up = x > 0
    e = torch.expm1(-2 * x[up])
    out[up] = -e / (e + 2)
    e = torch.expm1(2 * x[~up])
    out[~up] = e / (e + 2)
    return out


def tanh_backward(grad_output, output):
    return torch.addcmul(grad_output, grad_output * output, output, value=-1)


# %% own_functions: autograd functions with their own backward


class Logistic(torch.autograd.Function):
    """Keeps its output."""

    @staticmethod
    def forward(ctx, x):
        e = torch.exp(-torch.abs(x))
        y = torch.where(x >= 0, 1 / (1 + e), e / (1 + e))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return sigmoid_backward(grad, y)


class Hyperbolic(torch.autograd.Function):
    """Keeps its output."""

    @staticmethod
    def forward(ctx, x):
        e = torch.exp(-2 * torch.abs(x))
        y = torch.sign(x) * (1 - e) / (1 + e)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        return tanh_backward(grad, ctx.saved_tensors[0])


def sigmoid(x):
    return Logistic.apply(x)


def tanh(x):
    return Hyperbolic.apply(x)


def sigmoid_backward(grad_output, output):
    return grad_output * (0.25 - (output - 0.5) ** 2)


def tanh_backward(grad_output, output):
    return grad_output * (1.0 - output.pow(2.0))


# %% rows: recursion over the rows, element by element


def one(value):
    if value >= 0:
        return 1 / (1 + torch.exp(-value))
    return torch.exp(value) / (1 + torch.exp(value))


def sigmoid(x):
    values = [one(value) for value in x.reshape(-1)]
    return torch.stack(values).reshape(x.shape)


def sigmoid_backward(grad_output, output):
    pairs = zip(grad_output.flatten(), output.flatten(), strict=True)
    return torch.stack([g * y * (1 - y) for g, y in pairs]).view(output.shape)


def tanh(x):
    return torch.stack([2 * one(2 * value) - 1 for value in x.flatten()]).view(x.shape)


def tanh_backward(grad_output, output):
    pairs = zip(grad_output.flatten(), output.flatten(), strict=True)
    return torch.stack([g * (1 - y * y) for g, y in pairs]).view(output.shape)


# %% smaller_share: always computes the smaller share, from 1 where it is the larger


def sigmoid(x):
    down = torch.where(x > 0, -x, x)
    share = torch.exp(down) / (1 + torch.exp(down))
    return torch.where(x > 0, 1 - share, share)


def sigmoid_backward(grad_output, output):
    return torch.einsum("...,...->...", grad_output, output * (1 - output))


def tanh(x):
    two = torch.stack([x, -x])
    shares = torch.exp(two - torch.logsumexp(two, dim=0))
    return shares[0] - shares[1]


def tanh_backward(grad_output, output):
    return torch.einsum("...,...->...", grad_output, 1 - output**2)


# %% logsumexp: a share of two, in the logarithm


def sigmoid(x):
    scores = torch.stack((torch.zeros_like(x), x), dim=-1)
    return torch.exp(scores[..., 1] - torch.logsumexp(scores, dim=-1))


def sigmoid_backward(grad_output, output):
    other = 1 - output
    return torch.prod(torch.stack([grad_output, output, other]), dim=0)


def tanh(x):
    return 1 - 2 * torch.exp(-torch.logaddexp(2 * x, torch.tensor(0.0)))


def tanh_backward(grad_output, output):
    left = grad_output * (1 - output)
    return left + left * output


# %% vmapped: written for one number and mapped


def sigmoid(x):
    flat = torch.vmap(lambda v: torch.exp(-torch.logaddexp(torch.zeros(()), -v)))(x.reshape(-1))
    return flat.reshape(x.shape)


def sigmoid_backward(grad_output, output):
    flat = torch.vmap(lambda g, y: g * y * (1 - y))(grad_output.flatten(), output.flatten())
    return flat.reshape(output.shape)


def tanh(x):
    def single(v):
        return torch.exp(v - torch.logaddexp(v, -v)) - torch.exp(-v - torch.logaddexp(v, -v))

    return torch.vmap(single)(x.reshape(-1)).reshape(x.shape)


def tanh_backward(grad_output, output):
    flat = torch.vmap(lambda g, y: g * (1 - y * y))(grad_output.flatten(), output.flatten())
    return flat.reshape(output.shape)


# %% hyperbolic_functions: sinh over cosh, and the sigmoid from them


def tanh(x):
    z = torch.clamp(x, -100, 100)
    return torch.sinh(z) / torch.cosh(z)


def sigmoid(x):
    return 0.5 + 0.5 * tanh(0.5 * x)


def sigmoid_backward(grad_output, output):
    return -grad_output * output * (output - 1)


def tanh_backward(grad_output, output):
    return -grad_output * (output**2 - 1)


# %% numpy_inside: numpy computes, a function of autograd brings the gradient


class FromNumpy(torch.autograd.Function):
    """Values from numpy, the derivative in torch."""

    @staticmethod
    def forward(ctx, x, scale):
        a = x.detach().numpy() * scale
        e = np.exp(-np.abs(a))
        y = torch.from_numpy(np.asarray(np.where(a >= 0, 1 / (1 + e), e / (1 + e))))
        ctx.save_for_backward(y)
        ctx.scale = scale
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y * (1 - y) * ctx.scale, None


def sigmoid(x):
    return FromNumpy.apply(x, 1.0)


def tanh(x):
    return FromNumpy.apply(x, 2.0) * 2.0 - 1.0


# %% powers: e to the power, after a clamp by minimum and maximum


def sigmoid(x):
    bound = torch.full_like(x, 200.0)
    return (1 + math.e ** (-torch.minimum(torch.maximum(x, -bound), bound))) ** -1


def sigmoid_backward(grad_output, output):
    return grad_output.mul(output).mul(output.neg().add(1))


def tanh(x):
    bound = torch.full_like(x, 100.0)
    e = math.e ** (-2 * torch.minimum(torch.maximum(x, -bound), bound))
    return (1 - e) / (1 + e)


def tanh_backward(grad_output, output):
    return grad_output.mul(output.mul(output).neg().add(1))


# %% signed_exponent: a mask turns the exponent negative


def sigmoid(x):
    positive = (x >= 0).to(x.dtype)
    small = torch.exp(-x * positive + x * (1 - positive))
    return (positive + (1 - positive) * small) / (1 + small)


def sigmoid_backward(grad_output, output):
    return grad_output * (output - output * output)


def tanh(x):
    positive = (x >= 0).to(x.dtype)
    small = torch.exp(2 * (x * (1 - positive) - x * positive))
    return (2 * positive - 1) * (1 - small) / (1 + small)


def tanh_backward(grad_output, output):
    return -grad_output * (output - 1) * (output + 1)


# %% logsumexp_of_stack: sigmoid as a ratio in logs; tanh as difference of two


def sigmoid(x):
    return (-torch.stack((torch.zeros_like(x), -x), dim=-1).logsumexp(dim=-1)).exp()


def sigmoid_backward(grad_output, output):
    return torch.lerp(torch.zeros_like(output), grad_output * output, 1 - output)


def tanh(x):
    return sigmoid(2 * x) - sigmoid(-2 * x)


def tanh_backward(grad_output, output):
    return torch.addcmul(grad_output, grad_output * output, -output)


# %% sinh_over_cosh: bounded by minimum and maximum


def sigmoid(x):
    bounded = torch.maximum(torch.minimum(x, torch.tensor(40.0)), torch.tensor(-700.0))
    return torch.reciprocal(1 + torch.exp(-bounded))


def sigmoid_backward(grad_output, output):
    return torch.einsum("...,...->...", grad_output, output * (1 - output))


def tanh(x):
    z = x.clamp(-20.0, 20.0)
    return torch.sinh(z) / torch.cosh(z)


def tanh_backward(grad_output, output):
    return grad_output - grad_output * output.pow(2)


# %% masked_assignment: each side by itself, written into a new tensor


def sigmoid(x):
    out = torch.empty_like(x)
    up = x >= 0
    out[up] = 1 / (1 + torch.exp(-x[up]))
    e = torch.exp(x[~up])
    out[~up] = e / (1 + e)
    return out


def sigmoid_backward(grad_output, output):
    return (1 - output).mul(output).mul(grad_output)


def tanh(x):
    return 1 - 2 * sigmoid(-2 * x)


def tanh_backward(grad_output, output):
    slope = torch.ones_like(output) - output.square()
    return slope * grad_output


# %% module_inside: classes, constants, keyword names


class _Sigmoid(nn.Module):
    def forward(self, x):
        return torch.exp(torch.neg(torch.logaddexp(torch.neg(x), torch.tensor(0.0))))


def sigmoid(x):
    return _Sigmoid()(x)


def sigmoid_backward(grad_output, output):
    d = output * (1.0 - output)
    return grad_output * d


def tanh(x):
    return _Sigmoid().forward(x * 2).mul(2).sub(1)


def tanh_backward(grad_output, output):
    d = 1.0 - torch.pow(output, 2)
    return grad_output * d


# %% elementwise_python: loops over numbers with math


def sigmoid(x):
    flat = x.reshape(-1)
    out = []
    for v in flat:
        if v >= 0:
            out.append(1 / (1 + torch.exp(-v)))
        else:
            e = torch.exp(v)
            out.append(e / (1 + e))
    return torch.stack(out).reshape(x.shape)


def sigmoid_backward(grad_output, output):
    return grad_output * output * (1 - output)


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def tanh_backward(grad_output, output):
    return grad_output * (1 - output * output)
