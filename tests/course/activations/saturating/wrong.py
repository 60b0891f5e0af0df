"""Wrong answers to saturating."""

import torch.nn.functional as F
from torch import nn

# %% exp_over_exp @ sigmoid: exp(x) over 1 + exp(x) [sigmoid_overflows]


def sigmoid(x):
    e = x.exp()
    return e / (e + 1)


# %% textbook @ sigmoid: 1 / (1 + exp(-x)) [sigmoid_gradient_overflows]


def sigmoid(x):
    return torch.reciprocal(1 + torch.exp(-x))


# %% where_trap @ sigmoid: both branches are computed [sigmoid_where_passes_nan]


def sigmoid(x):
    return torch.where(x >= 0, 1 / (1 + torch.exp(-x)), torch.exp(x) / (1 + torch.exp(x)))


# %% through_abs @ sigmoid: gradient lost at zero [sigmoid_gradient_lost_at_zero]


def sigmoid(x):
    e = torch.exp(-abs(x))
    return torch.where(x < 0, e / (1 + e), 1 / (1 + e))


# %% falling @ sigmoid: sign of the exponent [sigmoid_mirrored]


def sigmoid(x):
    return 1 / (1 + torch.exp(x.clamp(-300, 300)))


# %% no_grad @ sigmoid: under no_grad [sigmoid_detached]


@torch.no_grad()
def sigmoid(x):
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))


# %% clamps_early @ sigmoid: clamps at ten


def sigmoid(x):
    return 1 / (1 + torch.exp(-x.clamp(-10, 10)))


# %% clamps_at_twenty @ sigmoid: clamps where it is 2e-9 away from 0 and 1


def sigmoid(x):
    return 1 / (1 + torch.exp(-x.clamp(-20, 20)))


# %% clamps_below_only @ sigmoid: exp(x) over 1 + exp(x), clamped on the wrong side


def sigmoid(x):
    e = torch.exp(x.clamp(min=-500))
    return e / (1 + e)


# %% nan_to_one @ sigmoid: replaces NaN in the values, not in the gradients [sigmoid_nan_replaced]


def sigmoid(x):
    e = torch.exp(x)
    return torch.nan_to_num(e / (1 + e), nan=1.0)


# %% kept_away @ sigmoid: keeps the values inside (0, 1) by 1e-7


def sigmoid(x):
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x)).clamp(1e-7, 1 - 1e-7)


# %% in_place @ sigmoid: overwrites x


def sigmoid(x):
    y = 1 / (1 + torch.exp(-x.clamp(-300, 300)))
    x.data.copy_(y)
    return y


# %% in_float32 @ sigmoid: computes in single precision


def sigmoid(x):
    y = x.float().clamp(-80, 80)
    return (1 / (1 + torch.exp(-y))).double()


# %% clamped_twice @ sigmoid: two clamps that both pass the gradient at zero


def sigmoid(x):
    low, high = torch.exp(x.clamp(max=0)), torch.exp(-x.clamp(min=0))
    return low / (low + high)


# %% transposed_views @ sigmoid: reads a view in the order of its storage


def sigmoid(x):
    flat = torch.as_strided(x, (x.numel(),), (1,)) if x.dim() == 2 else x
    return torch.exp(-torch.logaddexp(torch.zeros(()), -flat)).reshape(x.shape)


# %% library @ sigmoid: torch.sigmoid


def sigmoid(x):
    return torch.sigmoid(x)


# %% functional @ sigmoid: F.sigmoid


def sigmoid(x):
    return F.sigmoid(x)


# %% method @ sigmoid: the method


def sigmoid(x):
    return x.sigmoid()


# %% module @ sigmoid: the module


def sigmoid(x):
    return nn.Sigmoid()(x)


# %% aten @ sigmoid: the operator itself


def sigmoid(x):
    return torch.ops.aten.sigmoid.default(x)


# %% expit @ sigmoid: its other name


def sigmoid(x):
    return torch.special.expit(x)


# %% by_softmax @ sigmoid: softmax of two


def sigmoid(x):
    return torch.stack([x, torch.zeros_like(x)]).softmax(0)[0]


# %% by_softplus @ sigmoid: exp of minus softplus


def sigmoid(x):
    return torch.exp(-F.softplus(-x))


# %% by_logsigmoid @ sigmoid: exp of logsigmoid


def sigmoid(x):
    return F.logsigmoid(x).exp()


# %% by_glu @ sigmoid: a gated one


def sigmoid(x):
    return F.glu(torch.cat([torch.ones_like(x), x], -1), -1)


# %% by_silu @ sigmoid: x sigmoid(x) over x


def sigmoid(x):
    return torch.where(x == 0, 0.5, F.silu(x) / torch.where(x == 0, 1.0, x))


# %% by_tanh @ sigmoid: from torch.tanh


def sigmoid(x):
    return 0.5 * (1 + torch.tanh(x / 2))


# %% squashed_twice @ sigmoid_backward: output taken for x [sigmoid_backward_squashes_again]


def sigmoid_backward(grad_output, output):
    s = 1 / (1 + torch.exp(-output))
    return grad_output * s * (1 - s)


# %% one_factor @ sigmoid_backward: 1 - output only [sigmoid_backward_one_minus_output]


def sigmoid_backward(grad_output, output):
    return (1 - output) * grad_output


# %% local_only @ sigmoid_backward: no upstream [sigmoid_backward_ignores_grad_output]


def sigmoid_backward(grad_output, output):
    return output - output**2


# %% like_tanh @ sigmoid_backward: derivative of tanh [sigmoid_backward_of_tanh]


def sigmoid_backward(grad_output, output):
    return grad_output - grad_output * output * output


# %% sign @ sigmoid_backward: falls [sigmoid_backward_negative]


def sigmoid_backward(grad_output, output):
    return -grad_output * output * (1 - output)


# %% detached @ sigmoid_backward: cut [sigmoid_backward_detached]


def sigmoid_backward(grad_output, output):
    return (grad_output * output * (1 - output)).data


# %% half_detached @ sigmoid_backward: output only is cut


def sigmoid_backward(grad_output, output):
    y = output.detach()
    return grad_output * y * (1 - y)


# %% summed @ sigmoid_backward: sums over the batch


def sigmoid_backward(grad_output, output):
    return (grad_output * output * (1 - output)).sum(0)


# %% averaged @ sigmoid_backward: divides by the number of elements


def sigmoid_backward(grad_output, output):
    return grad_output * output * (1 - output) / output.shape[0]


# %% added @ sigmoid_backward: adds the upstream gradient


def sigmoid_backward(grad_output, output):
    return grad_output + output * (1 - output)


# %% precedence @ sigmoid_backward: parentheses missing


def sigmoid_backward(grad_output, output):
    return grad_output * output * 1 - output


# %% overwrites @ sigmoid_backward: in place on grad_output


def sigmoid_backward(grad_output, output):
    result = grad_output * output * (1 - output)
    grad_output.data.copy_(result)
    return result


# %% absolute @ sigmoid_backward: loses the sign of the upstream gradient


def sigmoid_backward(grad_output, output):
    return grad_output.abs() * output * (1 - output)


# %% kernel @ sigmoid_backward: torch's own


def sigmoid_backward(grad_output, output):
    return torch.ops.aten.sigmoid_backward(grad_output, output)


# %% definition @ tanh: as it is written in books [tanh_overflows]


def tanh(x):
    a, b = torch.exp(x), torch.exp(-x)
    return (a - b) / (a + b)


# %% one_exp @ tanh: exp(2x) - 1 over exp(2x) + 1 [tanh_overflows_above]


def tanh(x):
    e = torch.exp(2 * x)
    return (e - 1) / (e + 1)


# %% two_over @ tanh: 2 / (1 + exp(-2x)) - 1 [tanh_gradient_overflows]


def tanh(x):
    return 2 * (1 / (1 + torch.exp(-2 * x))) - 1


# %% where_trap_of_tanh @ tanh: both branches are computed [tanh_where_passes_nan]


def tanh(x):
    a, b = torch.exp(-2 * x), torch.exp(2 * x)
    return torch.where(x > 0, (1 - a) / (1 + a), (b - 1) / (b + 1))


# %% through_sign @ tanh: gradient lost at zero [tanh_gradient_lost_at_zero]


def tanh(x):
    e = torch.exp(-2 * torch.abs(x))
    return torch.sign(x) * ((1 - e) / (1 + e))


# %% half @ tanh: the factor inside [tanh_of_half]


def tanh(x):
    return 2 / (1 + torch.exp(-x.clamp(-300, 300))) - 1


# %% detached_tanh @ tanh: .data [tanh_detached]


def tanh(x):
    return 2 * sigmoid(2 * x.data) - 1


# %% not_shifted @ tanh: forgets to subtract 1


def tanh(x):
    return 2 * sigmoid(2 * x)


# %% halved_outside @ tanh: sigmoid(2x) - 1


def tanh(x):
    return sigmoid(2 * x) - 1


# %% sign_of_tanh @ tanh: falls


def tanh(x):
    return 1 - 2 * sigmoid(2 * x)


# %% patched @ tanh: NaN replaced by 1, on both sides [tanh_nan_replaced]


def tanh(x):
    a, b = torch.exp(x), torch.exp(-x)
    return torch.nan_to_num((a - b) / (a + b), nan=1.0)


# %% clamps_at_five @ tanh: clamps too early


def tanh(x):
    e = torch.exp(2 * x.clamp(-5, 5))
    return (e - 1) / (e + 1)


# %% clamps_above @ tanh: clamps one side only


def tanh(x):
    z = x.clamp(max=300)
    return (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))


# %% hard @ tanh: a straight line with ends


def tanh(x):
    return x.clamp(-1, 1)


# %% library_tanh @ tanh: torch.tanh


def tanh(x):
    return torch.tanh(x)


# %% in_place_method @ tanh: the in-place method on a copy


def tanh(x):
    return x.clone().tanh_()


# %% module_tanh @ tanh: the module


def tanh(x):
    return nn.Tanh()(x)


# %% from_the_library @ tanh: from torch.sigmoid


def tanh(x):
    return 2 * torch.sigmoid(2 * x) - 1


# %% recurrent_kernel @ tanh: a recurrent cell with the identity for a weight


def tanh(x):
    flat = x.reshape(-1, 1)
    one, none = torch.ones(1, 1), torch.zeros(1, 1)
    return torch.rnn_tanh_cell(flat, torch.zeros_like(flat), one, none).reshape(x.shape)


# %% squashed_again @ tanh_backward: output taken for x [tanh_backward_squashes_again]


def tanh_backward(grad_output, output):
    e = torch.exp(-2 * output)
    return grad_output * (1 - ((1 - e) / (1 + e)) ** 2)


# %% no_square @ tanh_backward: 1 - output [tanh_backward_without_square]


def tanh_backward(grad_output, output):
    return grad_output * (1.0 - output)


# %% local @ tanh_backward: no upstream [tanh_backward_ignores_grad_output]


def tanh_backward(grad_output, output):
    return 1 - output * output


# %% like_sigmoid @ tanh_backward: derivative of the sigmoid [tanh_backward_of_sigmoid]


def tanh_backward(grad_output, output):
    return sigmoid_backward(grad_output, output)


# %% parentheses @ tanh_backward: missing [tanh_backward_without_parentheses]


def tanh_backward(grad_output, output):
    return grad_output * 1 - output * output


# %% under_no_grad @ tanh_backward: cut [tanh_backward_detached]


def tanh_backward(grad_output, output):
    with torch.no_grad():
        return grad_output * (1 - output**2)


# %% plus @ tanh_backward: 1 + output squared


def tanh_backward(grad_output, output):
    return grad_output * (1 + output**2)


# %% squared_outside @ tanh_backward: the square of 1 - output [tanh_backward_squares_the_difference]


def tanh_backward(grad_output, output):
    return grad_output * (1 - output) ** 2


# %% squared_upstream @ tanh_backward: the square takes the upstream gradient along


def tanh_backward(grad_output, output):
    return grad_output - (grad_output * output) ** 2


# %% magnitude @ tanh_backward: 1 - |output|


def tanh_backward(grad_output, output):
    return grad_output * (1 - output.abs())


# %% fourth @ tanh_backward: squares twice


def tanh_backward(grad_output, output):
    return grad_output * (1 - output.square() ** 2)


# %% overwrites_output @ tanh_backward: squares the output in place


def tanh_backward(grad_output, output):
    y = output.clone()
    output.data.mul_(output.data)
    return grad_output * (1 - y * y)


# %% kernel_of_tanh @ tanh_backward: torch's own


def tanh_backward(grad_output, output):
    return torch.ops.aten.tanh_backward(grad_output, output)


# %% masked_fill_after @ sigmoid: sets the far ends afterwards


def sigmoid(x):
    y = 1 / (1 + torch.exp(-x))
    return y.masked_fill(x < -700, 0.0)


# %% strict_where @ sigmoid: zero at x = 0 falls between the branches


def sigmoid(x):
    y = torch.zeros_like(x)
    up, down = x > 0, x < 0
    y[up] = 1 / (1 + torch.exp(-x[up]))
    e = torch.exp(x[down])
    y[down] = e / (1 + e)
    return y


# %% far_by_sign @ tanh: sign beyond 20, through where


def tanh(x):
    return torch.where(x.abs() > 20, x.sign(), (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1))
