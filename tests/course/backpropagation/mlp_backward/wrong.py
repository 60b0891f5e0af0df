"""Wrong answers to mlp_backward."""

# %% no_mean @ mlp_backward: never divides by the batch [never_divides_by_b]


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2)))
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% mean_of_all @ mlp_backward: divides by the number of logits [divides_by_all_logits]


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / logits.numel()
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% softmax_only @ mlp_backward: no one_hot [one_hot_missing]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = torch.softmax(logits, 1) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% downhill @ mlp_backward: one_hot - softmax [sign_turned_round]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (F.one_hot(targets, len(b2)) - torch.softmax(logits, 1)) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% z_for_h @ mlp_backward: w2 from z [w2_from_the_pre_activation]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ z, "b2": g.sum(0), "x": dz @ w1}


# %% bias_means @ mlp_backward: mean for sum in both biases [bias_gradients_averaged]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.mean(0), "w2": g.T @ h, "b2": g.mean(0), "x": dz @ w1}


# %% bias_rows @ mlp_backward: biases left at the batch's shape [bias_gradients_not_summed]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz, "w2": g.T @ h, "b2": g, "x": dz @ w1}


# %% transposed @ mlp_backward: both weights transposed [weight_gradients_transposed]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": x.T @ dz, "b1": dz.sum(0), "w2": h.T @ g, "b2": g.sum(0), "x": dz @ w1}


# %% no_mask @ mlp_backward: ReLU forgotten [relu_mask_missing]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% mask_of_gradient @ mlp_backward: masks by the sign of the gradient [relu_mask_from_the_gradient]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = torch.relu(g @ w2)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% times_h @ mlp_backward: h for the mask


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * h
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% twice @ mlp_backward: divides again [divides_by_b_again]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0) / B
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% x_past_the_mask @ mlp_backward: x from dh [input_gradient_past_the_relu]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": g @ w2 @ w1}


# %% at_zero @ mlp_backward: >= 0 [one_at_zero]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z >= 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% bare_exp @ mlp_backward: own softmax without a maximum [exponentials_overflow]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    e = logits.exp()
    g = (e / e.sum(1, keepdim=True) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% global_max @ mlp_backward: one maximum [one_maximum_for_all_rows]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    e = (logits - logits.max()).exp()
    g = (e / e.sum(1, keepdim=True) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% narrow_one_hot @ mlp_backward: as many classes as there are targets [as_many_classes_as_targets_show]


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets)) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% half_at_zero @ mlp_backward: derivative 1/2 at 0


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * ((z > 0) + 0.5 * (z == 0))
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% h_over_z @ mlp_backward: h / z for the mask, which is NaN at 0


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (h / z)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% mask_of_the_batch @ mlp_backward: a unit is masked by its mean over the batch


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z.mean(0) > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% clamped_logits @ mlp_backward: clamps the logits at 500


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    logits = logits.clamp(-500, 500)
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% eps_in_softmax @ mlp_backward: adds 1e-8 to the denominator


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    e = (logits - logits.amax(1, keepdim=True)).exp()
    g = (e / (e.sum(1, keepdim=True) + 1e-8) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% softmax_over_the_batch @ mlp_backward: dim=0


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 0) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% sigmoid @ mlp_backward: sigmoid for softmax


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.sigmoid(logits) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% diagonal_softmax @ mlp_backward: only the diagonal of the softmax's Jacobian


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    p = torch.softmax(logits, 1)
    g = -F.one_hot(targets, len(b2)) * (1 - p) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% one_bias_averaged @ mlp_backward: mean in b1 only


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.mean(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% w1_transposed_only @ mlp_backward: one weight transposed


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": x.T @ dz, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% x_undivided @ mlp_backward: x multiplied by B again


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": B * dz @ w1}


# %% x_summed @ mlp_backward: one row for the whole batch


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": (dz @ w1).sum(0)}


# %% no_bias_in_forward @ mlp_backward: forgets b1 on the way forward


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% forgets_b2 @ mlp_backward: forgets b2 on the way forward


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% squeezed @ mlp_backward: loses axes of length one


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": (dz @ w1).squeeze()}


# %% keeps_a_dimension @ mlp_backward: b2 of shape (1, C)


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0, keepdim=True), "x": dz @ w1}


# %% no_x @ mlp_backward: leaves x out


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0)}


# %% a_tuple @ mlp_backward: returns a tuple


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return dz.T @ x, dz.sum(0), g.T @ h, g.sum(0), dz @ w1


# %% contiguous_only @ mlp_backward: views x as it lies in memory


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    x = torch.as_strided(x, x.shape, (x.shape[1], 1))
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% relu_in_place @ mlp_backward: rectifies z in place and adds b1 to the caller's


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = b1.add_(x @ w1.T) if B == 1 else x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% descends @ mlp_backward: subtracts the gradient from w2


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    w2 -= 0.1 * g.T @ h
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% single_precision @ mlp_backward: works in float32 and casts back


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    x = x.float().double()
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - F.one_hot(targets, len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% label_smoothing @ mlp_backward: smooths the targets a little


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    z = x @ w1.T + b1
    h = torch.relu(z)
    logits = h @ w2.T + b2
    g = (torch.softmax(logits, 1) - (0.999 * F.one_hot(targets, len(b2)) + 0.001 / len(b2))) / B
    dz = (g @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": g.T @ h, "b2": g.sum(0), "x": dz @ w1}


# %% by_backward @ mlp_backward: loss.backward()


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = [t.detach().clone().requires_grad_() for t in (w1, b1, w2, b2, x)]
    loss = loss_of(leaves, targets)
    loss.backward()
    grads = [leaf.grad for leaf in leaves]
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_grad @ mlp_backward: torch.autograd.grad


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = [t.detach().clone().requires_grad_() for t in (w1, b1, w2, b2, x)]
    loss = loss_of(leaves, targets)
    grads = torch.autograd.grad(loss, leaves)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_alias @ mlp_backward: autograd's grad under another name, imported inside


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = [t.detach().clone().requires_grad_() for t in (w1, b1, w2, b2, x)]
    loss = loss_of(leaves, targets)
    from torch.autograd import grad as chain_rule

    grads = chain_rule(loss, leaves)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_getattr @ mlp_backward: backward looked up by a name put together


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = [t.detach().clone().requires_grad_() for t in (w1, b1, w2, b2, x)]
    loss = loss_of(leaves, targets)
    getattr(loss, "back" + "ward")()
    grads = [leaf.grad for leaf in leaves]
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_autograd_backward @ mlp_backward: torch.autograd.backward


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = [t.detach().clone().requires_grad_() for t in (w1, b1, w2, b2, x)]
    loss = loss_of(leaves, targets)
    torch.autograd.backward([loss])
    grads = [leaf.grad for leaf in leaves]
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_func_grad @ mlp_backward: torch.func.grad


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = (w1, b1, w2, b2, x)
    def loss(*leaves):
        return loss_of(*leaves, targets=targets)

    grads = torch.func.grad(loss, tuple(range(5)))(*leaves)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(*leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_functorch @ mlp_backward: the functorch package


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = (w1, b1, w2, b2, x)
    def loss(*leaves):
        return loss_of(*leaves, targets=targets)

    import importlib

    functorch = importlib.import_module("torch.func")
    grads = functorch.grad(loss, tuple(range(5)))(*leaves)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(*leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_vjp @ mlp_backward: torch.func.vjp


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = (w1, b1, w2, b2, x)
    def loss(*leaves):
        return loss_of(*leaves, targets=targets)

    _, pull = torch.func.vjp(loss, *leaves)
    grads = pull(torch.tensor(1.0))
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(*leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_jacrev @ mlp_backward: torch.func.jacrev


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = (w1, b1, w2, b2, x)
    def loss(*leaves):
        return loss_of(*leaves, targets=targets)

    grads = torch.func.jacrev(loss, tuple(range(5)))(*leaves)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(*leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_jacfwd @ mlp_backward: forward mode, looked up by name


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = (w1, b1, w2, b2, x)
    def loss(*leaves):
        return loss_of(*leaves, targets=targets)

    grads = getattr(torch.func, "jac" + "fwd")(loss, tuple(range(5)))(*leaves)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(*leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_functional @ mlp_backward: torch.autograd.functional.jacobian


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = (w1, b1, w2, b2, x)
    def loss(*leaves):
        return loss_of(*leaves, targets=targets)

    grads = torch.autograd.functional.jacobian(loss, leaves)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(*leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% by_dual_numbers @ mlp_backward: forward mode with dual numbers


def mlp_backward(x, targets, w1, b1, w2, b2):
    leaves = (w1, b1, w2, b2, x)
    def loss(*leaves):
        return loss_of(*leaves, targets=targets)

    from torch.autograd import forward_ad

    grads = []
    for k, leaf in enumerate(leaves):
        found = torch.zeros_like(leaf)
        for i in range(leaf.numel()):
            tangent = torch.zeros(leaf.numel())
            tangent[i] = 1
            with forward_ad.dual_level():
                dual = forward_ad.make_dual(leaf.clone(), tangent.reshape(leaf.shape))
                out = loss(*leaves[:k], dual, *leaves[k + 1 :])
                found.view(-1)[i] = forward_ad.unpack_dual(out).tangent
        grads.append(found)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), grads, strict=True))


def loss_of(*leaves, targets):
    w1, b1, w2, b2, x = leaves
    return F.cross_entropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), targets)


# %% soft_dim0 @ mlp_backward: softmax over the batch [softmax_over_the_batch]


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = z.relu()
    d = torch.softmax(h @ w2.T + b2, dim=0)
    d[torch.arange(len(x)), targets] -= 1
    d /= len(x)
    dz = (d @ w2) * (z > 0)
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": d.T @ h, "b2": d.sum(0), "x": dz @ w1}


# %% times_h_again @ mlp_backward: multiplies by h [multiplies_by_the_relu]


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = z.relu()
    d = torch.softmax(h @ w2.T + b2, dim=1)
    d[torch.arange(len(x)), targets] -= 1
    d /= len(x)
    dz = (d @ w2) * h
    return {"w1": dz.T @ x, "b1": dz.sum(0), "w2": d.T @ h, "b2": d.sum(0), "x": dz @ w1}


# %% wrong_keys @ mlp_backward: dw1 for w1


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = z.relu()
    d = torch.softmax(h @ w2.T + b2, dim=1)
    d[torch.arange(len(x)), targets] -= 1
    d /= len(x)
    dz = (d @ w2) * (z > 0)
    return {"dw1": dz.T @ x, "db1": dz.sum(0), "dw2": d.T @ h, "db2": d.sum(0), "dx": dz @ w1}


# %% func_grad @ mlp_backward: torch.func.grad


def mlp_backward(x, targets, w1, b1, w2, b2):
    def loss(w1, b1, w2, b2, x):
        return torch.nn.functional.cross_entropy((x @ w1.T + b1).relu() @ w2.T + b2, targets)

    g = torch.func.grad(loss, argnums=(0, 1, 2, 3, 4))(w1, b1, w2, b2, x)
    return dict(zip(("w1", "b1", "w2", "b2", "x"), g))
