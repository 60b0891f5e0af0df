"""Right answers to gates."""

import torch
import torch.nn.functional as F


# %% plain: one product for each input


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% linear: F.linear


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = F.linear(x, w_ih, b_ih) + F.linear(h, w_hh, b_hh)
    i, f, g, o = torch.split(z, h.shape[1], dim=1)
    new_c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    new_h = torch.sigmoid(o) * torch.tanh(new_c)
    return new_h, new_c


# %% slices: of columns


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    n = h.size(1)
    i, f = torch.sigmoid(z[:, :n]), torch.sigmoid(z[:, n : 2 * n])
    g, o = torch.tanh(z[:, 2 * n : 3 * n]), torch.sigmoid(z[:, 3 * n :])
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% gate_by_gate: rows of the weights


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    wi, wh, b = w_ih.chunk(4), w_hh.chunk(4), (b_ih + b_hh).chunk(4)
    z = [x @ wi[k].T + h @ wh[k].T + b[k] for k in range(4)]
    c = z[1].sigmoid() * c + z[0].sigmoid() * z[2].tanh()
    return z[3].sigmoid() * c.tanh(), c


# %% joined: one product


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = torch.cat((x, h), -1) @ torch.cat((w_ih, w_hh), -1).T + b_ih + b_hh
    z = z.view(x.size(0), 4, -1)
    i, f, o = z[:, 0].sigmoid(), z[:, 1].sigmoid(), z[:, 3].sigmoid()
    c = torch.addcmul(i * z[:, 2].tanh(), f, c)
    return o * torch.tanh(c), c


# %% einsum: named sums


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = torch.einsum("bi,gi->bg", x, w_ih) + torch.einsum("bh,gh->bg", h, w_hh)
    z = z + b_ih + b_hh
    i, f, g, o = z.tensor_split(4, dim=-1)
    c = torch.sigmoid(f).mul(c).add(torch.sigmoid(i).mul(torch.tanh(g)))
    return torch.sigmoid(o).mul(torch.tanh(c)), c


# %% transposed: columns are samples


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = w_ih @ x.T + w_hh @ h.T + (b_ih + b_hh)[:, None]
    i, f, g, o = z.chunk(4)
    c = torch.sigmoid(f) * c.T + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c)).T, c.T


# %% own_exponentials: sigmoid and tanh from exp


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh

    def gate(v):
        return 1 / (1 + torch.exp(-v))

    i, f, g, o = z.chunk(4, dim=1)
    c = gate(f) * c + gate(i) * (2 * gate(2 * g) - 1)
    return gate(o) * (2 * gate(2 * c) - 1), c


# %% by_tanh: sigmoid from tanh


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.unflatten(1, (4, -1)).unbind(1)
    i, f, o = (0.5 + 0.5 * torch.tanh(v / 2) for v in (i, f, o))
    c = f * c + i * torch.tanh(g)
    return o * torch.tanh(c), c


# %% rows: sample after sample


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    hs, cs = [], []
    for k in range(x.shape[0]):
        z = w_ih @ x[k] + b_ih + w_hh @ h[k] + b_hh
        i, f, g, o = z.reshape(4, -1)
        cs.append(torch.sigmoid(f) * c[k] + torch.sigmoid(i) * torch.tanh(g))
        hs.append(torch.sigmoid(o) * torch.tanh(cs[-1]))
    return torch.stack(hs), torch.stack(cs)


# %% mapped: vmap over the batch


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    def one(x, h, c):
        z = w_ih.mv(x) + w_hh.mv(h) + b_ih + b_hh
        i, f, g, o = z.chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    return torch.vmap(one)(x, h, c)


# %% in_place_on_new: works in place on its own tensors


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = torch.addmm(b_ih, x, w_ih.T).add_(h @ w_hh.T).add_(b_hh)
    i, f, g, o = (part.clone() for part in z.chunk(4, 1))
    new = c.clone()
    new *= f.sigmoid()
    new += i.sigmoid() * g.tanh()
    return new.tanh() * o.sigmoid(), new


# %% a_list: returns a list


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    new = i * g
    new = new + f * c
    return [o * torch.tanh(new), new]


# %% all_sigmoids_first: squashes everything, then picks


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    s, t = z.sigmoid(), z.tanh()
    n = c.shape[-1]
    new = s[:, n : 2 * n] * c + s[:, 0:n] * t[:, 2 * n : -n]
    return s[:, -n:] * new.tanh(), new


# %% addmm: addmm and narrow


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = torch.addmm(torch.addmm(b_ih + b_hh, x, w_ih.t()), h, w_hh.t())
    n = c.size(1)
    i, f, g, o = (z.narrow(1, k * n, n) for k in range(4))
    c_next = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c_next), c_next


# %% one_bias_column: bias as a further input


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    one = x.new_ones(len(x), 1)
    inputs = torch.cat([x, h, one, one], dim=1)
    weights = torch.cat([w_ih, w_hh, b_ih[:, None], b_hh[:, None]], dim=1)
    z = torch.matmul(inputs, weights.mT).reshape(len(x), 4, -1)
    gates = torch.sigmoid(z)
    new = gates[:, 1] * c + gates[:, 0] * z[:, 2].tanh()
    return gates[:, 3] * new.tanh(), new


# %% bmm: batched matrices, one for each quarter


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    n = h.shape[-1]
    z = torch.bmm(w_ih.view(4, n, -1), x.T.expand(4, -1, -1))
    z = z + torch.bmm(w_hh.reshape(4, n, n), h.T.expand(4, -1, -1))
    z = (z + (b_ih + b_hh).view(4, n, 1)).transpose(1, 2)
    i, f, g, o = z
    new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * new.tanh(), new


# %% softmax_gates: sigmoid as a softmax over two


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = F.linear(x, w_ih, b_ih) + F.linear(h, w_hh, b_hh)
    i, f, g, o = z.chunk(4, dim=-1)

    def gate(v):
        return torch.stack([v, torch.zeros_like(v)]).softmax(0)[0]

    new = torch.add(gate(f) * c, gate(i) * torch.tanh(g))
    return gate(o) * torch.tanh(new), new


# %% named_pair: a named tuple


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    from collections import namedtuple

    State = namedtuple("State", "h c")
    z = x.matmul(w_ih.T) + h.matmul(w_hh.T) + (b_ih + b_hh)
    i, f, g, o = torch.tensor_split(z, 4, dim=1)
    new = torch.lerp(torch.zeros_like(c), c, f.sigmoid()) + i.sigmoid() * g.tanh()
    return State(o.sigmoid() * new.tanh(), new)


# %% feature_by_feature: unit after unit


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    n = h.shape[1]
    hs, cs = [], []
    for u in range(n):
        z = [
            x @ w_ih[k * n + u] + h @ w_hh[k * n + u] + b_ih[k * n + u] + b_hh[k * n + u]
            for k in range(4)
        ]
        cs.append(torch.sigmoid(z[1]) * c[:, u] + torch.sigmoid(z[0]) * torch.tanh(z[2]))
        hs.append(torch.sigmoid(z[3]) * torch.tanh(cs[-1]))
    return torch.stack(hs, 1), torch.stack(cs, 1)
