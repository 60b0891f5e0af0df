"""Wrong answers to input_gradient."""

# %% of_w @ input_gradient: the gradient of w [gradient_of_the_weights]


def input_gradient(x, w, b):
    leaf = x.detach().requires_grad_()
    y = torch.tanh(leaf @ w.T + b).sum()
    return torch.autograd.grad(y, (w, leaf))[0]


# %% no_leaf @ input_gradient: .grad of a non-leaf [asks_a_non_leaf]


def input_gradient(x, w, b):
    a = x.clone().requires_grad_() * 1.0
    torch.tanh(a @ w.detach().T + b.detach()).sum().backward()
    return a.grad


# %% averaged @ input_gradient: mean() [mean_for_sum]


def input_gradient(x, w, b):
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(torch.tanh(leaf @ w.T + b).mean(), leaf)[0]


# %% linear @ input_gradient: tanh forgotten [tanh_missing]


def input_gradient(x, w, b):
    return w.detach().sum(0).expand(len(x), -1).clone()


# %% no_square @ input_gradient: 1 - tanh [square_missing]


def input_gradient(x, w, b):
    return ((1 - torch.tanh(x @ w.T + b)) @ w).detach()


# %% one_row @ input_gradient: summed over the batch [summed_over_the_batch]


def input_gradient(x, w, b):
    return torch.einsum("bo,oi->i", 1 - torch.tanh(x @ w.T + b) ** 2, w)


# %% flag_left_on @ input_gradient: x requires grad afterwards [flips_the_flag_of_x]


def input_gradient(x, w, b):
    x.requires_grad = True
    (grad,) = torch.autograd.grad((x @ w.T + b).tanh().sum(), (x,))
    return grad


# %% textbook @ input_gradient: x.requires_grad_() and backward() [backward_on_x_itself]


def input_gradient(x, w, b):
    x.requires_grad_()
    loss = torch.tanh(x @ w.t() + b).sum()
    loss.backward()
    return x.grad


# %% writes_into_parameters @ input_gradient: backward() [leaves_gradients_on_the_parameters]


def input_gradient(x, w, b):
    a = x.clone().detach().requires_grad_()
    F.linear(a, w, b).tanh().sum().backward()
    return a.grad


# %% frozen_for_good @ input_gradient: requires_grad off [freezes_the_parameters]


def input_gradient(x, w, b):
    for p in (w, b):
        p.requires_grad = False
    a = x.clone().requires_grad_()
    torch.tanh(a @ w.T + b).sum().backward()
    return a.grad


# %% cleaned_up @ input_gradient: .grad set to None afterwards [clears_gradients_afterwards]


def input_gradient(x, w, b):
    a = x.clone().requires_grad_()
    torch.tanh(a @ w.T + b).sum().backward()
    for p in (w, b):
        p.grad = None
    return a.grad


# %% squeezed @ input_gradient: squeeze() [loses_axes_of_length_one]


def input_gradient(x, w, b):
    with torch.no_grad():
        return ((1 - torch.tanh(x @ w.T + b) ** 2) @ w).squeeze()


# %% zeroed @ input_gradient: zeroes the gradients of w and b afterwards


def input_gradient(x, w, b):
    a = x.clone().requires_grad_()
    torch.tanh(a @ w.T + b).sum().backward()
    for p in (w, b):
        p.grad.zero_()
    return a.grad


# %% zero_grad_first @ input_gradient: clears what was there, then uses autograd.grad


def input_gradient(x, w, b):
    w.grad = None
    b.grad = None
    a = x.clone().requires_grad_()
    return torch.autograd.grad(torch.tanh(a @ w.T + b).sum(), a)[0]


# %% only_w_kept_clean @ input_gradient: the bias gets a gradient


def input_gradient(x, w, b):
    a = x.clone().requires_grad_()
    torch.tanh(a @ w.detach().T + b).sum().backward()
    return a.grad


# %% restored_by_alias @ input_gradient: keeps the old .grad without a copy, and it is changed


def input_gradient(x, w, b):
    old = w.grad, b.grad
    a = x.clone().requires_grad_()
    torch.tanh(a @ w.T + b).sum().backward()
    w.grad, b.grad = old
    return a.grad


# %% grad_left_on_x @ input_gradient: the flag is put back, .grad stays


def input_gradient(x, w, b):
    x.requires_grad_()
    torch.tanh(x @ w.detach().T + b.detach()).sum().backward()
    x.requires_grad_(False)
    return x.grad


# %% under_no_grad @ input_gradient: no graph


def input_gradient(x, w, b):
    a = x.clone().requires_grad_()
    with torch.no_grad():
        y = torch.tanh(a @ w.T + b).sum()
    return torch.autograd.grad(y, a)[0]


# %% no_bias @ input_gradient: forgets b


def input_gradient(x, w, b):
    y = torch.tanh(x @ w.T)
    return (1 - y**2) @ w


# %% sigmoid_slope @ input_gradient: y * (1 - y)


def input_gradient(x, w, b):
    y = torch.tanh(x @ w.T + b)
    return (y * (1 - y)) @ w


# %% slope_of_input @ input_gradient: 1 - z**2


def input_gradient(x, w, b):
    z = x @ w.T + b
    return (1 - z**2) @ w


# %% moves_x @ input_gradient: standardises the caller's x in place after reading it


def input_gradient(x, w, b):
    grad = ((1 - torch.tanh(x @ w.T + b) ** 2) @ w).detach()
    x -= x.mean()
    return grad


# %% steps @ input_gradient: moves w a little


def input_gradient(x, w, b):
    grad = ((1 - torch.tanh(x @ w.T + b) ** 2) @ w).detach()
    with torch.no_grad():
        w -= 0.1
    return grad


# %% differences @ input_gradient: forward differences


def input_gradient(x, w, b):
    with torch.no_grad():
        h = 1e-6
        grad = torch.zeros_like(x)
        for index in np.ndindex(*x.shape):
            moved = x.clone()
            moved[index] += h
            above, below = torch.tanh(moved @ w.T + b).sum(), torch.tanh(x @ w.T + b).sum()
            grad[index] = (above - below) / h
    return grad


# %% a_tuple @ input_gradient: what torch.autograd.grad returns


def input_gradient(x, w, b):
    a = x.clone().requires_grad_()
    return torch.autograd.grad(torch.tanh(a @ w.T + b).sum(), a)


# %% single_sample @ input_gradient: the first sample's gradient for all


def input_gradient(x, w, b):
    y = torch.tanh(x[:1] @ w.T + b)
    return ((1 - y**2) @ w).expand_as(x).contiguous()


# %% storage @ input_gradient: reads x as it lies in memory


def input_gradient(x, w, b):
    a = torch.as_strided(x, x.shape, (x.shape[1], 1))
    return (1 - torch.tanh(a @ w.T + b) ** 2) @ w


# %% grad_mode @ input_gradient: switches grad mode off for good


def input_gradient(x, w, b):
    torch.set_grad_enabled(False)
    return (1 - torch.tanh(x @ w.T + b) ** 2) @ w


# %% no_square_axes @ input_gradient: multiplies by w.T where the sizes allow it


def input_gradient(x, w, b):
    slope = 1 - torch.tanh(x @ w.T + b) ** 2
    return slope @ (w.T if w.shape[0] == w.shape[1] else w)


# %% sigmoid_der @ input_gradient: y (1 - y) [derivative_of_the_sigmoid]


def input_gradient(x, w, b):
    y = torch.tanh(x @ w.T + b)
    return (y * (1 - y)) @ w


# %% zero_grads @ input_gradient: zero_() afterwards [zeroes_gradients_afterwards]


def input_gradient(x, w, b):
    leaf = x.detach().clone().requires_grad_()
    torch.tanh(leaf @ w.T + b).sum().backward()
    for p in (w, b):
        p.grad.zero_()
    return leaf.grad


# %% returns_x @ input_gradient: returns x


def input_gradient(x, w, b):
    return x


# %% zeros @ input_gradient: zeros


def input_gradient(x, w, b):
    return torch.zeros_like(x)


# %% none_of_backward @ input_gradient: returns what backward() returns [asks_a_non_leaf]


def input_gradient(x, w, b):
    leaf = x.detach().requires_grad_()
    return torch.tanh(leaf @ w.detach().T + b.detach()).sum().backward()
