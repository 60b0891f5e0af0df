"""Wrong answers to sgd."""

# %% full_batch @ sgd: order only counts the updates [uses_the_full_batch]


def sgd(X, y, w, lr, order):
    for _ in order:
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
    return w


# %% over_n @ sgd: a sample's gradient divided by n [divides_by_n]


def sgd(X, y, w, lr, order):
    n = X.shape[0]
    for i in order:
        w = w - lr * 2 / n * (X[i] @ w - y[i]) * X[i]
    return w


# %% as_stored @ sgd: for i in range(n) [ignores_the_order]


def sgd(X, y, w, lr, order):
    for i in range(len(X)):
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% at_the_start @ sgd: gradients of all samples at the first w [sums_updates_at_the_start]


def sgd(X, y, w, lr, order):
    w0, w = w, w.clone()
    for i in order:
        w -= lr * 2 * (X[i] @ w0 - y[i]) * X[i]
    return w


# %% half @ sgd: no factor 2 [drops_the_factor_two]


def sgd(X, y, w, lr, order):
    for i in order:
        w = w - lr * (X[i] @ w - y[i]) * X[i]
    return w


# %% plus @ sgd: the residual is turned round, the sign is not [ascends]


def sgd(X, y, w, lr, order):
    for i in order:
        w = w - lr * 2 * (y[i] - X[i] @ w) * X[i]
    return w


# %% never_zeroed @ sgd: backward adds up [accumulates_gradients]


def sgd(X, y, w, lr, order):
    w = w.clone().requires_grad_()
    for i in order:
        ((X[i] @ w - y[i]) ** 2).backward()
        w.data -= lr * w.grad
    return w


# %% as_a_set @ sgd: every sample once, in the order of first use [uses_each_sample_once]


def sgd(X, y, w, lr, order):
    seen = set()
    for i in order.tolist():
        if i in seen:
            continue
        seen.add(i)
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% sorted_first @ sgd: sorts the indices [sorts_the_order]


def sgd(X, y, w, lr, order):
    for i in sorted(order.tolist()):
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% targets_as_stored @ sgd: shuffles X, not y [pairs_rows_with_other_targets]


def sgd(X, y, w, lr, order):
    rows = X[order]
    for k in range(len(order)):
        w = w - lr * 2 * (rows[k] @ w - y[k]) * rows[k]
    return w


# %% unique @ sgd: order.unique(), which sorts as well


def sgd(X, y, w, lr, order):
    for i in order.unique():
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% one_batch @ sgd: sum of the gradients of all named samples [sums_updates_at_the_start]


def sgd(X, y, w, lr, order):
    return w - lr * 2 * X[order].T @ (X[order] @ w - y[order])


# %% backwards @ sgd: from the last entry to the first


def sgd(X, y, w, lr, order):
    for i in order.flip(0):
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% own_shuffle @ sgd: draws an order of its own


def sgd(X, y, w, lr, order):
    g = torch.Generator().manual_seed(0)
    for k in torch.randperm(len(order), generator=g):
        i = order[k]
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% as_permutation @ sgd: takes order for ranks, by argsort


def sgd(X, y, w, lr, order):
    for i in order.argsort():
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% in_place @ sgd: the values are right, but the caller's w moves [changes_the_callers_w]


def sgd(X, y, w, lr, order):
    for i in order:
        w -= lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% first_n @ sgd: at most n updates [makes_at_most_n_updates]


def sgd(X, y, w, lr, order):
    for _, i in zip(range(len(X)), order):
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% weights_by_count @ sgd: repeats as larger steps at first use


def sgd(X, y, w, lr, order):
    entries = order.tolist()
    for i in dict.fromkeys(entries):
        w = w - entries.count(i) * lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% skips_repeats_in_a_row @ sgd: the same sample twice in a row counts once


def sgd(X, y, w, lr, order):
    for i in order.unique_consecutive():
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% unbound @ sgd: has no answer for an empty order


def sgd(X, y, w, lr, order):
    v = w
    for i in order:
        v = v - lr * 2 * (X[i] @ v - y[i]) * X[i]
        result = v
    return result


# %% zeros_if_empty @ sgd: an empty order gives zeros


def sgd(X, y, w, lr, order):
    if len(order) == 0:
        return torch.zeros_like(w)
    for i in order:
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% row_answer @ sgd: returns shape (1, d)


def sgd(X, y, w, lr, order):
    w = w[None]
    for i in order:
        w = w - lr * 2 * (X[i] @ w[0] - y[i]) * X[i : i + 1]
    return w


# %% over_d @ sgd: the mean of row * error in place of its sum


def sgd(X, y, w, lr, order):
    for i in order:
        w = w - lr * 2 * ((X[i] * w).mean() - y[i]) * X[i]
    return w


# %% decays @ sgd: the rate falls with every update


def sgd(X, y, w, lr, order):
    for k, i in enumerate(order):
        w = w - lr / (1 + k) ** 0.5 * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% single_precision @ sgd: works in float32 and casts back


def sgd(X, y, w, lr, order):
    X, y, v = X.float(), y.float(), w.float()
    for i in order:
        v = v - lr * 2 * (X[i] @ v - y[i]) * X[i]
    return v.to(w.dtype)


# %% the_library @ sgd: torch.optim


def sgd(X, y, w, lr, order):
    w = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    for i in order:
        optimizer.zero_grad()
        (X[i] @ w - y[i]).square().backward()
        optimizer.step()
    return w


# %% unique_it @ sgd: unique [sorts_and_drops_repeats]


def sgd(X, y, w, lr, order):
    for i in torch.unique(order):
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% set_it @ sgd: set [sorts_and_drops_repeats]


def sgd(X, y, w, lr, order):
    for i in sorted(set(order.tolist())):
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w


# %% stale_residuals @ sgd: all residuals are taken at the start [sums_updates_at_the_start]


def sgd(X, y, w, lr, order):
    r = X @ w - y
    for i in order:
        w = w - lr * 2 * r[i] * X[i]
    return w


# %% mean_by_len_order @ sgd: divides by the length of order


def sgd(X, y, w, lr, order):
    for i in order:
        w = w - lr * 2 * (X[i] @ w - y[i]) * X[i] / len(order)
    return w


# %% elementwise @ sgd: product without sum


def sgd(X, y, w, lr, order):
    for i in order:
        w = w - lr * 2 * (X[i] * w - y[i]) * X[i]
    return w


# %% order_as_mask @ sgd: asks of every sample whether order names it [sorts_and_drops_repeats]


def sgd(X, y, w, lr, order):
    w = w.clone()
    for i in range(len(y)):
        if i in order:
            w -= lr * 2 * (X[i] @ w - y[i]) * X[i]
    return w
