def _gradients(X, y, w1, w2):
    h = torch.tanh(X @ w1.T)
    e = 2 * (h @ w2 - y) / len(y)
    return (e[:, None] * w2 * (1 - h**2)).T @ X, h.T @ e


# %% new_second @ train_two_layer: w2 first, then w1 from it [first_layer_sees_the_new_second]
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        w2 = w2 - lr * _gradients(X, y, w1, w2)[1]
        w1 = w1 - lr * _gradients(X, y, w1, w2)[0]
    return w1, w2


# %% new_second_only @ train_two_layer: w1's gradient mixes the old error with the new w2
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.tanh(X @ w1.T)
        e = 2 * (h @ w2 - y) / len(y)
        w2 = w2 - lr * h.T @ e
        w1 = w1 - lr * (e[:, None] * w2 * (1 - h**2)).T @ X
    return w1, w2


# %% output_only @ train_two_layer: w1 never moves [only_the_second_layer_trained]
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        w2 = w2 - lr * _gradients(X, y, w1, w2)[1]
    return w1, w2


# %% hidden_only @ train_two_layer: w2 never moves [only_the_first_layer_trained]
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        w1 = w1 - lr * _gradients(X, y, w1, w2)[0]
    return w1, w2


# %% summed_loss @ train_two_layer: sum for mean [sum_of_squares]
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.tanh(X @ w1.T)
        e = 2 * (h @ w2 - y)
        w1, w2 = w1 - lr * (e[:, None] * w2 * (1 - h**2)).T @ X, w2 - lr * h.T @ e
    return w1, w2


# %% half_loss @ train_two_layer: no factor 2 [factor_two_dropped]
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.tanh(X @ w1.T)
        e = (h @ w2 - y) / len(y)
        w1, w2 = w1 - lr * (e[:, None] * w2 * (1 - h**2)).T @ X, w2 - lr * h.T @ e
    return w1, w2


# %% never_zeroed @ train_two_layer: backward adds up [gradients_accumulate]
def train_two_layer(X, y, w1, w2, lr, steps):
    w1, w2 = w1.clone().requires_grad_(), w2.clone().requires_grad_()
    for _ in range(steps):
        F.mse_loss(torch.tanh(X @ w1.T) @ w2, y).backward()
        with torch.no_grad():
            w1 -= lr * w1.grad
            w2 -= lr * w2.grad
    return w1.detach(), w2.detach()


# %% returns_early @ train_two_layer: return inside the loop
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        g1, g2 = _gradients(X, y, w1, w2)
        w1, w2 = w1 - lr * g1, w2 - lr * g2
        return w1, w2


# %% one_more @ train_two_layer: steps + 1 updates
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps + 1):
        g1, g2 = _gradients(X, y, w1, w2)
        w1, w2 = w1 - lr * g1, w2 - lr * g2
    return w1, w2


# %% in_place @ train_two_layer: the caller's weights are trained
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        g1, g2 = _gradients(X, y, w1, w2)
        w1 -= lr * g1
        w2 -= lr * g2
    return w1, w2


# %% marks_the_caller @ train_two_layer: requires_grad is left on the caller's weights
def train_two_layer(X, y, w1, w2, lr, steps):
    w1.requires_grad_()
    w2.requires_grad_()
    a, b = w1, w2
    for _ in range(steps):
        loss = ((torch.tanh(X @ a.T) @ b - y) ** 2).mean()
        g1, g2 = torch.autograd.grad(loss, (a, b))
        a, b = a - lr * g1, b - lr * g2
    return a.detach(), b.detach()


# %% other_order @ train_two_layer: (w2, w1)
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        g1, g2 = _gradients(X, y, w1, w2)
        w1, w2 = w1 - lr * g1, w2 - lr * g2
    return w2, w1


# %% relu @ train_two_layer: another activation
def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.relu(X @ w1.T)
        e = 2 * (h @ w2 - y) / len(y)
        w1, w2 = w1 - lr * (e[:, None] * w2 * (h > 0)).T @ X, w2 - lr * h.T @ e
    return w1, w2


# %% stochastic @ train_two_layer: one sample after the other
def train_two_layer(X, y, w1, w2, lr, steps):
    for step in range(steps):
        i = step % len(y)
        g1, g2 = _gradients(X[i : i + 1], y[i : i + 1], w1, w2)
        w1, w2 = w1 - lr * g1, w2 - lr * g2
    return w1, w2


# %% noisy @ train_two_layer: a little noise on w1 to part the units
def train_two_layer(X, y, w1, w2, lr, steps):
    w1 = w1 + 1e-4 * torch.randn(w1.shape, generator=torch.Generator().manual_seed(0))
    for _ in range(steps):
        g1, g2 = _gradients(X, y, w1, w2)
        w1, w2 = w1 - lr * g1, w2 - lr * g2
    return w1, w2


# %% columns @ distinct_units: columns counted [counts_columns]
def distinct_units(weight):
    seen = []
    for column in weight.T:
        if all((column - other).abs().max() > 1e-9 for other in seen):
            seen.append(column)
    return len(seen)


# %% unique @ distinct_units: torch.unique of rows [exactly_equal]
def distinct_units(weight):
    return len(torch.unique(weight, dim=0))


# %% set_of_tuples @ distinct_units: exact comparison in a set [exactly_equal]
def distinct_units(weight):
    return len({tuple(row) for row in weight.tolist()})


# %% default_allclose @ distinct_units: relative tolerance left on [close_by_default]
def distinct_units(weight):
    seen = []
    for row in weight:
        if not any(torch.allclose(row, other) for other in seen):
            seen.append(row)
    return len(seen)


# %% matrix_rank @ distinct_units: independent rows [takes_the_rank]
def distinct_units(weight):
    return torch.linalg.matrix_rank(weight).item()


# %% all_before @ distinct_units: left out rows count as well [left_out_rows_hide_others]
def distinct_units(weight):
    count = 0
    for i in range(len(weight)):
        if not any((weight[i] - weight[j]).abs().max() <= 1e-9 for j in range(i)):
            count += 1
    return count


# %% rounded @ distinct_units: rounded to nine places, then unique
def distinct_units(weight):
    return len(torch.unique(torch.round(weight, decimals=9), dim=0))


# %% rounded_coarse @ distinct_units: rounded to six places
def distinct_units(weight):
    return len({tuple(round(v, 6) for v in row) for row in weight.tolist()})


# %% relative @ distinct_units: within a share of 1e-9
def distinct_units(weight):
    seen = []
    for row in weight:
        if not any(torch.allclose(row, other, rtol=1e-9, atol=0) for other in seen):
            seen.append(row)
    return len(seen)


# %% both_tolerances @ distinct_units: atol 1e-9, and rtol left at its default
def distinct_units(weight):
    seen = []
    for row in weight:
        if not any(torch.allclose(row, other, atol=1e-9) for other in seen):
            seen.append(row)
    return len(seen)


# %% sorted_neighbours @ distinct_units: sorted rows, steps above the tolerance counted
def distinct_units(weight):
    rows = torch.tensor(sorted(weight.tolist()))
    return 1 + int(((rows[1:] - rows[:-1]).abs().amax(1) > 1e-9).sum())


# %% row_sums @ distinct_units: different sums of rows
def distinct_units(weight):
    kept = []
    for total in weight.sum(1).tolist():
        if all(abs(total - other) > 1e-9 for other in kept):
            kept.append(total)
    return len(kept)


# %% mean_difference @ distinct_units: the mean absolute difference
def distinct_units(weight):
    seen = []
    for row in weight:
        if all((row - other).abs().mean() > 1e-9 for other in seen):
            seen.append(row)
    return len(seen)


# %% pairs @ distinct_units: the rows less the number of equal pairs
def distinct_units(weight):
    n = len(weight)
    near = (weight[:, None] - weight[None]).abs().amax(-1) <= 1e-9
    return n - int(near.triu(1).sum())


# %% first_only @ distinct_units: every row against the first
def distinct_units(weight):
    return 1 + int(((weight - weight[0]).abs().amax(1) > 1e-9).sum())


# %% as_tensor @ distinct_units: a list of the rows instead of their number
def distinct_units(weight):
    seen = []
    for row in weight:
        if all((row - other).abs().max() > 1e-9 for other in seen):
            seen.append(row)
    return seen


# %% square @ train_two_layer: (n, 1) prediction less (n,) [broadcasts_the_residual]


def train_two_layer(X, y, w1, w2, lr, steps):
    a, b = w1.clone().requires_grad_(), w2.clone().reshape(-1, 1).requires_grad_()
    for _ in range(steps):
        ga, gb = torch.autograd.grad(((torch.tanh(X @ a.T) @ b - y) ** 2).mean(), (a, b))
        a = (a - lr * ga).detach().requires_grad_()
        b = (b - lr * gb).detach().requires_grad_()
    return a.detach(), b.reshape(-1).detach()


# %% slope_sigmoid @ train_two_layer: h (1 - h) [derivative_of_the_sigmoid]


def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.tanh(X @ w1.T)
        e = 2 * (h @ w2 - y) / len(y)
        g1, g2 = ((e[:, None] * w2) * h * (1 - h)).T @ X, h.T @ e
        w1, w2 = w1 - lr * g1, w2 - lr * g2
    return w1, w2


# %% no_square @ train_two_layer: 1 - h [square_of_h_missing]


def train_two_layer(X, y, w1, w2, lr, steps):
    for _ in range(steps):
        h = torch.tanh(X @ w1.T)
        e = 2 * (h @ w2 - y) / len(y)
        g1, g2 = ((e[:, None] * w2) * (1 - h)).T @ X, h.T @ e
        w1, w2 = w1 - lr * g1, w2 - lr * g2
    return w1, w2


# %% tensor_count @ distinct_units: 0-d tensor


def distinct_units(weight):
    return torch.tensor(len({tuple(r) for r in weight.tolist()}))


# %% upper_triangle @ distinct_units: a row goes if any row before it is like it [left_out_rows_hide_others]


def distinct_units(weight):
    same = (weight[:, None] - weight[None]).abs().amax(-1) <= 1e-9
    return int((~same.triu(1).any(0)).sum())


# %% rounded_grid @ distinct_units: rows on a grid of 1e-8


def distinct_units(weight):
    return len(torch.unique((weight * 1e8).round(), dim=0))
