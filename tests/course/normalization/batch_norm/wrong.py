"""Wrong answers to batch_norm."""

# %% running_in_training @ batch_norm: the running statistics always normalise [running_statistics_in_training]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    old_mean, old_var = running_mean, running_var
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - old_mean.view(shape)) / torch.sqrt(old_var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% after_the_update @ batch_norm: normalises with the statistics just updated [updated_statistics_in_training]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - running_mean.view(shape)) / torch.sqrt(running_var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% bessel @ batch_norm: x.var() as it comes, for both [unbiased_variance_normalises]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% biased @ batch_norm: one biased variance for both [running_variance_biased]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% keras_momentum @ batch_norm: momentum for the old value [momentum_swapped]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% whole @ batch_norm: x.mean() and x.var() [over_all_axes]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel()
        mean, var = x.mean(), x.var(unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% pixels @ batch_norm: mean over axis 0 only [over_the_batch_only]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = 0
        m = len(x)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean.view(shape), running_var.view(shape)
    x_hat = (x - mean) / torch.sqrt(var+ eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% layer_norm_ish @ batch_norm: over the features of each sample [over_the_features]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(1, keepdim=True), x.var(1, keepdim=True, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * x.var(1, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias, running_mean, running_var


# %% eps_after @ batch_norm: sqrt(var) + eps [eps_outside_the_root]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / (torch.sqrt(var.view(shape)) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% without_eps @ batch_norm: no eps at all [no_eps]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape))
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% no_affine @ batch_norm: forgets weight and bias [scale_and_shift_missing]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat, running_mean, running_var


# %% stay @ batch_norm: never brought up to date [running_statistics_stay]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% deviation @ batch_norm: running_var from std [running_deviation]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * x.std(dims)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% always_batch @ batch_norm: the batch's statistics in evaluation, running ones right [batch_statistics_in_evaluation]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    dims = (0,) + tuple(range(2, x.dim()))
    mean, var = x.mean(dims), x.var(dims, unbiased=False)
    if training:
        running_mean = torch.lerp(running_mean, mean, momentum)
        running_var = torch.lerp(running_var, x.var(dims), momentum)
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% no_branch @ batch_norm: never asks for training [ignores_training]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    dims = (0,) + tuple(range(2, x.dim()))
    mean, var = x.mean(dims), x.var(dims, unbiased=False)
    running_mean = torch.lerp(running_mean, mean, momentum)
    running_var = torch.lerp(running_var, x.var(dims), momentum)
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% in_place @ batch_norm: no_grad and in place, as torch does [changes_the_callers_statistics]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        with torch.no_grad():
            running_mean.mul_(1 - momentum).add_(momentum * mean)
            running_var.mul_(1 - momentum).add_(momentum * var * m / (m - 1))
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% in_place_attached @ batch_norm: in place, with the graph [changes_the_callers_statistics]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean.mul_(1 - momentum).add_(momentum * mean)
        running_var.mul_(1 - momentum).add_(momentum * var * m / (m - 1))
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% n_minus_one @ batch_norm: N / (N - 1) for images too [images_counted_not_positions]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.shape[0]
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% under_no_grad @ batch_norm: statistics under no_grad [statistics_detached]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        with torch.no_grad():
            mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% last_axis @ batch_norm: weight and bias without a reshape [scales_along_the_last_axis]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight + bias, running_mean, running_var


# %% only_the_mean_moves @ batch_norm: running_var is forgotten


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% keras_eps @ batch_norm: another default eps


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-3):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% tf_momentum @ batch_norm: another default momentum


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.01, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% parenthesis @ batch_norm: (1 - momentum) * running + (1 - momentum * batch)


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + (1 - momentum * mean)
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% order_of_results @ batch_norm: variance before mean


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_var, running_mean


# %% y_only @ batch_norm: returns y alone


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape)


# %% two_results @ batch_norm: leaves running_var out


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean


# %% batch_results @ batch_norm: returns the statistics that normalised


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), mean, var


# %% two_d_only @ batch_norm: works for (N, C) only


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = 0
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% four_d_or_two_d @ batch_norm: knows (N, C) and (N, C, H, W), not three axes


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0, 2, 3) if x.dim() == 4 else 0
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% wrong_three_axes @ batch_norm: axes 0, 1 and 2 of an image


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) if x.dim() == 2 else tuple(range(x.dim() - 1))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% scrambled @ batch_norm: view without a permute


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    rows = x.reshape(-1, x.shape[1])
    mean, var = running_mean, running_var
    if training:
        mean, var = rows.mean(0), rows.var(0, unbiased=False)
        running_mean = torch.lerp(running_mean, mean, momentum)
        running_var = torch.lerp(running_var, rows.var(0), momentum)
    y = (rows - mean) / torch.sqrt(var + eps) * weight + bias
    return y.reshape(x.shape), running_mean, running_var


# %% contiguous_only @ batch_norm: view where a view cannot be


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    rows = x.view(x.shape[0], x.shape[1], -1)
    mean, var = running_mean, running_var
    if training:
        mean, var = rows.mean((0, 2)), rows.var((0, 2), unbiased=False)
        running_mean = torch.lerp(running_mean, mean, momentum)
        running_var = torch.lerp(running_var, rows.var((0, 2)), momentum)
    y = (rows - mean[:, None]) / torch.sqrt(var + eps)[:, None] * weight[:, None] + bias[:, None]
    return y.view(x.shape), running_mean, running_var


# %% eps_in_training_only @ batch_norm: evaluation divides by the bare root [no_eps_in_evaluation]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps * training)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% eps_in_the_running_variance @ batch_norm: eps finds its way into running_var


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        var = var + eps
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + (not training) * eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% unbiased_again_in_evaluation @ batch_norm: corrects the running variance once more


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        n = max(len(x), 2)
        mean, var = running_mean, running_var * n / (n - 1)
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% x_in_place @ batch_norm: normalises the caller's x


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x.data -= mean.view(shape)
    x_hat = x / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% in_float32 @ batch_norm: casts to float32 and back


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.float().mean(dims).double(), x.float().var(dims, unbiased=False).double()
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% momentum_or_default @ batch_norm: momentum 0 is taken for none


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    momentum = momentum or 0.1
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% weight_detached @ batch_norm: weight is read through .data


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.data.view(shape) + bias.view(shape), running_mean, running_var


# %% y_detached @ batch_norm: everything under no_grad


@torch.no_grad()
def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% batch_of_one_is_training_free @ batch_norm: evaluation only if the batch has one sample


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training or len(x) > 1:
        dims = (0,) + tuple(range(2, x.dim()))
        m = x.numel() // x.size(1)
        mean, var = x.mean(dims), x.var(dims, unbiased=False)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    else:
        mean, var = running_mean, running_var
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% the_library @ batch_norm: torch's own, which is forbidden


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    rm, rv = running_mean.clone(), running_var.clone()
    return F.batch_norm(x, rm, rv, weight, bias, training, momentum, eps), rm, rv


# %% the_native_one @ batch_norm: torch's kernel, which is forbidden


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    rm, rv = running_mean.clone(), running_var.clone()
    y, _, _ = torch.native_batch_norm(x, weight, bias, rm, rv, training, momentum, eps)
    return y, rm, rv


# %% instance_norm_of_a_turned_batch @ batch_norm: torch's instance norm, which is forbidden


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    mean, var = running_mean, running_var
    turned = x.transpose(0, 1).reshape(1, x.shape[1], -1)
    if training:
        out = F.instance_norm(turned, eps=eps)
        running_mean = torch.lerp(running_mean, turned.mean((0, 2)), momentum)
        running_var = torch.lerp(running_var, turned.var((0, 2)), momentum)
    else:
        out = (turned - mean[:, None]) / torch.sqrt(var + eps)[:, None]
    out = out * weight[:, None] + bias[:, None]
    return out.reshape(x.transpose(0, 1).shape).transpose(0, 1), running_mean, running_var


# %% std_plus_eps @ batch_norm: x.std() + eps [unbiased_and_eps_outside]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0,) + tuple(range(2, x.dim()))
        mean, std = x.mean(dims), x.std(dims)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * std**2
    else:
        mean, std = running_mean, running_var.sqrt()
    x_hat = (x - mean.view(shape)) / (std.view(shape) + eps)
    return x_hat * weight.view(shape) + bias.view(shape), running_mean, running_var


# %% returned_stats @ batch_norm: returns what normalised [returns_what_normalised]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return _norm(x, running_mean, running_var, weight, bias, eps), running_mean, running_var
    c = x.movedim(1, -1).reshape(-1, x.shape[1])
    m, v = c.mean(0), c.var(0, unbiased=False)
    return _norm(x, m, v, weight, bias, eps), m, v


def _norm(x, m, v, w, b, eps):
    x = x.movedim(1, -1)
    return ((x - m) / torch.sqrt(v + eps) * w + b).movedim(-1, 1)


# %% var_frozen @ batch_norm: forgets running_var [running_variance_stays]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return _norm(x, running_mean, running_var, weight, bias, eps), running_mean, running_var
    c = x.movedim(1, -1).reshape(-1, x.shape[1])
    m, v = c.mean(0), c.var(0, unbiased=False)
    running_mean = (1 - momentum) * running_mean + momentum * m
    return _norm(x, m, v, weight, bias, eps), running_mean, running_var


def _norm(x, m, v, w, b, eps):
    x = x.movedim(1, -1)
    return ((x - m) / torch.sqrt(v + eps) * w + b).movedim(-1, 1)


# %% exchanged @ batch_norm: var before mean [running_statistics_exchanged]


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return _norm(x, running_mean, running_var, weight, bias, eps), running_var, running_mean
    c = x.movedim(1, -1).reshape(-1, x.shape[1])
    m, v = c.mean(0), c.var(0, unbiased=False)
    running_mean = (1 - momentum) * running_mean + momentum * m
    running_var = (1 - momentum) * running_var + momentum * c.var(0)
    return _norm(x, m, v, weight, bias, eps), running_var, running_mean


def _norm(x, m, v, w, b, eps):
    x = x.movedim(1, -1)
    return ((x - m) / torch.sqrt(v + eps) * w + b).movedim(-1, 1)


# %% momentum_none @ batch_norm: falsy momentum is the default


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    momentum = momentum or 0.1
    if not training:
        return _norm(x, running_mean, running_var, weight, bias, eps), running_mean, running_var
    c = x.movedim(1, -1).reshape(-1, x.shape[1])
    m, v = c.mean(0), c.var(0, unbiased=False)
    running_mean = (1 - momentum) * running_mean + momentum * m
    running_var = (1 - momentum) * running_var + momentum * c.var(0)
    return _norm(x, m, v, weight, bias, eps), running_mean, running_var


def _norm(x, m, v, w, b, eps):
    x = x.movedim(1, -1)
    return ((x - m) / torch.sqrt(v + eps) * w + b).movedim(-1, 1)


# %% paren @ batch_norm: 1 - momentum * batch


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return _norm(x, running_mean, running_var, weight, bias, eps), running_mean, running_var
    c = x.movedim(1, -1).reshape(-1, x.shape[1])
    m, v = c.mean(0), c.var(0, unbiased=False)
    running_mean = momentum * running_mean + (1 - momentum * m)
    running_var = momentum * running_var + (1 - momentum * c.var(0))
    return _norm(x, m, v, weight, bias, eps), running_mean, running_var


def _norm(x, m, v, w, b, eps):
    x = x.movedim(1, -1)
    return ((x - m) / torch.sqrt(v + eps) * w + b).movedim(-1, 1)
