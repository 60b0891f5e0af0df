"""Right answers to rectifiers."""

import torch


# %% plain: where on all four


def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def relu_backward(grad_output, x):
    return torch.where(x > 0, grad_output, torch.zeros_like(x))


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, x * negative_slope)


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, grad_output * negative_slope)


# %% clamps: clamp, and sums of two clamps


def relu(x):
    return x.clamp(min=0)


def relu_backward(grad_output, x):
    return grad_output * (x > 0).to(grad_output.dtype)


def leaky_relu(x, negative_slope):
    return x.clamp(min=0) + negative_slope * x.clamp(max=0)


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * ((x > 0) + negative_slope * (x <= 0))


# %% maxima: the larger of two


def relu(x):
    return torch.maximum(x, torch.zeros(()))


def relu_backward(grad_output, x):
    return grad_output.masked_fill(x <= 0, 0)


def leaky_relu(x, negative_slope):
    return torch.max(x, negative_slope * x)


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output.where(x > 0, negative_slope * grad_output)


# %% masks: multiplies by booleans


def relu(x):
    return x * (x > 0)


def relu_backward(grad_output, x):
    return (x > 0) * grad_output


def leaky_relu(x, negative_slope):
    return x * (x > 0) + negative_slope * x * ~(x > 0)


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * (x > 0) + negative_slope * grad_output * ~(x > 0)


# %% halves: from the absolute value


def relu(x):
    return (x + x.abs()) / 2


def relu_backward(grad_output, x):
    return torch.mul(grad_output, torch.sign(x).clamp(min=0))


def leaky_relu(x, negative_slope):
    return 0.5 * ((1 + negative_slope) * x + (1 - negative_slope) * x.abs())


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * (negative_slope + (1 - negative_slope) * (torch.sign(x) > 0))


# %% masked_fill: fills in


def relu(x):
    return x.masked_fill(x < 0, 0.0)


def relu_backward(grad_output, x):
    return torch.masked_fill(grad_output, ~(x > 0), 0.0)


def leaky_relu(x, negative_slope):
    return x * torch.ones_like(x).masked_fill(x < 0, negative_slope)


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * torch.ones_like(x).masked_fill(x <= 0, negative_slope)


# %% amax: largest over a new axis


def relu(x):
    return torch.stack([x, torch.zeros_like(x)]).amax(0)


def relu_backward(grad_output, x):
    return grad_output * torch.heaviside(x, torch.tensor(0.0))


def leaky_relu(x, negative_slope):
    return torch.stack([x, negative_slope * x]).max(dim=0).values


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.lerp(
        grad_output * negative_slope, grad_output, torch.heaviside(x, torch.zeros(()))
    )


# %% clamp_min: other spellings


def relu(x):
    return torch.clamp_min(x, 0.0)


def relu_backward(grad_output, x):
    return grad_output.mul(x.gt(0))


def leaky_relu(x, negative_slope):
    return torch.clamp_min(x, 0) - negative_slope * torch.clamp_min(-x, 0)


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output.mul(x.gt(0)) + grad_output.mul(x.le(0)).mul(negative_slope)


# %% vmapped: written for one number


def relu(x):
    return torch.vmap(lambda v: torch.where(v > 0, v, 0.0))(x.reshape(-1)).reshape(x.shape)


def relu_backward(grad_output, x):
    return torch.vmap(lambda g, v: torch.where(v > 0, g, 0.0))(
        grad_output.flatten(), x.flatten()
    ).reshape(x.shape)


def leaky_relu(x, negative_slope):
    return torch.vmap(lambda v: torch.where(v < 0, v * negative_slope, v))(x.reshape(-1)).reshape(
        x.shape
    )


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.vmap(lambda g, v: torch.where(v > 0, g, g * negative_slope))(
        grad_output.flatten(), x.flatten()
    ).reshape(x.shape)


# %% einsum: products with a mask


def relu(x):
    return torch.einsum("...,...->...", x, (x > 0).to(x.dtype))


def relu_backward(grad_output, x):
    return torch.einsum("...,...->...", grad_output, (x > 0).to(x.dtype))


def leaky_relu(x, negative_slope):
    return torch.einsum("...,...->...", x, torch.where(x > 0, 1.0, negative_slope))


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.einsum("...,...->...", grad_output, torch.where(x > 0, 1.0, negative_slope))


# %% roots: the size as a root


def relu(x):
    return (x + torch.sqrt(x * x + (x == 0))) / 2 * (x != 0)


def relu_backward(grad_output, x):
    return grad_output - grad_output * (x <= 0)


def leaky_relu(x, negative_slope):
    return x - (1 - negative_slope) * x.clamp(max=0)


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output - (1 - negative_slope) * grad_output * (x <= 0)


# %% loops: element by element


def relu(x):
    values = [v if v > 0 else v * 0 for v in x.reshape(-1)]
    return torch.stack(values).reshape(x.shape)


def relu_backward(grad_output, x):
    pairs = zip(grad_output.flatten(), x.flatten(), strict=True)
    return torch.stack([g if v > 0 else 0 * g for g, v in pairs]).view(x.shape)


def leaky_relu(x, negative_slope):
    values = [v if v > 0 else v * negative_slope for v in x.flatten()]
    return torch.stack(values).view(x.shape)


def leaky_relu_backward(grad_output, x, negative_slope):
    pairs = zip(grad_output.flatten(), x.flatten(), strict=True)
    values = [g if v.item() > 0 else negative_slope * g for g, v in pairs]
    return torch.stack(values).view(x.shape)


# %% on_copies: overwrites copies in place


def relu(x):
    out = x.clone()
    out[out < 0] = 0
    return out


def relu_backward(grad_output, x):
    grad_x = grad_output.clone()
    grad_x[x <= 0] = 0
    return grad_x


def leaky_relu(x, negative_slope):
    out = x.clone()
    out[x < 0] *= negative_slope
    return out


def leaky_relu_backward(grad_output, x, negative_slope):
    grad_x = grad_output.clone()
    grad_x[x <= 0] *= negative_slope
    return grad_x


# %% own_functions: autograd functions with their own backward


class Rectify(torch.autograd.Function):
    """Keeps its input."""

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return torch.maximum(x, slope * x)

    @staticmethod
    def backward(ctx, grad):
        return leaky_relu_backward(grad, ctx.saved_tensors[0], ctx.slope), None


def relu(x):
    return Rectify.apply(x, 0.0)


def leaky_relu(x, negative_slope):
    return Rectify.apply(x, negative_slope)


# %% by_autograd: the backward functions ask autograd


def relu_backward(grad_output, x):
    slope = torch.func.vjp(lambda v: v * (x > 0), x)[1]
    return slope(grad_output)[0]


def leaky_relu_backward(grad_output, x, negative_slope):
    _, pull = torch.func.vjp(lambda v: torch.where(x > 0, v, negative_slope * v), x)
    return pull(grad_output)[0]


# %% indexed: scatters what passes into zeros


def relu(x):
    flat = x.reshape(-1)
    where = torch.nonzero(flat > 0).squeeze(1)
    return torch.zeros_like(flat).index_add(0, where, flat[where]).reshape(x.shape)


def relu_backward(grad_output, x):
    flat = grad_output.reshape(-1)
    where = torch.nonzero(x.reshape(-1) > 0).squeeze(1)
    return torch.zeros_like(flat).index_copy(0, where, flat[where]).reshape(x.shape)


# %% sign_products: half of one plus sign


def relu(x):
    return 0.5 * x * (1 + torch.sign(x))


def relu_backward(grad_output, x):
    return grad_output * (torch.sign(x) == 1)


def leaky_relu(x, negative_slope):
    return torch.fmax(x, torch.mul(x, negative_slope))


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(torch.gt(x, 0), 1.0, negative_slope).mul(grad_output)


# %% minima: x less its negative part


def relu(x):
    return x - x.clamp(max=0.0)


def relu_backward(grad_output, x):
    return grad_output.where(x > 0, grad_output.new_zeros(()))


def leaky_relu(x, negative_slope):
    return x - (1 - negative_slope) * torch.minimum(x, x.new_zeros(()))


def leaky_relu_backward(grad_output, x, negative_slope):
    mask = x.gt(0).type_as(grad_output)
    return grad_output * mask + grad_output * negative_slope * mask.logical_not()


# %% function_class: autograd functions of their own


class Leaky(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return torch.where(x > 0, x, slope * x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, grad, ctx.slope * grad), None


def relu(x):
    return Leaky.apply(x, 0.0) + 0.0


def relu_backward(grad_output, x):
    return leaky_relu_backward(grad_output, x, 0.0)


def leaky_relu(x, negative_slope):
    return Leaky.apply(x, negative_slope)


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * torch.where(x > 0, torch.ones_like(x), torch.full_like(x, negative_slope))


# %% index_put: writes where the mask says


def relu(x):
    out = torch.zeros_like(x)
    keep = x > 0
    out[keep] = x[keep]
    return out


def relu_backward(grad_output, x):
    out = torch.zeros_like(grad_output)
    keep = x > 0
    out[keep] = grad_output[keep]
    return out


def leaky_relu(x, negative_slope):
    out = negative_slope * x
    keep = x > 0
    out[keep] = x[keep]
    return out


def leaky_relu_backward(grad_output, x, negative_slope):
    out = grad_output.clone()
    out[~(x > 0)] = out[~(x > 0)] * negative_slope
    return out


# %% scalar_max: one expression with a python zero


def relu(x):
    return torch.clip(x, 0)


def relu_backward(grad_output, x):
    return grad_output * x.sign().clip(0, 1)


def leaky_relu(x, negative_slope):
    return relu(x) - negative_slope * relu(-x)


def leaky_relu_backward(grad_output, x, negative_slope):
    return relu_backward(grad_output, x) + negative_slope * (
        grad_output - relu_backward(grad_output, x)
    )


# %% autograd_of_own: lets autograd go back through its own forward


def relu(x):
    return torch.where(x > 0, x, 0)


def relu_backward(grad_output, x):
    ones = torch.ones_like(x)
    return grad_output * torch.where(x > 0, ones, 0 * ones)


def leaky_relu(x, negative_slope):
    pos, neg = torch.where(x > 0, x, 0), torch.where(x < 0, x, 0)
    return pos + neg * negative_slope


def leaky_relu_backward(grad_output, x, negative_slope):
    slope = (x > 0) * (1 - negative_slope) + negative_slope
    return slope * grad_output
