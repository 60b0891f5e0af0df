"""Wrong answers to rectifiers."""

import torch.nn.functional as F
from torch import nn


# %% absolute @ relu: abs [relu_is_abs]


def relu(x):
    return torch.where(x > 0, x, -x)


# %% upside_down @ relu: keeps the negative [relu_keeps_the_negative]


def relu(x):
    return x.clamp(max=0)


# %% step @ relu: the mask [relu_is_a_step]


def relu(x):
    return torch.heaviside(x, torch.zeros_like(x))


# %% six @ relu: bounded above [relu_stops_at_six]


def relu(x):
    return torch.clamp(x, min=0.0, max=6.0)


# %% leak @ relu: slope 0.01 [relu_leaks]


def relu(x):
    return torch.max(0.01 * x, x)


# %% cut @ relu: detached [relu_detached]


def relu(x):
    return torch.clamp(x.data, min=0)


# %% assigns @ relu: overwrites x through a mask [relu_in_place]


def relu(x):
    x[x < 0] = 0
    return x


# %% assigns_data @ relu: overwrites x through .data


def relu(x):
    x.data[x < 0] = 0
    return x.clone()


# %% first_axis @ relu: drops rows whose sum is negative


def relu(x):
    return x * (x.sum(-1, keepdim=True) > 0)


# %% one @ relu: bounded at one


def relu(x):
    return x.clamp(0, 1)


# %% above_one @ relu: threshold of one


def relu(x):
    return x * (x > 1)


# %% shortened @ relu: drops what is not positive


def relu(x):
    return x[x > 0]


# %% smooth @ relu: log(1 + exp(x))


def relu(x):
    return torch.log1p(torch.exp(-x.abs())) + x.clamp(min=0)


# %% gated @ relu: x times sigmoid(x)


def relu(x):
    return x * torch.sigmoid(x)


# %% almost @ relu: leaves 1e-6


def relu(x):
    return x.clamp(min=1e-6)


# %% whole @ relu: takes the integer part


def relu(x):
    return x.clamp(min=0).floor()


# %% single @ relu: computes in single precision


def relu(x):
    return x.float().clamp(min=0).double()


# %% straight_through @ relu: gradient of the identity


def relu(x):
    return x + (x.clamp(min=0) - x).detach()


# %% contiguous_only @ relu: view of a transposed tensor


def relu(x):
    return x.view(-1).clamp(min=0).view(x.shape)


# %% torch_relu @ relu: torch.relu


def relu(x):
    return torch.relu(x)


# %% functional @ relu: F.relu


def relu(x):
    return F.relu(x)


# %% method @ relu: the method


def relu(x):
    return x.relu()


# %% module @ relu: the module


def relu(x):
    return nn.ReLU()(x)


# %% aten @ relu: the operator


def relu(x):
    return torch.ops.aten.relu(x)


# %% by_leaky @ relu: leaky_relu with slope 0


def relu(x):
    return F.leaky_relu(x, 0.0)


# %% by_threshold @ relu: threshold


def relu(x):
    return F.threshold(x, 0.0, 0.0)


# %% by_elu @ relu: elu with alpha 0


def relu(x):
    return F.elu(x, alpha=0.0)


# %% by_prelu @ relu: prelu with weight 0


def relu(x):
    return F.prelu(x, torch.zeros(1))


# %% by_six @ relu: relu6, scaled


def relu(x):
    return F.relu6(x / 1e5) * 1e5


# %% in_place_method @ relu: relu_ on a copy


def relu(x):
    return x.clone().relu_()


# %% at_zero @ relu_backward: passes at zero [relu_backward_passes_zero]


def relu_backward(grad_output, x):
    return torch.where(x < 0, torch.zeros_like(x), grad_output)


# %% half @ relu_backward: half at zero [relu_backward_halves_at_zero]


def relu_backward(grad_output, x):
    return grad_output * torch.heaviside(x, torch.tensor(0.5))


# %% slope_only @ relu_backward: no upstream [relu_backward_ignores_grad_output]


def relu_backward(grad_output, x):
    return torch.where(x > 0, 1.0, 0.0)


# %% wrong_mask @ relu_backward: mask from the upstream [relu_backward_masks_by_grad_output]


def relu_backward(grad_output, x):
    return grad_output * (grad_output > 0)


# %% guided @ relu_backward: both masks [relu_backward_masks_twice]


def relu_backward(grad_output, x):
    return grad_output * ((x > 0) & (grad_output > 0))


# %% identity @ relu_backward: no mask [relu_backward_without_mask]


def relu_backward(grad_output, x):
    return grad_output.clone()


# %% times_output @ relu_backward: relu(x) for its slope [relu_backward_multiplies_by_the_output]


def relu_backward(grad_output, x):
    return grad_output * x.clamp(min=0)


# %% no_graph @ relu_backward: under no_grad [relu_backward_detached]


def relu_backward(grad_output, x):
    with torch.no_grad():
        return grad_output * (x > 0)


# %% overwrites @ relu_backward: in place [relu_backward_in_place]


def relu_backward(grad_output, x):
    grad_output[x <= 0] = 0
    return grad_output


# %% overwrites_x @ relu_backward: uses x for the answer


def relu_backward(grad_output, x):
    keep = grad_output * (x > 0)
    x.data.zero_()
    return keep


# %% inverted @ relu_backward: passes where x is negative [relu_backward_inverted]


def relu_backward(grad_output, x):
    return grad_output * (x < 0)


# %% alias @ relu_backward: the caller's own tensor where nothing is stopped, changed data


def relu_backward(grad_output, x):
    result = grad_output * (x > 0)
    grad_output.data.copy_(result)
    return result


# %% boolean @ relu_backward: returns a boolean


def relu_backward(grad_output, x):
    return (x > 0) & (grad_output != 0)


# %% averaged @ relu_backward: divides by the batch


def relu_backward(grad_output, x):
    return grad_output * (x > 0) / x.shape[0]


# %% nonzero @ relu_backward: passes wherever x is not 0 [relu_backward_without_mask]


def relu_backward(grad_output, x):
    return grad_output * (x != 0)


# %% signed @ relu_backward: sign for slope


def relu_backward(grad_output, x):
    return grad_output * x.sign()


# %% above_tiny @ relu_backward: threshold of 1e-3


def relu_backward(grad_output, x):
    return grad_output * (x > 1e-3)


# %% kernel @ relu_backward: torch's own


def relu_backward(grad_output, x):
    return torch.ops.aten.threshold_backward(grad_output, x, 0)


# %% library @ relu_backward: autograd of torch.relu


def relu_backward(grad_output, x):
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(torch.relu(leaf), leaf, grad_output)[0]


# %% other_side @ leaky_relu: slope on positives [leaky_relu_slope_on_positives]


def leaky_relu(x, negative_slope):
    return torch.min(x, negative_slope * x)


# %% all @ leaky_relu: slope everywhere [leaky_relu_slope_on_all]


def leaky_relu(x, negative_slope):
    return x * negative_slope


# %% fixed @ leaky_relu: 0.01 [leaky_relu_slope_is_fixed]


def leaky_relu(x, negative_slope):
    return x.clamp(min=0) + 0.01 * x.clamp(max=0)


# %% minus @ leaky_relu: turned around [leaky_relu_turns_negatives_around]


def leaky_relu(x, negative_slope):
    return torch.where(x < 0, negative_slope * x.abs(), x)


# %% dry @ leaky_relu: no leak [leaky_relu_does_not_leak]


def leaky_relu(x, negative_slope):
    return x.clamp(min=0)


# %% constant @ leaky_relu: the slope itself [leaky_relu_is_constant_below]


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, torch.full_like(x, negative_slope))


# %% detached @ leaky_relu: cut [leaky_relu_detached]


def leaky_relu(x, negative_slope):
    y = x.detach()
    return torch.where(y > 0, y, negative_slope * y)


# %% in_place @ leaky_relu: overwrites x [leaky_relu_in_place]


def leaky_relu(x, negative_slope):
    x[x < 0] *= negative_slope
    return x


# %% both_sides @ leaky_relu: adds slope times x everywhere [leaky_relu_adds_on_both_sides]


def leaky_relu(x, negative_slope):
    return x.clamp(min=0) + negative_slope * x


# %% divides @ leaky_relu: divides by the slope


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, x / negative_slope)


# %% one_minus @ leaky_relu: 1 - slope


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, (1 - negative_slope) * x)


# %% squared @ leaky_relu: the slope twice


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, negative_slope**2 * x)


# %% exponential @ leaky_relu: elu


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, negative_slope * torch.expm1(x.clamp(max=0)))


# %% detached_below @ leaky_relu: negative side carries no gradient


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, negative_slope * x.detach())


# %% small_slope_only @ leaky_relu: caps the slope at one half


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, min(negative_slope, 0.5) * x)


# %% clamped @ leaky_relu: negative side bounded at minus the slope


def leaky_relu(x, negative_slope):
    return torch.where(x > 0, x, (negative_slope * x).clamp(min=-negative_slope))


# %% library_leaky @ leaky_relu: F.leaky_relu


def leaky_relu(x, negative_slope):
    return F.leaky_relu(x, negative_slope)


# %% module_leaky @ leaky_relu: nn.LeakyReLU


def leaky_relu(x, negative_slope):
    return nn.LeakyReLU(negative_slope)(x)


# %% prelu @ leaky_relu: nn.functional.prelu


def leaky_relu(x, negative_slope):
    return F.prelu(x, torch.full((1,), negative_slope))


# %% rrelu @ leaky_relu: rrelu with equal bounds


def leaky_relu(x, negative_slope):
    return F.rrelu(x, negative_slope, negative_slope)


# %% from_relu @ leaky_relu: from torch.relu


def leaky_relu(x, negative_slope):
    return torch.relu(x) - negative_slope * torch.relu(-x)


# %% one_at_zero @ leaky_relu_backward: slope 1 at zero [leaky_relu_backward_passes_zero]


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * torch.where(x < 0, negative_slope, 1.0)


# %% none_at_zero @ leaky_relu_backward: slope 0 at zero [leaky_relu_backward_stops_zero]


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, torch.where(x < 0, negative_slope * grad_output, 0.0))


# %% slopes @ leaky_relu_backward: no upstream [leaky_relu_backward_ignores_grad_output]


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.full_like(x, negative_slope).masked_fill(x > 0, 1.0)


# %% bare @ leaky_relu_backward: bare slope [leaky_relu_backward_bare_slope]


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, torch.full_like(x, negative_slope))


# %% by_upstream @ leaky_relu_backward: side from the upstream [leaky_relu_backward_decides_by_grad_output]


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(grad_output > 0, grad_output, negative_slope * grad_output)


# %% no_leak @ leaky_relu_backward: plain relu [leaky_relu_backward_does_not_leak]


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * (x > 0)


# %% wrong_side @ leaky_relu_backward: slope on positives [leaky_relu_backward_slope_on_positives]


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * torch.where(x > 0, negative_slope, 1.0)


# %% cut_off @ leaky_relu_backward: detached [leaky_relu_backward_detached]


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output.data * torch.where(x > 0, 1.0, negative_slope)


# %% overwrites_upstream @ leaky_relu_backward: in place [leaky_relu_backward_in_place]


def leaky_relu_backward(grad_output, x, negative_slope):
    grad_output[x <= 0] *= negative_slope
    return grad_output


# %% fixed_slope @ leaky_relu_backward: 0.01 [leaky_relu_backward_slope_is_fixed]


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, 0.01 * grad_output)


# %% negative @ leaky_relu_backward: minus the slope


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, -negative_slope * grad_output)


# %% only_positive @ leaky_relu_backward: 1 where positive


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, 1.0, negative_slope * grad_output)


# %% times_x @ leaky_relu_backward: slope times x


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, negative_slope * x * grad_output)


# %% everywhere @ leaky_relu_backward: slope everywhere [leaky_relu_backward_slope_on_all]


def leaky_relu_backward(grad_output, x, negative_slope):
    return negative_slope * grad_output


# %% summed @ leaky_relu_backward: sums over the first axis


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.where(x > 0, grad_output, negative_slope * grad_output).sum(0)


# %% mean_at_zero @ leaky_relu_backward: the average of the slopes at zero


def leaky_relu_backward(grad_output, x, negative_slope):
    slopes = torch.where(x > 0, 1.0, negative_slope)
    slopes = torch.where(x == 0, (1 + negative_slope) / 2, slopes)
    return grad_output * slopes


# %% float_slopes @ leaky_relu_backward: slopes in single precision


def leaky_relu_backward(grad_output, x, negative_slope):
    slopes = torch.full(x.shape, negative_slope, dtype=torch.float32)
    return grad_output * slopes.double().masked_fill(x > 0, 1.0)


# %% kernel_of_leaky @ leaky_relu_backward: torch's own


def leaky_relu_backward(grad_output, x, negative_slope):
    return torch.ops.aten.leaky_relu_backward(grad_output, x, negative_slope, False)


# %% output_for_slope @ leaky_relu_backward: x as a factor [leaky_relu_backward_multiplies_by_the_output]


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * torch.max(x, negative_slope * x)


# %% views_out @ relu: a view of the argument, written


def relu(x):
    y = x.view_as(x)
    y[y < 0] = 0
    return y


# %% both @ leaky_relu_backward: 1 + slope where positive


def leaky_relu_backward(grad_output, x, negative_slope):
    return grad_output * (x > 0) + negative_slope * grad_output
