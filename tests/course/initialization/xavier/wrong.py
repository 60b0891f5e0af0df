# %% backwards @ fans: fan_out first [swapped]
def fans(shape):
    k = prod(shape[2:])
    return shape[0] * k, shape[1] * k


# %% no_kernel @ fans: only the first two sizes [kernel_left_out]
def fans(shape):
    return shape[1], shape[0]


# %% one_kernel @ fans: fan_out without the kernel [kernel_in_fan_in_only]
def fans(shape):
    return prod(shape[1:]), shape[0]


# %% squared @ fans: the first kernel size squared [square_kernels]
def fans(shape):
    k = shape[2] ** 2 if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


# %% added @ fans: kernel sizes added [kernel_added_up]
def fans(shape):
    k = sum(shape[2:]) if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


# %% first_size @ fans: only the first size of the kernel
def fans(shape):
    k = shape[2] if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


# %% two_axes @ fans: kernels of two axes only, others ignored
def fans(shape):
    k = shape[2] * shape[3] if len(shape) >= 4 else 1
    return shape[1] * k, shape[0] * k


# %% last_axes @ fans: channels at the end, as in other libraries
def fans(shape):
    k = prod(shape[:-2])
    return shape[-2] * k, shape[-1] * k


# %% kernel_in_fan_out @ fans: fan_in without the kernel
def fans(shape):
    return shape[1], shape[0] * prod(shape[2:])


# %% all_in @ fans: fan_in is the number of weights
def fans(shape):
    return prod(shape), shape[0] * prod(shape[2:])


# %% bias_counted @ fans: one more input, for the bias
def fans(shape):
    k = prod(shape[2:])
    return shape[1] * k + 1, shape[0] * k


# %% sorted_fans @ fans: the larger one is always first
def fans(shape):
    k = prod(shape[2:])
    return max(shape[:2]) * k, min(shape[:2]) * k


# %% summed @ fans: their sum
def fans(shape):
    return (shape[0] + shape[1]) * prod(shape[2:])


# %% lecun @ xavier_uniform: fan_in alone [uniform_of_fan_in]
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(3 / fans(shape)[0])
    return torch.rand(shape, generator=generator) * 2 * b - b


# %% std_bound @ xavier_uniform: no sqrt(3) [std_for_the_bound]
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(2 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% sum_of_fans @ xavier_uniform: 3 over the sum [uniform_of_the_sum]
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(3 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% no_gain @ xavier_uniform: gain unused [uniform_ignores_the_gain]
def xavier_uniform(shape, gain=1.0, generator=None):
    b = sqrt(6 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% gain_in_root @ xavier_uniform: gain under the root [uniform_roots_the_gain]
def xavier_uniform(shape, gain=1.0, generator=None):
    b = sqrt(6 * gain / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% one_sided @ xavier_uniform: from 0 to b [uniform_never_negative]
def xavier_uniform(shape, gain=1.0, generator=None):
    return gain * sqrt(6 / sum(fans(shape))) * torch.rand(shape, generator=generator)


# %% flat_fans @ xavier_uniform: shape[0] + shape[1] [uniform_leaves_the_kernel_out]
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / (shape[0] + shape[1]))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% global_generator @ xavier_uniform: generator not passed on [uniform_ignores_the_generator]
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b)


# %% seeded_globally @ xavier_uniform: seeds the global generator
def xavier_uniform(shape, gain=1.0, generator=None):
    torch.manual_seed(0)
    b = gain * sqrt(6 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b)


# %% fixed_when_none @ xavier_uniform: a generator of its own where none is given
def xavier_uniform(shape, gain=1.0, generator=None):
    generator = generator or torch.Generator().manual_seed(0)
    b = gain * sqrt(6 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% row_repeated @ xavier_uniform: all units alike
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    row = torch.empty(1, *shape[1:]).uniform_(-b, b, generator=generator)
    return row.repeat(shape[0], *[1] * (len(shape) - 1))


# %% single @ xavier_uniform: float32 whatever the default
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    return torch.empty(shape, dtype=torch.float32).uniform_(-b, b, generator=generator)


# %% transposed @ xavier_uniform: (in, out)
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    return torch.empty(shape[1], shape[0], *shape[2:]).uniform_(-b, b, generator=generator)


# %% shifted @ xavier_uniform: b added after a symmetric draw of half the width
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b, generator=generator) + 0.1 * b


# %% library @ xavier_uniform: torch.nn.init
def xavier_uniform(shape, gain=1.0, generator=None):
    return torch.nn.init.xavier_uniform_(torch.empty(shape), gain, generator=generator)


# %% triangular @ xavier_uniform: the sum of two uniforms, scaled to the right deviation
def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape))) / sqrt(2)
    two = torch.rand(2, *shape, generator=generator) * 2 * b - b
    return two.sum(0)


# %% lecun_normal @ xavier_normal: fan_in alone [normal_of_fan_in]
def xavier_normal(shape, gain=1.0, generator=None):
    return torch.randn(shape, generator=generator) * gain / sqrt(fans(shape)[0])


# %% bound_std @ xavier_normal: sqrt(6 / sum) [bound_for_the_std]
def xavier_normal(shape, gain=1.0, generator=None):
    return torch.randn(shape, generator=generator) * gain * sqrt(6 / sum(fans(shape)))


# %% variance_std @ xavier_normal: no root [normal_takes_the_variance]
def xavier_normal(shape, gain=1.0, generator=None):
    return torch.randn(shape, generator=generator) * gain**2 * 2 / sum(fans(shape))


# %% he @ xavier_normal: 2 / fan_in [normal_is_kaiming]
def xavier_normal(shape, gain=1.0, generator=None):
    return torch.randn(shape, generator=generator) * gain * sqrt(2 / fans(shape)[0])


# %% gain_twice @ xavier_normal: gain squared [normal_squares_the_gain]
def xavier_normal(shape, gain=1.0, generator=None):
    return torch.randn(shape, generator=generator) * gain**2 * sqrt(2 / sum(fans(shape)))


# %% box @ xavier_normal: uniform values [normal_draws_a_uniform]
def xavier_normal(shape, gain=1.0, generator=None):
    b = gain * sqrt(6 / sum(fans(shape)))
    return torch.empty(shape).uniform_(-b, b, generator=generator)


# %% no_generator @ xavier_normal: torch.randn without it [normal_ignores_the_generator]
def xavier_normal(shape, gain=1.0, generator=None):
    return torch.randn(shape) * gain * sqrt(2 / sum(fans(shape)))


# %% clamped @ xavier_normal: clamped at two standard deviations
def xavier_normal(shape, gain=1.0, generator=None):
    std = gain * sqrt(2 / sum(fans(shape)))
    return (torch.randn(shape, generator=generator) * std).clamp(-2 * std, 2 * std)


# %% reseeded @ xavier_normal: the generator is seeded before every draw
def xavier_normal(shape, gain=1.0, generator=None):
    if generator is not None:
        generator.manual_seed(0)
    return torch.randn(shape, generator=generator) * gain * sqrt(2 / sum(fans(shape)))


# %% flattened @ xavier_normal: kernels come back flat
def xavier_normal(shape, gain=1.0, generator=None):
    std = gain * sqrt(2 / sum(fans(shape)))
    return (torch.randn(shape, generator=generator) * std).flatten(1)


# %% product @ xavier_normal: the product of the fans
def xavier_normal(shape, gain=1.0, generator=None):
    fan_in, fan_out = fans(shape)
    return torch.randn(shape, generator=generator) * gain * sqrt(2 / (fan_in * fan_out))


# %% restandardised @ xavier_normal: the whole weight shifted by a tenth of its deviation
def xavier_normal(shape, gain=1.0, generator=None):
    std = gain * sqrt(2 / sum(fans(shape)))
    return torch.normal(0.1 * std, std, tuple(shape), generator=generator)


# %% columns_repeated @ xavier_normal: every input has the same weight
def xavier_normal(shape, gain=1.0, generator=None):
    std = gain * sqrt(2 / sum(fans(shape)))
    return torch.randn(shape[0], *[1] * (len(shape) - 1), generator=generator).expand(shape) * std


# %% list_of_rows @ xavier_normal: a list of lists
def xavier_normal(shape, gain=1.0, generator=None):
    std = gain * sqrt(2 / sum(fans(shape)))
    return (torch.randn(shape, generator=generator) * std).tolist()


# %% float_fans @ fans: division gives floats


def fans(shape):
    n = 1
    for k in shape:
        n *= k
    return n / shape[0], n / shape[1]


# %% out_layout @ fans: conv transposed


def fans(shape):
    r = 1
    for k in shape[2:]:
        r *= k
    return (shape[1] * r, shape[0] * r) if len(shape) == 2 else (shape[0] * r, shape[1] * r)


# %% gain_inside @ xavier_normal: gain under the root [normal_roots_the_gain]


def xavier_normal(shape, gain=1.0, generator=None):
    return torch.randn(shape, generator=generator) * (2 * gain / sum(fans(shape))) ** 0.5


# %% only_negative @ xavier_uniform: from -b to 0


def xavier_uniform(shape, gain=1.0, generator=None):
    b = gain * (6 / sum(fans(shape))) ** 0.5
    return torch.rand(shape, generator=generator) * b - b
