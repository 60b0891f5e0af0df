# %% variance_factor @ gain: no square root [gain_without_the_root]
def gain(nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": 2.0}
    if nonlinearity == "leaky_relu":
        return 2 / (1 + negative_slope**2)
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% root_for_relu_only @ gain: leaky_relu without its root
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity == "leaky_relu":
        return 2 / (1 + negative_slope**2)
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": 2.0**0.5}
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% tanh_one @ gain: tanh like linear [gain_of_tanh_is_one]
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity in ("linear", "sigmoid", "tanh"):
        return 1.0
    if nonlinearity == "relu":
        return math.sqrt(2)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + negative_slope**2))
    raise ValueError(nonlinearity)


# %% tanh_rounded @ gain: 5/3 rounded to 1.67
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity == "tanh":
        return 1.67
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    if nonlinearity == "relu":
        return math.sqrt(2)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + negative_slope**2))
    raise ValueError(nonlinearity)


# %% five_floor_three @ gain: integer division of 5 by 3 [gain_of_tanh_is_one]
def gain(nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": float(5 // 3), "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + negative_slope**2))
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% sigmoid_like_tanh @ gain: sigmoid has tanh's gain
def gain(nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "sigmoid": 5 / 3, "tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + negative_slope**2))
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% relu_takes_slope @ gain: relu depends on the slope [gain_of_relu_with_a_slope]
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity.endswith("relu"):
        return math.sqrt(2 / (1 + negative_slope**2))
    if nonlinearity == "tanh":
        return 5 / 3
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    raise ValueError(nonlinearity)


# %% slope_ignored @ gain: leaky_relu is relu [gain_ignores_the_slope]
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity in ("relu", "leaky_relu"):
        return math.sqrt(2)
    if nonlinearity == "tanh":
        return 5 / 3
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    raise ValueError(nonlinearity)


# %% slope_fixed @ gain: the slope is always 0.01
def gain(nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + 0.01**2))
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% wrong_default @ gain: the default slope is 0
def gain(nonlinearity, negative_slope=0.0):
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + negative_slope**2))
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% slope_not_squared @ gain: 1 + a [gain_with_the_plain_slope]
def gain(nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + negative_slope))
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% zero_is_default @ gain: a slope of 0 is taken for none [gain_takes_zero_for_no_slope]
def gain(nonlinearity, negative_slope=None):
    slope = negative_slope or 0.01
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in gains:
        raise ValueError(nonlinearity)
    return gains[nonlinearity]


# %% anything_goes @ gain: 1 for unknown names [gain_of_anything]
def gain(nonlinearity, negative_slope=0.01):
    gains = {"tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + negative_slope**2))
    return gains.get(nonlinearity, 1.0)


# %% key_error @ gain: KeyError for unknown names [gain_lets_a_key_error_out]
def gain(nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + negative_slope**2))
    return gains[nonlinearity]


# %% none_for_unknown @ gain: unknown names fall through
def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    if nonlinearity == "tanh":
        return 5 / 3
    if nonlinearity == "relu":
        return math.sqrt(2)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + negative_slope**2))


# %% assertion @ gain: an assertion instead of a ValueError
def gain(nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}
    gains["leaky_relu"] = math.sqrt(2 / (1 + negative_slope**2))
    assert nonlinearity in gains
    return gains[nonlinearity]


# %% fans_swapped @ kaiming_uniform: shape[0] is taken for the inputs [uniform_swaps_the_fans]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    swapped = (shape[1], shape[0], *shape[2:])
    b = math.sqrt(3) * deviation(swapped, mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% no_gain @ kaiming_uniform: sqrt(3 / fan) [uniform_leaves_the_gain_out]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, 1.0)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% xavier @ kaiming_uniform: sqrt(6 / (fan_in + fan_out)) [uniform_is_xavier]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(6 / ((shape[0] + shape[1]) * prod(shape[2:])))
    return torch.rand(shape, generator=generator) * 2 * b - b


# %% std_as_bound @ kaiming_uniform: no sqrt(3) [uniform_takes_the_std_for_the_bound]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = deviation(shape, mode, negative_slope)
    return (torch.rand(shape, generator=generator) - 0.5) * 2 * b


# %% half_range @ kaiming_uniform: (rand - 0.5) times b, so half the range
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return (torch.rand(shape, generator=generator) - 0.5) * b


# %% linears_default @ kaiming_uniform: 1 / sqrt(fan) [uniform_is_the_default_of_linear]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, math.sqrt(5))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% normal_instead @ kaiming_uniform: randn [uniform_draws_a_normal]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.randn(shape, generator=generator) * deviation(shape, mode, negative_slope)


# %% positive @ kaiming_uniform: rand times b [uniform_is_never_negative]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.rand(shape, generator=generator) * b


# %% clipped_normal @ kaiming_uniform: a normal clamped to the bounds
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return (torch.randn(shape, generator=generator) * b / math.sqrt(3)).clamp(-b, b)


# %% no_kernel @ kaiming_uniform: the kernel is left out [uniform_leaves_the_kernel_out]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape[:2], mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% first_kernel_axis @ kaiming_uniform: only the first kernel axis counts
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape[:3], mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% square_kernels @ kaiming_uniform: the kernel is taken for a square
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    square = (*shape[:2], shape[2] ** 2) if len(shape) == 4 else shape
    b = math.sqrt(3) * deviation(square, mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% mode_unused @ kaiming_uniform: always fan_in [uniform_ignores_the_mode]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    b = math.sqrt(3) * deviation(shape, "fan_in", negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% kernel_not_in_fan_out @ kaiming_uniform: fan_out without the kernel
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    used = shape[:2] if mode == "fan_out" else shape
    b = math.sqrt(3) * deviation(used, mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% slope_unused @ kaiming_uniform: always a ReLU [uniform_ignores_the_slope]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, 0.0)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% mode_not_checked @ kaiming_uniform: other modes mean fan_out [uniform_takes_any_mode]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode if mode == "fan_in" else "fan_out", negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% no_generator @ kaiming_uniform: generator not used [uniform_ignores_the_generator]
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b)


# %% seeds_globally @ kaiming_uniform: seeds the global generator by a draw
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    if generator is not None:
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
    return torch.empty(shape).uniform_(-b, b)


# %% needs_generator @ kaiming_uniform: fails without a generator
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    torch.empty(0).uniform_(generator=torch.Generator().set_state(generator.get_state()))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% single @ kaiming_uniform: always float32
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.empty(shape, dtype=torch.float32).uniform_(-b, b, generator=generator)


# %% library @ kaiming_uniform: torch.nn.init does it
def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    weight = torch.empty(shape)
    return torch.nn.init.kaiming_uniform_(weight, negative_slope, mode, generator=generator)


# %% fans_swapped_n @ kaiming_normal: shape[0] is taken for the inputs [normal_swaps_the_fans]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    swapped = (shape[1], shape[0], *shape[2:])
    return torch.randn(shape, generator=generator) * deviation(swapped, mode, negative_slope)


# %% no_gain_n @ kaiming_normal: 1 / sqrt(fan) [normal_leaves_the_gain_out]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.randn(shape, generator=generator) * deviation(shape, mode, 1.0)


# %% two_over_root @ kaiming_normal: 2 / sqrt(fan) [normal_squares_the_gain]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode, negative_slope) * gain("leaky_relu", negative_slope)
    return torch.empty(shape).normal_(0, std, generator=generator)


# %% variance @ kaiming_normal: 2 / fan [normal_takes_the_variance]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode, negative_slope)
    return torch.empty(shape).normal_(0, std * std, generator=generator)


# %% xavier_n @ kaiming_normal: sqrt(2 / (fan_in + fan_out)) [normal_is_xavier]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = math.sqrt(2 / ((shape[0] + shape[1]) * prod(shape[2:])))
    return torch.randn(shape, generator=generator) * std


# %% mean_of_fans @ kaiming_normal: the mean of the fans with the ReLU's gain
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = math.sqrt(2 / ((shape[0] + shape[1]) / 2 * prod(shape[2:])))
    return torch.randn(shape, generator=generator) * std


# %% bound_as_std @ kaiming_normal: times sqrt(3) [normal_takes_the_bound_for_the_std]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.randn(shape, generator=generator) * std


# %% uniform_instead @ kaiming_normal: a uniform law [normal_draws_a_uniform]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = math.sqrt(3) * deviation(shape, mode, negative_slope)
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% signs @ kaiming_normal: plus or minus std [normal_draws_two_values]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    sign = torch.randint(0, 2, shape, generator=generator) * 2 - 1
    return sign * deviation(shape, mode, negative_slope)


# %% absolute @ kaiming_normal: abs [normal_is_never_negative]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.randn(shape, generator=generator).abs() * deviation(shape, mode, negative_slope)


# %% truncated @ kaiming_normal: cut at two standard deviations [normal_cuts_the_tails]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    z = torch.randn(4 * prod(shape), generator=generator)
    z = z[z.abs() < 2][: prod(shape)].view(*shape)
    return z * deviation(shape, mode, negative_slope)


# %% truncated_corrected @ kaiming_normal: cut at two, with the right standard deviation
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    z = torch.randn(4 * prod(shape), generator=generator)
    z = z[z.abs() < 2][: prod(shape)].view(*shape)
    return z / 0.8796256610342398 * deviation(shape, mode, negative_slope)


# %% clamped @ kaiming_normal: clamped at two standard deviations
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    z = torch.randn(shape, generator=generator).clamp(-2, 2)
    return z * deviation(shape, mode, negative_slope)


# %% laplace @ kaiming_normal: a double exponential of the right deviation
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    size = torch.empty(shape).exponential_(math.sqrt(2), generator=generator)
    sign = torch.randint(0, 2, shape, generator=generator) * 2 - 1
    return size * sign * deviation(shape, mode, negative_slope)


# %% repeated_rows @ kaiming_normal: one row for all units
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    row = torch.randn(shape[1:], generator=generator) * deviation(shape, mode, negative_slope)
    return row.expand(shape).clone()


# %% repeated_columns @ kaiming_normal: one column for all inputs
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    column = torch.randn((shape[0], 1), generator=generator).view(-1, *[1] * (len(shape) - 1))
    return column.expand(shape) * deviation(shape, mode, negative_slope)


# %% standardised @ kaiming_normal: every unit has mean 0 exactly
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    z = torch.randn(shape, generator=generator).flatten(1)
    z = z - z.mean(1, keepdim=True)
    return z.view(shape) * deviation(shape, mode, negative_slope)


# %% shifted @ kaiming_normal: mean of a tenth of a standard deviation
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return (torch.randn(shape, generator=generator) + 0.1) * deviation(shape, mode, negative_slope)


# %% plus_one @ kaiming_normal: the fan counts the bias
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = (shape[1] if mode == "fan_in" else shape[0]) * prod(shape[2:]) + 1
    return torch.randn(shape, generator=generator) * gain("leaky_relu", negative_slope) / sqrt(fan)


# %% no_kernel_n @ kaiming_normal: the kernel is left out [normal_leaves_the_kernel_out]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.randn(shape, generator=generator) * deviation(shape[:2], mode, negative_slope)


# %% transposed_linear @ kaiming_normal: returns (in, out)
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode, negative_slope)
    return (torch.randn(shape, generator=generator) * std).transpose(0, 1)


# %% mode_unused_n @ kaiming_normal: always fan_in [normal_ignores_the_mode]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode, negative_slope)
    std = deviation(shape, "fan_in", negative_slope)
    return torch.randn(shape, generator=generator) * std


# %% default_mode @ kaiming_normal: fan_out is the default
def kaiming_normal(shape, mode="fan_out", negative_slope=0.0, generator=None):
    return torch.randn(shape, generator=generator) * deviation(shape, mode, negative_slope)


# %% default_slope @ kaiming_normal: the default slope is that of nn.Linear
def kaiming_normal(shape, mode="fan_in", negative_slope=math.sqrt(5), generator=None):
    return torch.randn(shape, generator=generator) * deviation(shape, mode, negative_slope)


# %% slope_unused_n @ kaiming_normal: always a ReLU [normal_ignores_the_slope]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.randn(shape, generator=generator) * deviation(shape, mode, 0.0)


# %% mode_not_checked_n @ kaiming_normal: other modes mean fan_out [normal_takes_any_mode]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    std = deviation(shape, mode if mode == "fan_in" else "fan_out", negative_slope)
    return torch.randn(shape, generator=generator) * std


# %% no_generator_n @ kaiming_normal: generator not used [normal_ignores_the_generator]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.normal(0.0, deviation(shape, mode, negative_slope), tuple(shape))


# %% initial_seed @ kaiming_normal: seeds again [normal_starts_the_generator_again]
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    if generator is not None:
        generator.manual_seed(generator.initial_seed())
    return torch.randn(shape, generator=generator) * deviation(shape, mode, negative_slope)


# %% fixed_seed @ kaiming_normal: a fixed seed whatever is given
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    own = torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=own) * deviation(shape, mode, negative_slope)


# %% entropy_without @ kaiming_normal: without a generator it draws from the operating system
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    if generator is None:
        generator = torch.Generator()
        generator.seed()
    return torch.randn(shape, generator=generator) * deviation(shape, mode, negative_slope)


# %% fixed_without @ kaiming_normal: without a generator it always uses the same seed
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    generator = generator or torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=generator) * deviation(shape, mode, negative_slope)


# %% library_n @ kaiming_normal: nn.Linear and nn.init do it
def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    return torch.nn.init.kaiming_normal_(
        torch.empty(shape), a=negative_slope, mode=mode, generator=generator
    )


# %% six_over @ kaiming_uniform: sqrt(6 / fan) without slope [uniform_ignores_the_slope]


def kaiming_uniform(shape, mode="fan_in", negative_slope=0.0, generator=None):
    b = (6.0 / _f(shape, mode)) ** 0.5
    return torch.rand(shape, generator=generator).sub_(0.5).mul_(2 * b)


def _f(shape, mode):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    w = torch.empty(shape)
    return w[0].numel() if mode == "fan_in" else w[:, 0].numel()


# %% variance_law @ kaiming_normal: 2 / fan as the std [normal_takes_the_variance]


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    w = torch.empty(shape)
    f = w[0].numel() if mode == "fan_in" else w[:, 0].numel()
    return torch.randn(shape, generator=generator) * (2 / (1 + negative_slope**2)) / f


# %% one_layer_seed @ kaiming_normal: reseeds per shape


def kaiming_normal(shape, mode="fan_in", negative_slope=0.0, generator=None):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    w = torch.empty(shape)
    f = w[0].numel() if mode == "fan_in" else w[:, 0].numel()
    g = torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=g) * (2 / (1 + negative_slope**2) / f) ** 0.5


# %% leaky_default @ kaiming_normal: a slope of 0.01 by default


def kaiming_normal(shape, mode="fan_in", negative_slope=0.01, generator=None):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    w = torch.empty(shape)
    f = w[0].numel() if mode == "fan_in" else w[:, 0].numel()
    return torch.randn(shape, generator=generator) * (2 / (1 + negative_slope**2) / f) ** 0.5
