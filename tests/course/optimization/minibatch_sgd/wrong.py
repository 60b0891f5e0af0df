# %% drops_last @ minibatches: whole batches only [drops_the_last_batch]
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator)
    k = n // batch_size
    return list(perm[: k * batch_size].view(k, batch_size))


# %% loader_drop_last @ minibatches: DataLoader with drop_last [drops_the_last_batch]
def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    return list(
        DataLoader(range(n), batch_size, shuffle=True, drop_last=True, generator=generator)
    )


# %% replacement @ minibatches: each index drawn for itself [draws_with_replacement]
def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    order = torch.multinomial(torch.ones(n), n, replacement=True, generator=generator)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


# %% padded @ minibatches: the last batch padded with zeros [fills_up_the_last_batch]
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator)
    return list(F.pad(perm, (0, -n % batch_size)).view(-1, batch_size))


# %% unshuffled_loader @ minibatches: shuffle=True forgotten [never_shuffles]
def minibatches(n, batch_size, generator):
    return list(DataLoader(range(n), batch_size, generator=generator)) if n else []


# %% inside_only @ minibatches: each batch is shuffled inside, its samples stay the same
def minibatches(n, batch_size, generator):
    out = []
    for i in range(0, n, batch_size):
        batch = torch.arange(i, min(i + batch_size, n))
        out.append(batch[torch.randperm(len(batch), generator=generator)])
    return out


# %% whole_batches @ minibatches: full batches change places [shuffles_whole_batches]
def minibatches(n, batch_size, generator):
    full = n // batch_size
    order = torch.randperm(full, generator=generator)
    out = [torch.arange(k * batch_size, (k + 1) * batch_size) for k in order.tolist()]
    if n % batch_size:
        out.append(torch.arange(full * batch_size, n))
    return out


# %% global_rng @ minibatches: the generator is not handed on [ignores_the_generator]
def minibatches(n, batch_size, generator):
    perm = torch.argsort(torch.rand(n))
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% reseeded @ minibatches: the generator is put back before each draw [starts_the_generator_again]
def minibatches(n, batch_size, generator):
    generator.manual_seed(generator.initial_seed())
    perm = torch.randperm(n, generator=generator)
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% global_seed @ minibatches: seeds the global generator from the given one
def minibatches(n, batch_size, generator):
    torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
    perm = torch.randperm(n)
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% empty_batch @ minibatches: split makes an empty batch [makes_an_empty_batch]
def minibatches(n, batch_size, generator):
    return torch.split(torch.randperm(n, generator=generator), batch_size)


# %% extra_empty @ minibatches: one batch too many when n is a multiple
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator)
    return [perm[k * batch_size : (k + 1) * batch_size] for k in range(n // batch_size + 1)]


# %% chunked @ minibatches: chunk evens the batches out
def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    return list(torch.randperm(n, generator=generator).chunk(math.ceil(n / batch_size)))


# %% from_one @ minibatches: counts from 1
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator) + 1
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% last_missing @ minibatches: the permutation is one short
def minibatches(n, batch_size, generator):
    perm = torch.randperm(max(n - 1, 0), generator=generator)
    return [perm[i : i + batch_size] for i in range(0, n - 1, batch_size)]


# %% lists @ minibatches: lists of ints instead of tensors
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator).tolist()
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% floats @ minibatches: indices as floats
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator).double()
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% columns @ minibatches: batches of shape (b, 1)
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator)
    return [perm[i : i + batch_size].unsqueeze(1) for i in range(0, n, batch_size)]


# %% one_tensor @ minibatches: the permutation, uncut
def minibatches(n, batch_size, generator):
    return torch.randperm(n, generator=generator)


# %% rotated @ minibatches: starts at a random place and goes on in order
def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    order = torch.arange(n).roll(int(torch.randint(n, (1,), generator=generator)))
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


# %% small_first @ minibatches: the smaller batch comes first
def minibatches(n, batch_size, generator):
    perm = torch.randperm(n, generator=generator)
    rest = n % batch_size
    head = [perm[:rest]] if rest else []
    return head + [perm[i : i + batch_size] for i in range(rest, n, batch_size)]


# %% fixed_seed @ minibatches: a generator of its own with a fixed seed
def minibatches(n, batch_size, generator):
    own = torch.Generator().manual_seed(42)
    perm = torch.randperm(n, generator=own)
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% none_for_small @ minibatches: fewer samples than a batch give nothing
def minibatches(n, batch_size, generator):
    if n < batch_size:
        return []
    perm = torch.randperm(n, generator=generator)
    return [perm[i : i + batch_size] for i in range(0, n, batch_size)]


# %% one_swap @ minibatches: only one pair of samples changes places
def minibatches(n, batch_size, generator):
    order = torch.arange(n)
    if n:
        i, j = torch.randint(n, (2,), generator=generator).tolist()
        order[i], order[j] = j, i
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


# %% sum_loss @ minibatch_sgd: the sum of the squares [sums_over_the_batch]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    w = w.clone().requires_grad_()
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            (g,) = torch.autograd.grad(((X[b] @ w - y[b]) ** 2).sum(), w)
            w = (w - lr * g).detach().requires_grad_()
    return w


# %% never_zeroed @ minibatch_sgd: .grad is never cleared [accumulates_gradients]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    w = w.clone().requires_grad_()
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            ((X[b] @ w - y[b]) ** 2).mean().backward()
            with torch.no_grad():
                w -= lr * w.grad
    return w.detach()


# %% zeroed_per_epoch @ minibatch_sgd: .grad is cleared once per epoch [clears_gradients_once_per_epoch]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    w = w.clone().requires_grad_()
    for _ in range(epochs):
        w.grad = None
        for b in minibatches(len(y), batch_size, generator):
            ((X[b] @ w - y[b]) ** 2).mean().backward()
            with torch.no_grad():
                w -= lr * w.grad
    return w.detach()


# %% loader_drop @ minibatch_sgd: range stops before the last batch [leaves_the_last_batch_out]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    n = len(y)
    for _ in range(epochs):
        perm = torch.randperm(n, generator=generator)
        for k in range(n // batch_size):
            b = perm[k * batch_size : (k + 1) * batch_size]
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% over_batch_size @ minibatch_sgd: divides by batch_size [divides_by_batch_size]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / batch_size
    return w


# %% over_small_n @ minibatch_sgd: right unless there are fewer samples than batch_size
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            size = batch_size if len(y) < batch_size else len(b)
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / size
    return w


# %% full_gradient @ minibatch_sgd: one full-batch update per epoch [updates_once_per_epoch]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        perm = torch.randperm(len(y), generator=generator)
        w = w - lr * 2 * X[perm].T @ (X[perm] @ w - y[perm]) / len(y)
    return w


# %% mean_of_means @ minibatch_sgd: averages the batches' gradients, then one update per epoch
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        grads = [
            2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
            for b in minibatches(len(y), batch_size, generator)
        ]
        w = w - lr * torch.stack(grads).mean(0)
    return w


# %% stale_gradients @ minibatch_sgd: all gradients of an epoch at its first weights
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        start = w
        for b in minibatches(len(y), batch_size, generator):
            w = w - lr * 2 * X[b].T @ (X[b] @ start - y[b]) / len(b)
    return w


# %% one_order @ minibatch_sgd: one shuffle for all epochs [keeps_one_order]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    perm = torch.randperm(len(y), generator=generator)
    X, y = X[perm], y[perm]
    for _ in range(epochs):
        for i in range(0, len(y), batch_size):
            a, t = X[i : i + batch_size], y[i : i + batch_size]
            w = w - lr * 2 * a.T @ (a @ w - t) / len(t)
    return w


# %% no_shuffle @ minibatch_sgd: slices of the data as stored [takes_samples_as_stored]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        for a, t in DataLoader(TensorDataset(X, y), batch_size, generator=generator):
            w = w - lr * 2 * a.T @ (a @ w - t) / len(t)
    return w


# %% order_of_batches @ minibatch_sgd: fixed batches in a new order per epoch
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    batches = minibatches(len(y), batch_size, generator)
    for _ in range(epochs):
        for k in torch.randperm(len(batches), generator=generator).tolist():
            b = batches[k]
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% every_other_epoch @ minibatch_sgd: a new shuffle only every second epoch
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for epoch in range(epochs):
        if epoch % 2 == 0:
            batches = minibatches(len(y), batch_size, generator)
        for b in batches:
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% x_without_y @ minibatch_sgd: shuffles X but not y
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        perm = torch.randperm(len(y), generator=generator)
        A = X[perm]
        for i in range(0, len(y), batch_size):
            a, t = A[i : i + batch_size], y[i : i + batch_size]
            w = w - lr * 2 * a.T @ (a @ w - t) / len(t)
    return w


# %% global_shuffle @ minibatch_sgd: draws from the global generator [leaves_the_generator_unused]
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        perm = torch.randperm(len(y))
        for i in range(0, len(y), batch_size):
            b = perm[i : i + batch_size]
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% seeded_per_epoch @ minibatch_sgd: the epoch number seeds the shuffle
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for epoch in range(epochs):
        own = torch.Generator().manual_seed(epoch)
        for b in minibatches(len(y), batch_size, own):
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% in_place @ minibatch_sgd: changes the caller's weights
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            w -= lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% single @ minibatch_sgd: learns in single precision and converts at the end
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    X, y, v = X.float(), y.float(), w.float()
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            v = v - lr * 2 * X[b].T @ (X[b] @ v - y[b]) / len(b)
    return v.to(w.dtype)


# %% one_more_epoch @ minibatch_sgd: an epoch too many
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs + 1):
        for b in minibatches(len(y), batch_size, generator):
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% at_least_one @ minibatch_sgd: zero epochs are taken for one
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(max(epochs, 1)):
        for b in minibatches(len(y), batch_size, generator):
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% sampled_batches @ minibatch_sgd: each batch is drawn from all samples
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    n = len(y)
    for _ in range(epochs):
        for i in range(0, n, batch_size):
            b = torch.randperm(n, generator=generator)[: min(batch_size, n - i)]
            w = w - lr * 2 * X[b].T @ (X[b] @ w - y[b]) / len(b)
    return w


# %% optimiser @ minibatch_sgd: torch.optim does the work
def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    v = w.detach().clone().requires_grad_()
    optimiser = torch.optim.SGD([v], lr=lr)
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            optimiser.zero_grad()
            F.mse_loss(X[b] @ v, y[b]).backward()
            optimiser.step()
    return v.detach()


# %% x_only @ minibatch_sgd: permutes X only [shuffles_rows_without_targets]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        perm = torch.randperm(len(y), generator=generator)
        for xb, yb in zip(X[perm].split(batch_size), y.split(batch_size)):
            w = w - lr * 2 / len(yb) * xb.T @ (xb @ w - yb)
    return w


# %% two_perms @ minibatch_sgd: a permutation for X, another for y


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    for _ in range(epochs):
        Xs = X[torch.randperm(len(y), generator=generator)]
        ys = y[torch.randperm(len(y), generator=generator)]
        for xb, yb in zip(Xs.split(batch_size), ys.split(batch_size)):
            w = w - lr * 2 / len(yb) * xb.T @ (xb @ w - yb)
    return w


# %% square @ minibatch_sgd: column less row [broadcasts_the_residual]


def minibatch_sgd(X, y, w, lr, batch_size, epochs, generator):
    v = w.clone().reshape(-1, 1).requires_grad_()
    for _ in range(epochs):
        for b in minibatches(len(y), batch_size, generator):
            (g,) = torch.autograd.grad(((X[b] @ v - y[b]) ** 2).mean(), v)
            v = (v - lr * g).detach().requires_grad_()
    return v.reshape(-1).detach()


# %% chunk_it @ minibatches: chunk [asks_for_a_number_of_batches]


def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    p = torch.randperm(n, generator=generator)
    return list(torch.chunk(p, (n + batch_size - 1) // batch_size))


# %% even_tensor_split @ minibatches: tensor_split [evens_out_the_batches]


def minibatches(n, batch_size, generator):
    if n == 0:
        return []
    p = torch.randperm(n, generator=generator)
    return list(torch.tensor_split(p, (n + batch_size - 1) // batch_size))


# %% int32 @ minibatches: int32 indices


def minibatches(n, batch_size, generator):
    p = torch.randperm(n, generator=generator).int()
    return [p[i : i + batch_size] for i in range(0, n, batch_size)]


# %% partial_shuffle @ minibatches: the last batch always from the end


def minibatches(n, batch_size, generator):
    full = n - n % batch_size
    p = torch.cat([torch.randperm(full, generator=generator), torch.arange(full, n)])
    return [p[i : i + batch_size] for i in range(0, n, batch_size)]


# %% pad_minus_one @ minibatches: pads the last with -1


def minibatches(n, batch_size, generator):
    p = torch.randperm(n, generator=generator)
    pad = (-n) % batch_size
    p = torch.cat([p, torch.full((pad,), -1)])
    return list(p.reshape(-1, batch_size)) if n else []
