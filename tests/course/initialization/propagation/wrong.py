def _f(activation):
    return {"linear": lambda t: t, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}[
        activation
    ]


def _net(depth, width, std, f, generator, measure=torch.std, batch=1024):
    x = torch.randn(batch, width, generator=generator)
    out = []
    for _ in range(depth):
        x = f(x @ (torch.randn(width, width, generator=generator) * std))
        out.append(measure(x))
    return torch.stack(out)


# %% before @ activation_std: std of the pre-activations [measures_before_the_activation]
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        x = x @ (torch.randn(width, width, generator=generator) * weight_std)
        out[i] = x.std()
        x = _f(activation)(x)
    return out


# %% one_weight @ activation_std: the weight drawn above the loop [same_weights_in_every_layer]
def activation_std(depth, width, weight_std, activation, generator):
    w = torch.randn(width, width, generator=generator) * weight_std
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        x = _f(activation)(x @ w)
        out[i] = x.std()
    return out


# %% two_weights @ activation_std: two weights that take turns
def activation_std(depth, width, weight_std, activation, generator):
    ws = torch.randn(2, width, width, generator=generator) * weight_std
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        x = _f(activation)(x @ ws[i % 2])
        out[i] = x.std()
    return out


# %% lecun @ activation_std: weights over the root of width [divides_by_the_root_of_width]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std / width**0.5, _f(activation), generator)


# %% times_root @ activation_std: weights times the root of width
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std * width**0.5, _f(activation), generator)


# %% width_512 @ activation_std: 512 units whatever the width [width_fixed]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, 512, weight_std, _f(activation), generator)


# %% linear @ activation_std: no activation [activation_ignored]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, lambda t: t, generator)


# %% tanh @ activation_std: tanh for all [always_tanh]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, torch.tanh, generator)


# %% sigmoid_as_tanh @ activation_std: sigmoid mapped to tanh
def activation_std(depth, width, weight_std, activation, generator):
    name = "tanh" if activation == "sigmoid" else activation
    return _net(depth, width, weight_std, _f(name), generator)


# %% leaky @ activation_std: a leaky relu
def activation_std(depth, width, weight_std, activation, generator):
    f = _f(activation) if activation != "relu" else lambda t: F.leaky_relu(t, 0.2)
    return _net(depth, width, weight_std, f, generator)


# %% squared_std @ activation_std: weight_std as a variance, squared [weight_std_squared]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std**2, _f(activation), generator)


# %% root_std @ activation_std: weight_std taken for a variance
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std**0.5, _f(activation), generator)


# %% variances @ activation_std: var instead of std [variances_returned]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, _f(activation), generator, torch.var)


# %% rms @ activation_std: no mean subtracted [root_mean_square]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(
        depth, width, weight_std, _f(activation), generator, lambda t: t.pow(2).mean().sqrt()
    )


# %% per_unit @ activation_std: mean of the units' deviations [averaged_over_units]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, _f(activation), generator, lambda t: t.std(dim=0).mean())


# %% per_sample @ activation_std: mean of the samples' deviations
def activation_std(depth, width, weight_std, activation, generator):
    return _net(
        depth, width, weight_std, _f(activation), generator, lambda t: t.std(1, correction=0).mean()
    )


# %% box @ activation_std: uniform weights [uniform_weights]
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        w = (torch.rand(width, width, generator=generator) * 2 - 1) * 3**0.5 * weight_std
        x = _f(activation)(x @ w)
        out[i] = x.std()
    return out


# %% uniform_batch @ activation_std: inputs between 0 and 1
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.rand(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        x = _f(activation)(x @ (torch.randn(width, width, generator=generator) * weight_std))
        out[i] = x.std()
    return out


# %% thousand @ activation_std: 1000 samples [another_batch_size]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, _f(activation), generator, batch=1000)


# %% batch_512 @ activation_std: 512 samples [another_batch_size]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, _f(activation), generator, batch=512)


# %% biases @ activation_std: a random bias in each layer
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        w = torch.randn(width, width, generator=generator) * weight_std
        b = torch.randn(width, generator=generator) * weight_std
        x = _f(activation)(x @ w + b)
        out[i] = x.std()
    return out


# %% input_first @ activation_std: the batch's own std first [measures_before_each_layer]
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = [x.std()]
    for _ in range(depth - 1):
        x = _f(activation)(x @ (torch.randn(width, width, generator=generator) * weight_std))
        out.append(x.std())
    return torch.stack(out)


# %% one_too_many @ activation_std: depth + 1 entries, the batch's among them
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = [x.std()]
    for _ in range(depth):
        x = _f(activation)(x @ (torch.randn(width, width, generator=generator) * weight_std))
        out.append(x.std())
    return torch.stack(out)


# %% last_only @ activation_std: the last layer only
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, _f(activation), generator)[-1:]


# %% no_generator @ activation_std: the global generator [generator_ignored]
def activation_std(depth, width, weight_std, activation, generator):
    return _net(depth, width, weight_std, _f(activation), None)


# %% batch_without @ activation_std: only the weights come from the generator
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width)
    out = torch.zeros(depth)
    for i in range(depth):
        x = _f(activation)(x @ (torch.randn(width, width, generator=generator) * weight_std))
        out[i] = x.std()
    return out


# %% reseeded_layers @ activation_std: the generator seeded before every weight
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        generator.manual_seed(1)
        x = _f(activation)(x @ (torch.randn(width, width, generator=generator) * weight_std))
        out[i] = x.std()
    return out


# %% normalised @ activation_std: activations rescaled to std 1 between the layers
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        x = _f(activation)(x @ (torch.randn(width, width, generator=generator) * weight_std))
        out[i] = x.std()
        x = x / x.std()
    return out


# %% truncated @ activation_std: weights clamped at two deviations
def activation_std(depth, width, weight_std, activation, generator):
    x = torch.randn(1024, width, generator=generator)
    out = torch.zeros(depth)
    for i in range(depth):
        w = torch.randn(width, width, generator=generator).clamp(-2, 2) * weight_std
        x = _f(activation)(x @ w)
        out[i] = x.std()
    return out


# %% root_of_std @ activation_std: sqrt of weight_std [weight_std_taken_for_a_variance]


def activation_std(depth, width, weight_std, activation, generator):
    act = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda t: t}
    x = torch.randn(1024, width, generator=generator)
    out = []
    for _ in range(depth):
        x = act[activation](x @ (weight_std**0.5 * torch.randn(width, width, generator=generator)))
        out.append(x.std())
    return torch.stack(out)


# %% with_input @ activation_std: the batch's entry too


def activation_std(depth, width, weight_std, activation, generator):
    act = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda t: t}
    x = torch.randn(1024, width, generator=generator)
    out = [x.std()]
    for _ in range(depth):
        x = act[activation](x @ (weight_std * torch.randn(width, width, generator=generator)))
        out.append(x.std())
    return torch.stack(out)


# %% kaimings_std @ activation_std: times sqrt(2 / width)


def activation_std(depth, width, weight_std, activation, generator):
    act = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda t: t}
    x = torch.randn(1024, width, generator=generator)
    out = []
    for _ in range(depth):
        w = torch.randn(width, width, generator=generator) * (2 / width) ** 0.5
        x = act[activation](x @ w)
        out.append(x.std())
    return torch.stack(out)


# %% list_answer @ activation_std: list of floats


def activation_std(depth, width, weight_std, activation, generator):
    act = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda t: t}
    x = torch.randn(1024, width, generator=generator)
    out = []
    for _ in range(depth):
        x = act[activation](x @ (weight_std * torch.randn(width, width, generator=generator)))
        out.append(x.std().item())
    return out


# %% nn_linear @ activation_std: nn.Linear with its own init (global)


def activation_std(depth, width, weight_std, activation, generator):
    act = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda t: t}
    x = torch.randn(1024, width, generator=generator)
    out = []
    for _ in range(depth):
        layer = torch.nn.Linear(width, width, bias=False)
        torch.nn.init.normal_(layer.weight, std=weight_std, generator=generator)
        x = act[activation](layer(x))
        out.append(x.std().item())
    return torch.tensor(out)
