"""Wrong answers to hidden_gradients."""

# %% before_tanh @ hidden_gradients: retains the pre-activation [gradient_of_the_pre_activation]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    z = leaf @ w1.T
    z.retain_grad()
    h = torch.tanh(z)
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return z.grad, leaf.grad


# %% never_retained @ hidden_gradients: h.grad without retain_grad [h_not_retained]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% zeros @ hidden_gradients: zeros where h.grad is None [zeros_for_h]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return torch.zeros_like(h) if h.grad is None else h.grad, leaf.grad


# %% summed @ hidden_gradients: sum() for mean() [sum_for_mean]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).sum()
    loss.backward()
    return h.grad, leaf.grad


# %% batch_mean @ hidden_gradients: divides by the batch size [mean_over_the_batch_only]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).sum(1).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% no_two @ hidden_gradients: factor 2 lost [factor_two_missing]


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dh, dx


# %% swapped @ hidden_gradients: dx first [the_pair_swapped]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return leaf.grad, h.grad


# %% no_tanh_back @ hidden_gradients: dh @ w1 [tanh_skipped_on_the_way_back]


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = dh @ w1
    return dh, dx


# %% sigmoid_slope @ hidden_gradients: h * (1 - h) [derivative_of_the_sigmoid]


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (h * (1 - h))) @ w1
    return dh, dx


# %% cut @ hidden_gradients: h detached to make it a leaf [graph_cut_at_h]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h = h.detach().requires_grad_()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% flag @ hidden_gradients: flips x [flips_the_flag_of_x]


def hidden_gradients(x, w1, w2):
    x.requires_grad_()
    h = torch.tanh(x @ w1.T)
    loss = (h @ w2.T).pow(2).mean()
    return torch.autograd.grad(loss, (h, x))


# %% textbook @ hidden_gradients: x.requires_grad_() and backward() [backward_on_x_itself]


def hidden_gradients(x, w1, w2):
    x.requires_grad_()
    h = torch.tanh(x @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, x.grad


# %% squeezed @ hidden_gradients: squeeze() [loses_axes_of_length_one]


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad.squeeze(), leaf.grad.squeeze()


# %% too_late @ hidden_gradients: retains after backward()


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    h.retain_grad()
    return h.grad, leaf.grad


# %% hook_changes @ hidden_gradients: a hook that returns twice the gradient, so that dx is wrong


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.register_hook(lambda g: 2 * g)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% hook_halves @ hidden_gradients: a hook by which dh is seen right and dx gets wrong


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    seen = []
    h.register_hook(lambda g: seen.append(g) or g / 2)
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return seen[0], leaf.grad


# %% backward_twice @ hidden_gradients: gradients of two passes add up


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward(retain_graph=True)
    loss.backward()
    return h.grad, leaf.grad


# %% leaf_flag_only_off @ hidden_gradients: the flag is put back, .grad stays


def hidden_gradients(x, w1, w2):
    x.requires_grad_()
    h = torch.tanh(x @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    x.requires_grad_(False)
    return h.grad, x.grad


# %% weights_too @ hidden_gradients: lets the weights require grad


def hidden_gradients(x, w1, w2):
    w1.requires_grad_()
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% weights_and_grad @ hidden_gradients: all arguments require grad and get one


def hidden_gradients(x, w1, w2):
    for w in (w1, w2):
        w.requires_grad_(True)
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% relu @ hidden_gradients: relu for tanh


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.relu(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% no_square @ hidden_gradients: the mean of the outputs


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% norm @ hidden_gradients: the norm of the outputs


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).norm()
    loss.backward()
    return h.grad, leaf.grad


# %% of_the_output @ hidden_gradients: returns the gradient of the output


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return 2 * y / y.numel(), dx


# %% h_for_dh @ hidden_gradients: returns h


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return h, dx


# %% slope_of_z @ hidden_gradients: 1 - z**2


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - (x @ w1.T) ** 2)) @ w1
    return dh, dx


# %% only_dx @ hidden_gradients: returns one tensor


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dx


# %% three @ hidden_gradients: returns the loss too


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dh, dx, y.pow(2).mean()


# %% a_dict @ hidden_gradients: returns a dict


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return {"dh": dh, "dx": dx}


# %% mean_over_samples @ hidden_gradients: dx averaged over the batch


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dh, dx.mean(0)


# %% storage @ hidden_gradients: reads x as it lies in memory


def hidden_gradients(x, w1, w2):
    x = torch.as_strided(x, x.shape, (x.shape[1], 1))
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dh, dx


# %% rectangular_only @ hidden_gradients: transposes w2 where it is square


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ (w2.T if w2.shape[0] == w2.shape[1] else w2) / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dh, dx


# %% no_graph @ hidden_gradients: under no_grad


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    with torch.no_grad():
        h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    loss = (h @ w2.T).pow(2).mean()
    loss.backward()
    return h.grad, leaf.grad


# %% grad_mode @ hidden_gradients: leaves grad mode switched off


def hidden_gradients(x, w1, w2):
    torch.set_grad_enabled(False)
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dh, dx


# %% scales_x @ hidden_gradients: standardises x in place afterwards


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    x /= 2
    return dh, dx


# %% in_float32 @ hidden_gradients: casts to float32


def hidden_gradients(x, w1, w2):
    x = x.float().double()
    h = torch.tanh(x @ w1.T)
    y = h @ w2.T
    dh = 2 * y @ w2 / y.numel()
    dx = (dh * (1 - h**2)) @ w1
    return dh, dx


# %% retain_late @ hidden_gradients: retain after backward [h_not_retained]


def hidden_gradients(x, w1, w2):
    a = x.detach().requires_grad_()
    h = torch.tanh(a @ w1.T)
    (h @ w2.T).pow(2).mean().backward()
    h.retain_grad()
    return h.grad, a.grad


# %% both_none @ hidden_gradients: no gradients at all


def hidden_gradients(x, w1, w2):
    h = torch.tanh(x @ w1.T)
    return h.grad, x.grad


# %% swapped_h @ hidden_gradients: returns h and dx


def hidden_gradients(x, w1, w2):
    a = x.detach().requires_grad_()
    h = torch.tanh(a @ w1.T)
    (g,) = torch.autograd.grad((h @ w2.T).pow(2).mean(), a)
    return h.detach(), g
