"""Right answers to rnn_step and unroll."""

import functools
import itertools

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% textbook: products with transposes, a list and a stack


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(x @ w_ih.T + h @ w_hh.T + b)


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for t in range(x.size(1)):
        h = rnn_step(x[:, t, :], h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% functional_linear: F.linear and unbind


def rnn_step(x, h, w_ih, w_hh, b):
    return F.linear(x, w_ih, b).add(F.linear(h, w_hh)).tanh()


def unroll(x, h, w_ih, w_hh, b):
    states = []
    for now in torch.unbind(x, dim=1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        states += [h]
    return torch.stack(states, 1), states[-1]


# %% time_first: works on (T, B, E) and swaps the axes at the end


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(torch.mm(x, w_ih.t()) + torch.mm(h, w_hh.t()) + b.unsqueeze(0))


def unroll(x, h, w_ih, w_hh, b):
    outputs = [rnn_step_out for rnn_step_out in _walk(x.permute(1, 0, 2), h, w_ih, w_hh, b)]
    return torch.stack(outputs).transpose(0, 1), outputs[-1]


def _walk(xs, h, *weights):
    for now in xs:
        h = rnn_step(now, h, *weights)
        yield h


# %% accumulate: itertools keeps the state


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(b + torch.einsum("be,he->bh", x, w_ih) + torch.einsum("bj,hj->bh", h, w_hh))


def unroll(x, h, w_ih, w_hh, b):
    def step(state, now):
        return rnn_step(now, state, w_ih, w_hh, b)

    states = list(itertools.accumulate(x.unbind(1), step, initial=h))[1:]
    return torch.stack(states, dim=1), states[-1]


# %% reduce: functools carries outputs and state


def rnn_step(x, h, w_ih, w_hh, b):
    weight = torch.cat((w_ih, w_hh), dim=1)
    return torch.tanh(F.linear(torch.cat((x, h), dim=1), weight, b))


def unroll(x, h, w_ih, w_hh, b):
    def step(carried, t):
        outputs, state = carried
        state = rnn_step(x[:, t], state, w_ih, w_hh, b)
        return [*outputs, state], state

    outputs, last = functools.reduce(step, range(x.shape[1]), ([], h))
    return torch.stack(outputs, 1), last


# %% cat_and_view: joins the states along the features, then views them as time


def rnn_step(x, h, w_ih, w_hh, b):
    z = (x[:, None, :] * w_ih).sum(-1) + (h[:, None, :] * w_hh).sum(-1) + b
    return z.tanh()


def unroll(x, h, w_ih, w_hh, b):
    batch, length, _ = x.shape
    states = []
    for t in range(length):
        h = rnn_step(x[:, t], h, w_ih, w_hh, b)
        states.append(h)
    return torch.cat(states, dim=1).view(batch, length, -1), h


# %% preallocated: fills a tensor of zeros


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.addmm(torch.addmm(b, x, w_ih.T), h, w_hh.T).tanh()


def unroll(x, h, w_ih, w_hh, b):
    outputs = torch.zeros(x.shape[0], x.shape[1], h.shape[1], dtype=x.dtype)
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t, :], h, w_ih, w_hh, b)
        outputs[:, t, :] = h
    return outputs, h


# %% sentence_by_sentence: loops over the batch outside


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.stack([torch.tanh(w_ih @ x[i] + w_hh @ h[i] + b) for i in range(len(x))])


def unroll(x, h, w_ih, w_hh, b):
    rows, lasts = [], []
    for i in range(x.shape[0]):
        state = h[i]
        row = []
        for t in range(x.shape[1]):
            state = torch.tanh(w_ih.mv(x[i, t]) + w_hh.mv(state) + b)
            row.append(state)
        rows.append(torch.stack(row))
        lasts.append(state)
    return torch.stack(rows), torch.stack(lasts)


# %% driven: all inputs in one product before the loop


def rnn_step(x, h, w_ih, w_hh, b):
    up = torch.exp(2 * (x @ w_ih.T + h @ w_hh.T + b))
    return 1 - 2 / (up + 1)


def unroll(x, h, w_ih, w_hh, b):
    driven = x @ w_ih.T + b
    states = [torch.tanh(driven[:, 0] + h @ w_hh.T)]
    for t in range(1, x.shape[1]):
        states.append(torch.tanh(driven[:, t] + states[t - 1] @ w_hh.T))
    return torch.stack(states, dim=1), states[-1]


# %% recursive: the last step calls the steps before it


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh((w_ih @ x.T + w_hh @ h.T + b[:, None]).T)


def unroll(x, h, w_ih, w_hh, b):
    if x.shape[1] > 1:
        before, h = unroll(x[:, :-1], h, w_ih, w_hh, b)
        h = rnn_step(x[:, -1], h, w_ih, w_hh, b)
        return torch.cat([before, h[:, None]], 1), h
    h = rnn_step(x[:, 0], h, w_ih, w_hh, b)
    return h[:, None], h


# %% a_module: parameters live in a module of one's own


class Cell(nn.Module):
    def __init__(self, w_ih, w_hh, b):
        super().__init__()
        self.weights = (w_ih, w_hh, b)

    def forward(self, x, h):
        w_ih, w_hh, b = self.weights
        return nn.Tanh()(F.linear(x, w_ih) + F.linear(h, w_hh, bias=b))


def rnn_step(x, h, w_ih, w_hh, b):
    return Cell(w_ih, w_hh, b)(x, h)


def unroll(x, h, w_ih, w_hh, b):
    cell = Cell(w_ih, w_hh, b)
    outputs = []
    for chunk in x.split(1, dim=1):
        h = cell(chunk.squeeze(1), h)
        outputs.append(h.unsqueeze(1))
    return torch.cat(outputs, dim=1), h


# %% mapped: one sentence, mapped over the batch


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.func.vmap(lambda x, h: torch.tanh(w_ih @ x + w_hh @ h + b))(x, h)


def unroll(x, h, w_ih, w_hh, b):
    def one(sentence, state):
        states = []
        for token in sentence.unbind(0):
            state = torch.tanh(w_ih @ token + w_hh @ state + b)
            states.append(state)
        return torch.stack(states), state

    return torch.func.vmap(one)(x, h)


# %% accumulate_addmm: accumulate carries the state


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.addmm(torch.addmm(b, x, w_ih.mT), h, w_hh.mT).tanh()


def unroll(x, h, w_ih, w_hh, b):
    states = list(
        itertools.accumulate(x.unbind(1), lambda s, now: rnn_step(now, s, w_ih, w_hh, b), initial=h)
    )
    return torch.stack(states[1:], 1), states[-1]


# %% module: an nn.Module that holds nothing


class Step(nn.Module):
    def forward(self, x, h, w_ih, w_hh, b):
        return F.linear(x, w_ih).add(F.linear(h, w_hh)).add(b).tanh()


def rnn_step(x, h, w_ih, w_hh, b):
    return Step()(x, h, w_ih, w_hh, b)


def unroll(x, h, w_ih, w_hh, b):
    step, outputs = Step(), x.new_zeros(x.size(1), x.size(0), h.size(1))
    outputs = list(outputs)
    for t in range(len(outputs)):
        outputs[t] = h = step(x.select(1, t), h, w_ih, w_hh, b)
    return torch.stack(outputs).transpose(0, 1), h


# %% columns: column vectors, and recursion


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(w_ih @ x.T + w_hh @ h.T + b.unsqueeze(1)).T


def unroll(x, h, w_ih, w_hh, b):
    first = rnn_step(x[:, 0], h, w_ih, w_hh, b)
    if x.shape[1] == 1:
        return first[:, None], first
    rest, last = unroll(x[:, 1:], first, w_ih, w_hh, b)
    return torch.cat([first[:, None], rest], 1), last


# %% tensordot: sums over named axes


def rnn_step(x, h, w_ih, w_hh, b):
    drive = torch.tensordot(x, w_ih, dims=([1], [1])) + torch.tensordot(h, w_hh, dims=([1], [1]))
    e = torch.exp(-2 * (drive + b))
    return (1 - e) / (1 + e)


def unroll(x, h, w_ih, w_hh, b):
    outputs = torch.empty(*x.shape[:2], len(b))
    for t in range(x.size(1)):
        h = rnn_step(x[:, t], h, w_ih, w_hh, b)
        outputs[:, t, :] = h
    return outputs, h


# %% keywords: one product, keyword calls, a list for the pair


def rnn_step(x, h, w_ih, w_hh, b):
    both = torch.cat((x, h), dim=1)
    weights = torch.cat((w_ih, w_hh), dim=1)
    return torch.tanh(F.linear(input=both, weight=weights, bias=b))


def unroll(x, h, w_ih, w_hh, b):
    time_first = torch.transpose(x, 0, 1)
    states = []
    for x_t in time_first:
        h = rnn_step(x=x_t, h=h, w_ih=w_ih, w_hh=w_hh, b=b)
        states += [h]
    return [torch.stack(states, dim=1), states[-1]]
