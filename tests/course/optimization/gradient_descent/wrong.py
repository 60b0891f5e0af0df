"""Wrong answers to gradient_descent."""

# %% plus @ gradient_descent: w + lr * gradient [ascends]


def gradient_descent(X, y, w, lr, steps):
    w = w.clone()
    for _ in range(steps):
        w += lr * 2 * X.T @ (X @ w - y) / len(y)
    return w


# %% sum_loss @ gradient_descent: the loss is a sum [sums_over_the_samples]


def gradient_descent(X, y, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).sum().backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w


# %% half @ gradient_descent: no factor 2 [drops_the_factor_two]


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        w = w - lr * X.T @ (X @ w - y) / len(y)
    return w


# %% outside @ gradient_descent: gradient before the loop [reuses_the_first_gradient]


def gradient_descent(X, y, w, lr, steps):
    g = 2 * X.T @ (X @ w - y) / len(y)
    for _ in range(steps):
        w = w - lr * g
    return w


# %% never_zeroed @ gradient_descent: backward adds up [accumulates_gradients]


def gradient_descent(X, y, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        w.data -= lr * w.grad
    return w


# %% from_one @ gradient_descent: range(1, steps) [one_update_too_few]


def gradient_descent(X, y, w, lr, steps):
    for _ in range(1, steps):
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
    return w


# %% plus_one @ gradient_descent: range(steps + 1) [one_update_too_many]


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps + 1):
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
    return w


# %% by_d @ gradient_descent: X.shape[1] for n [divides_by_the_number_of_weights]


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y) / X.shape[1]
    return w


# %% restarts @ gradient_descent: initialises the weights itself [starts_from_zero]


def gradient_descent(X, y, w, lr, steps):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
    return w


# %% do_while @ gradient_descent: tests the count at the end [always_updates_once]


def gradient_descent(X, y, w, lr, steps):
    done = 0
    while True:
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
        done += 1
        if done >= steps:
            return w


# %% in_place @ gradient_descent: the values are right, but the caller's w moves [changes_the_callers_w]


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        w -= lr * 2 * X.T @ (X @ w - y) / len(y)
    return w


# %% flips_the_flag @ gradient_descent: turns requires_grad of the caller's w on


def gradient_descent(X, y, w, lr, steps):
    w.requires_grad_()
    v = w
    for _ in range(steps):
        (g,) = torch.autograd.grad(((X @ v - y) ** 2).mean(), v)
        v = (v - lr * g).detach().requires_grad_()
    return v.detach()


# %% broadcast @ gradient_descent: (n, 1) less (n,) is (n, n)


def gradient_descent(X, y, w, lr, steps):
    w = w[:, None].clone().requires_grad_()
    for _ in range(steps):
        (g,) = torch.autograd.grad(((X @ w - y) ** 2).mean(), w)
        w = (w - lr * g).detach().requires_grad_()
    return w.detach()[:, 0]


# %% column @ gradient_descent: returns shape (d, 1)


def gradient_descent(X, y, w, lr, steps):
    w = w[:, None]
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y[:, None]) / len(y)
    return w


# %% early_stop @ gradient_descent: stops when the gradient is small


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        g = 2 * X.T @ (X @ w - y) / len(y)
        if g.norm() < 1e-3:
            break
        w = w - lr * g
    return w


# %% best_seen @ gradient_descent: returns the weights with the lowest loss [stops_when_the_loss_grows]


def gradient_descent(X, y, w, lr, steps):
    best, lowest = w, ((X @ w - y) ** 2).mean()
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
        loss = ((X @ w - y) ** 2).mean()
        if loss < lowest:
            best, lowest = w, loss
    return best


# %% clipped @ gradient_descent: gradients are clipped to norm 10


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        g = 2 * X.T @ (X @ w - y) / len(y)
        g = g * min(1.0, 10 / (g.norm() + 1e-12))
        w = w - lr * g
    return w


# %% unit_length @ gradient_descent: divides by the gradient's norm, NaN at the minimum


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        g = 2 * X.T @ (X @ w - y) / len(y)
        w = w - lr * g / g.norm()
    return w


# %% exact_solution @ gradient_descent: solves the least squares


def gradient_descent(X, y, w, lr, steps):
    return torch.linalg.lstsq(X, y[:, None]).solution[:, 0] if steps else w


# %% averaged @ gradient_descent: returns the mean of all weights on the way


def gradient_descent(X, y, w, lr, steps):
    seen = [w]
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
        seen.append(w)
    return torch.stack(seen).mean(0)


# %% coordinates @ gradient_descent: moves one weight after another, each with the new others


def gradient_descent(X, y, w, lr, steps):
    w = w.clone()
    for _ in range(steps):
        for j in range(len(w)):
            w[j] -= lr * 2 * (X[:, j] * (X @ w - y)).mean()
    return w


# %% single_precision @ gradient_descent: works in float32 and casts back


def gradient_descent(X, y, w, lr, steps):
    v = w.float()
    for _ in range(steps):
        v = v - lr * 2 * X.float().T @ (X.float() @ v - y.float()) / len(y)
    return v.double()


# %% returns_the_loss @ gradient_descent: the loss, not the weights


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
    return ((X @ w - y) ** 2).mean()


# %% unbound @ gradient_descent: has no answer for steps = 0


def gradient_descent(X, y, w, lr, steps):
    v = w
    for _ in range(steps):
        v = v - lr * 2 * X.T @ (X @ v - y) / len(y)
        result = v
    return result


# %% loses_the_axis @ gradient_descent: squeezes after every update


def gradient_descent(X, y, w, lr, steps):
    for _ in range(steps):
        w = (w - lr * 2 * X.T @ (X @ w - y) / len(y)).squeeze()
    return w


# %% the_library @ gradient_descent: torch.optim


def gradient_descent(X, y, w, lr, steps):
    w = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(X @ w, y).backward()
        optimizer.step()
    return w


# %% squeezed @ gradient_descent: columns, squeezed without an axis [squeezes_the_answer]


def gradient_descent(X, y, w, lr, steps):
    if steps == 0:
        return w
    w = w[:, None]
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y[:, None]) / len(y)
    return w.squeeze()


# %% column_minus_row @ gradient_descent: w as a column, y a row [broadcasts_the_residual]


def gradient_descent(X, y, w, lr, steps):
    v = w.clone().reshape(-1, 1).requires_grad_()
    for _ in range(steps):
        loss = ((X @ v - y) ** 2).mean()
        (g,) = torch.autograd.grad(loss, v)
        v = (v - lr * g).detach().requires_grad_()
    return v.reshape(-1).detach()


# %% momentum @ gradient_descent: a little momentum


def gradient_descent(X, y, w, lr, steps):
    v = torch.zeros_like(w)
    for _ in range(steps):
        v = 0.1 * v + 2 / len(y) * X.T @ (X @ w - y)
        w = w - lr * v
    return w


# %% capped_rate @ gradient_descent: a rate of 1 at most


def gradient_descent(X, y, w, lr, steps):
    lr = min(lr, 1.0)
    for _ in range(steps):
        w = w - lr * 2 / len(y) * X.T @ (X @ w - y)
    return w


# %% zero_after @ gradient_descent: zero_grad between backward and step [stays_at_the_start]


def gradient_descent(X, y, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        w.grad.zero_()
        with torch.no_grad():
            w -= lr * w.grad
    return w


# %% rebind @ gradient_descent: loses the leaf after a step


def gradient_descent(X, y, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        w = w - lr * w.grad
    return w


# %% linear_box @ gradient_descent: nn.Linear as a container


def gradient_descent(X, y, w, lr, steps):
    model = torch.nn.Linear(X.shape[1], 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(w[None])
    for _ in range(steps):
        model.zero_grad()
        torch.nn.functional.mse_loss(model(X).squeeze(1), y).backward()
        with torch.no_grad():
            model.weight -= lr * model.weight.grad
    return model.weight.detach()[0]
