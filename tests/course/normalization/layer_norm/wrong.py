"""Wrong answers to layer_norm."""

import warnings

# %% bessel @ layer_norm: x.var() as it comes [unbiased_variance]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    return (x - x.mean(dims, keepdim=True)) / torch.sqrt(
        x.var(dims, keepdim=True) + eps
    ) * weight + bias


# %% the_annotated_one @ layer_norm: std plus eps, for one axis [unbiased_and_eps_outside]


def layer_norm(x, weight, bias, eps=1e-5):
    mean = x.mean(-1, keepdim=True)
    std = x.std(-1, keepdim=True)
    return weight * (x - mean) / (std + eps) + bias


# %% batch_axis @ layer_norm: statistics over axis 0 [over_the_batch]


def layer_norm(x, weight, bias, eps=1e-5):
    mean = x.mean(dim=0)
    var = x.var(dim=0, unbiased=False)
    return weight * (x - mean) / torch.sqrt(var + eps) + bias


# %% whole_tensor @ layer_norm: mean() and var() without axes [over_all_axes]


def layer_norm(x, weight, bias, eps=1e-5):
    return weight * (x - x.mean()) / torch.sqrt(x.var(unbiased=False) + eps) + bias


# %% time_and_features @ layer_norm: all axes but the first [over_all_but_the_batch]


def layer_norm(x, weight, bias, eps=1e-5):
    mean = x.mean((1, 2), keepdim=True)
    var = x.var((1, 2), keepdim=True, unbiased=False)
    return (x - mean) / (var + eps) ** 0.5 * weight + bias


# %% one_axis @ layer_norm: dim=-1 whatever weight's shape [only_the_last_axis]


def layer_norm(x, weight, bias, eps=1e-5):
    mean = x.mean(dim=-1, keepdim=True)
    var = x.var(dim=-1, keepdim=True, unbiased=False)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% eps_after @ layer_norm: sqrt(var) + eps [eps_outside_the_root]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    std = x.std(dims, keepdim=True, unbiased=False)
    return (x - x.mean(dims, keepdim=True)) / (std + eps) * weight + bias


# %% without_eps @ layer_norm: divides by the bare deviation [no_eps]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    std = x.std(dims, keepdim=True, unbiased=False)
    return (x - x.mean(dims, keepdim=True)) / std * weight + bias


# %% variance @ layer_norm: no root [divides_by_the_variance]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / (var + eps) * weight + bias


# %% rms @ layer_norm: RMSNorm with a bias [root_mean_square]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    return x * torch.rsqrt(x.pow(2).mean(dims, keepdim=True) + eps) * weight + bias


# %% no_affine @ layer_norm: forgets weight and bias [scale_and_shift_missing]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps)


# %% parenthesis @ layer_norm: weight multiplies the sum [shift_before_scale]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return weight * ((x - mean) / torch.sqrt(var + eps) + bias)


# %% under_no_grad @ layer_norm: statistics under no_grad [statistics_detached]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    with torch.no_grad():
        var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% bert_eps @ layer_norm: another default [default_of_1e_12]


def layer_norm(x, weight, bias, eps=1e-12):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% literal_eps @ layer_norm: eps typed in [eps_is_fixed]


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + 0.00001) * weight + bias


# %% eps_as_floor @ layer_norm: the variance is at least eps, instead of eps more


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var.clamp(min=eps)) * weight + bias


# %% eps_squared @ layer_norm: eps is squared under the root


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps**2) * weight + bias


# %% eps_twice @ layer_norm: under the root and outside


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / (torch.sqrt(var + eps) + eps) * weight + bias


# %% constant_rows_are_nan @ layer_norm: eps only if another one is given


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    var = var if eps == 1e-5 else var + eps
    return (x - mean) / torch.sqrt(var) * weight + bias


# %% overwrites_x @ layer_norm: centres the caller's tensor


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x.detach(), dims, correction=0, keepdim=True)
    x.data -= mean
    return x / torch.sqrt(var + eps) * weight + bias


# %% overwrites_out @ layer_norm: values right, but x comes back normalised


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    out = (x - mean) / torch.sqrt(var + eps)
    x.data.copy_(out)
    return out * weight + bias


# %% contiguous_only @ layer_norm: view instead of reshape


def layer_norm(x, weight, bias, eps=1e-5):
    rows = x.view(-1, weight.numel())
    var, mean = torch.var_mean(rows, 1, correction=0, keepdim=True)
    return ((rows - mean) / torch.sqrt(var + eps)).view(x.shape) * weight + bias


# %% scrambles_views @ layer_norm: reads the storage of a transposed view in the wrong order


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    y = x if x.is_contiguous() else x.transpose(-1, -2).contiguous().reshape(x.shape)
    var, mean = torch.var_mean(y, dims, correction=0, keepdim=True)
    return (y - mean) / torch.sqrt(var + eps) * weight + bias


# %% squeezes @ layer_norm: loses axes of length one


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return ((x - mean) / torch.sqrt(var + eps) * weight + bias).squeeze()


# %% two_axes_at_most @ layer_norm: knows (D,) and (H, W), not (C, H, W)


def layer_norm(x, weight, bias, eps=1e-5):
    dims = (-2, -1) if weight.dim() > 1 else (-1,)
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% needs_a_batch @ layer_norm: a single position is taken for a batch


def layer_norm(x, weight, bias, eps=1e-5):
    if x.dim() == weight.dim():
        return x * weight + bias
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% no_keepdim @ layer_norm: statistics lose their axis, which only square inputs survive


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    mean, var = x.mean(dims), x.var(dims, unbiased=False)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% in_float32 @ layer_norm: casts to float32 and back


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x.float(), dims, correction=0, keepdim=True)
    return ((x - mean) / torch.sqrt(var + eps) * weight + bias).double()


# %% weight_detached @ layer_norm: weight is read through .data


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * weight.data + bias


# %% the_library @ layer_norm: torch's own, which is forbidden


def layer_norm(x, weight, bias, eps=1e-5):
    return F.layer_norm(x, weight.shape, weight, bias, eps)


# %% a_library_module @ layer_norm: torch's group norm with one group


def layer_norm(x, weight, bias, eps=1e-5):
    rows = x.reshape(-1, weight.numel())
    with warnings.catch_warnings():
        out = nn.GroupNorm(1, rows.shape[1], eps, affine=False)(rows)
    return out.reshape(x.shape) * weight + bias


# %% axis_one @ layer_norm: normalises over time [over_time]


def layer_norm(x, weight, bias, eps=1e-5):
    var, mean = torch.var_mean(x, 1, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


# %% median @ layer_norm: centres on the median


def layer_norm(x, weight, bias, eps=1e-5):
    shape, x = x.shape, x.reshape(-1, weight.numel())
    centred = x - x.median(1, keepdim=True).values
    var = x.var(1, keepdim=True, unbiased=False)
    return (centred / torch.sqrt(var + eps)).reshape(shape) * weight + bias


# %% clamp_floor @ layer_norm: maximum [eps_as_a_floor]


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    v, m = torch.var_mean(x, axes, unbiased=False, keepdim=True)
    return (x - m) / torch.sqrt(torch.clamp(v, min=eps)) * weight + bias


# %% l2norm @ layer_norm: divides by the length, not the deviation


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    c = x - x.mean(axes, keepdim=True)
    return c / (c.pow(2).sum(axes, keepdim=True) + eps).sqrt() * weight + bias


# %% only_center @ layer_norm: never divides [only_centred]


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    return (x - x.mean(axes, keepdim=True)) * weight + bias


# %% weight_plus_one @ layer_norm: 1 + weight


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    v, m = torch.var_mean(x, axes, unbiased=False, keepdim=True)
    return (x - m) / torch.sqrt(v + eps) * (1 + weight) + bias


# %% bias_detached @ layer_norm: bias through item


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    v, m = torch.var_mean(x, axes, unbiased=False, keepdim=True)
    return (x - m) / torch.sqrt(v + eps) * weight + torch.tensor(bias.tolist())


# %% instance_like @ layer_norm: uses last axis only for 1-D else all


def layer_norm(x, weight, bias, eps=1e-5):
    axes = (-1,) if weight.dim() == 1 else tuple(range(1, x.dim()))
    v, m = torch.var_mean(x, axes, unbiased=False, keepdim=True)
    return (x - m) / torch.sqrt(v + eps) * weight + bias


# %% unb @ layer_norm: Bessel [unbiased_variance]


def layer_norm(x, weight, bias, eps=1e-5):
    axes = tuple(range(-weight.dim(), 0))
    v, m = torch.var_mean(x, axes, keepdim=True)
    return (x - m) / torch.sqrt(v + eps) * weight + bias
