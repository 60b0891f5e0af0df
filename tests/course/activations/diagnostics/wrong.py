"""Wrong answers to diagnostics."""


# %% sparsity @ dead_fraction: entries [share_of_silent_entries]


def dead_fraction(pre_activations):
    return (pre_activations <= 0).float().mean().item()


# %% rows @ dead_fraction: axis of units [share_of_silent_samples]


def dead_fraction(pre_activations):
    return (torch.relu(pre_activations).sum(1) == 0).double().mean().item()


# %% any_sample @ dead_fraction: any for all [silent_once]


def dead_fraction(pre_activations):
    return (pre_activations.amin(0) <= 0).double().mean().item()


# %% strict @ dead_fraction: below 0 [strictly_negative]


def dead_fraction(pre_activations):
    return (pre_activations.amax(0) < 0).double().mean().item()


# %% equal @ dead_fraction: zero before the ReLU [exactly_zero]


def dead_fraction(pre_activations):
    return (pre_activations.abs().sum(0) == 0).double().mean().item()


# %% alive @ dead_fraction: share that fires [share_that_fires]


def dead_fraction(pre_activations):
    return (pre_activations.max(0).values > 0).float().mean().item()


# %% on_average @ dead_fraction: mean not positive [silent_on_average]


def dead_fraction(pre_activations):
    return (pre_activations.sum(0) <= 0).double().mean().item()


# %% count @ dead_fraction: number of units [number_of_dead_units]


def dead_fraction(pre_activations):
    return float((pre_activations.amax(0) <= 0).sum().item())


# %% over_samples @ dead_fraction: wrong divisor [divided_by_samples]


def dead_fraction(pre_activations):
    return (pre_activations <= 0).all(0).sum().item() / pre_activations.size(0)


# %% squeezed @ dead_fraction: axis of one sample lost [axes_squeezed]


def dead_fraction(pre_activations):
    values = torch.squeeze(pre_activations)
    return (values <= 0).all(0).double().mean().item()


# %% percent @ dead_fraction: a percentage


def dead_fraction(pre_activations):
    return 100 * (pre_activations <= 0).all(0).double().mean().item()


# %% tensor @ dead_fraction: a tensor for a float


def dead_fraction(pre_activations):
    return (pre_activations <= 0).all(0).double().mean()


# %% first_sample @ dead_fraction: looks at one sample


def dead_fraction(pre_activations):
    return (pre_activations[0] <= 0).double().mean().item()


# %% majority @ dead_fraction: silent for more than half


def dead_fraction(pre_activations):
    return ((pre_activations <= 0).double().mean(0) > 0.5).double().mean().item()


# %% rounded @ dead_fraction: two digits


def dead_fraction(pre_activations):
    return round((pre_activations <= 0).all(0).double().mean().item(), 2)


# %% whole @ dead_fraction: integer division [all_units_or_none]


def dead_fraction(pre_activations):
    return (pre_activations <= 0).all(0).sum().item() // pre_activations.shape[1]


# %% nearly @ dead_fraction: a tolerance of 0.15


def dead_fraction(pre_activations):
    return (pre_activations <= 0.15).all(0).double().mean().item()


# %% overwrites @ dead_fraction: applies ReLU in place


def dead_fraction(pre_activations):
    pre_activations.clamp_(min=0)
    return (pre_activations == 0).all(0).double().mean().item()


# %% contiguous @ dead_fraction: reads the storage of a view


def dead_fraction(pre_activations):
    values = torch.as_strided(pre_activations, pre_activations.shape, (pre_activations.shape[1], 1))
    return (values <= 0).all(0).double().mean().item()


# %% all_or_nothing @ dead_fraction: whole layer [all_units_or_none]


def dead_fraction(pre_activations):
    return float((pre_activations <= 0).all())


# %% median @ dead_fraction: silent in the median


def dead_fraction(pre_activations):
    return (pre_activations.median(0).values <= 0).double().mean().item()


# %% last_left_out @ dead_fraction: the last sample is not looked at


def dead_fraction(pre_activations):
    return (pre_activations[:-1] <= 0).all(0).double().mean().item()


# %% last_unit @ dead_fraction: the last unit is not counted


def dead_fraction(pre_activations):
    return (pre_activations[:, :-1] <= 0).all(0).sum().item() / pre_activations.shape[1]


# %% bare @ saturated_fraction: no sigmoid [sigmoid_left_out]


def saturated_fraction(x, threshold):
    return ((x <= threshold) | (x >= 1 - threshold)).float().mean().item()


# %% above @ saturated_fraction: near 1 only [only_near_one]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (1 - y <= threshold).double().mean().item()


# %% below @ saturated_fraction: near 0 only [only_near_zero]


def saturated_fraction(x, threshold):
    return ((1 / (1 + torch.exp(-x))) <= threshold).double().mean().item()


# %% strictly @ saturated_fraction: less than [strictly_within]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (torch.minimum(y, 1 - y) < threshold).double().mean().item()


# %% twice @ saturated_fraction: sum of two shares [counted_at_both_ends]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (y <= threshold).double().mean().item() + (y >= 1 - threshold).double().mean().item()


# %% slope @ saturated_fraction: derivative [small_slope]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (y - y * y <= threshold).double().mean().item()


# %% unsaturated @ saturated_fraction: the rest [share_that_is_not_saturated]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return 1 - (torch.minimum(y, 1 - y) <= threshold).double().mean().item()


# %% units @ saturated_fraction: units with any [share_of_units_ever_saturated]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (torch.minimum(y, 1 - y).amin(0) <= threshold).double().mean().item()


# %% halved @ saturated_fraction: half the threshold [half_the_threshold]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y - 0.5).abs() >= 0.5 - threshold / 2).double().mean().item()


# %% hyperbolic @ saturated_fraction: tanh [tanh_instead]


def saturated_fraction(x, threshold):
    return (1 - torch.tanh(x).abs() <= threshold).double().mean().item()


# %% size @ saturated_fraction: |x| against the threshold


def saturated_fraction(x, threshold):
    return (x.abs() >= threshold).double().mean().item()


# %% all_samples @ saturated_fraction: units saturated for all samples


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (torch.minimum(y, 1 - y) <= threshold).all(0).double().mean().item()


# %% swapped @ saturated_fraction: far from the ends by threshold


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y >= threshold) | (y <= 1 - threshold)).double().mean().item()


# %% and_for_or @ saturated_fraction: both ends at once


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y <= threshold) & (y >= 1 - threshold)).double().mean().item()


# %% both_strict @ saturated_fraction: strict at both ends [strictly_within]


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y < threshold) | (y > 1 - threshold)).double().mean().item()


# %% sigmoid_twice @ saturated_fraction: of the sigmoid


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    y = torch.sigmoid(y)
    return ((y <= threshold) | (y >= 1 - threshold)).double().mean().item()


# %% fixed @ saturated_fraction: threshold 0.05


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y <= 0.05) | (y >= 0.95)).double().mean().item()


# %% counted @ saturated_fraction: number for share


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return float(((y <= threshold) | (y >= 1 - threshold)).sum())


# %% per_sample @ saturated_fraction: divides by the samples


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y <= threshold) | (y >= 1 - threshold)).sum().item() / len(x)


# %% zero_d @ saturated_fraction: a tensor


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y <= threshold) | (y >= 1 - threshold)).double().mean()


# %% double_threshold @ saturated_fraction: twice the threshold


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return ((y <= 2 * threshold) | (y >= 1 - 2 * threshold)).double().mean().item()


# %% in_place @ saturated_fraction: overwrites x


def saturated_fraction(x, threshold):
    y = x.sigmoid_()
    return ((y <= threshold) | (y >= 1 - threshold)).double().mean().item()


# %% mean_first @ saturated_fraction: averages over samples first


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x).mean(0)
    return ((y <= threshold) | (y >= 1 - threshold)).double().mean().item()


# %% root @ saturated_fraction: threshold of the slope's root


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return (torch.sqrt(y * (1 - y)) <= threshold).double().mean().item()


# %% rounded_share @ saturated_fraction: three digits


def saturated_fraction(x, threshold):
    y = torch.sigmoid(x)
    return round(((y <= threshold) | (y >= 1 - threshold)).double().mean().item(), 3)


# %% mean_of_relu @ dead_fraction: mean output below a threshold


def dead_fraction(pre_activations):
    return (torch.relu(pre_activations).mean(0) < 0.01).double().mean().item()


# %% first_and_last @ dead_fraction: looks at two samples


def dead_fraction(pre_activations):
    ends = torch.stack([pre_activations[0], pre_activations[-1]])
    return (ends <= 0).all(0).double().mean().item()
