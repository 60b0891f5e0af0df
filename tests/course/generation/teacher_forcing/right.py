"""Right answers to teacher_forced and free_running."""

import functools
import itertools

import numpy as np
import torch
import torch.nn.functional as F

# %% plain: one loop each


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = targets[:, t]
    return torch.stack(outputs, dim=1)


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argmax(dim=-1)
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% shifted_input: bos in front, the last target off


def teacher_forced(step, state, bos, targets):
    inputs = torch.cat((bos.unsqueeze(1), targets[:, :-1]), dim=1)
    result = []
    for t in range(inputs.shape[1]):
        logits, state = step(inputs[:, t], state)
        result += [logits[:, None, :]]
    return torch.cat(result, dim=1)


def free_running(step, state, bos, length):
    tokens = [bos]
    for t in range(length):
        logits, state = step(tokens[t], state)
        tokens.append(torch.max(logits, dim=1)[1])
    return torch.stack(tokens[1:], dim=1)


# %% preallocated: writes into a tensor


def teacher_forced(step, state, bos, targets):
    batch, time = targets.shape
    out = None
    for t in range(time):
        logits, state = step(targets[:, t - 1] if t > 0 else bos, state)
        if out is None:
            out = torch.zeros(batch, time, logits.shape[1], dtype=logits.dtype)
        out[:, t, :] = logits
    return out


def free_running(step, state, bos, length):
    out = torch.empty((bos.shape[0], length), dtype=torch.int64)
    last = bos
    for t in range(length):
        logits, state = step(last, state)
        out[:, t] = torch.argmax(logits, 1)
        last = out[:, t]
    return out


# %% without_gradients: under no_grad, as a decorator and as a block


@torch.no_grad()
def teacher_forced(step, state, bos, targets):
    fed = itertools.chain([bos], targets.unbind(1))
    out = []
    for token, _ in zip(fed, range(targets.shape[1]), strict=False):
        logits, state = step(token, state)
        out.append(logits)
    return torch.stack(out).permute(1, 0, 2)


def free_running(step, state, bos, length):
    with torch.inference_mode():
        steps = []
        for _ in range(length):
            logits, state = step(bos if not steps else steps[-1], state)
            steps.append(F.log_softmax(logits, -1).argmax(-1))
        return torch.stack(steps).T


# %% recursion: the first position, then the rest


def teacher_forced(step, state, bos, targets):
    logits, after = step(bos, state)
    logits = logits.unsqueeze(1)
    if targets.shape[1] < 2:
        return logits
    return torch.cat([logits, teacher_forced(step, after, targets[:, 0], targets[:, 1:])], 1)


def free_running(step, state, bos, length):
    if length == 0:
        return bos.new_empty(len(bos), 0)
    logits, after = step(bos, state)
    token = logits.argmax(-1)
    return torch.cat([token[:, None], free_running(step, after, token, length - 1)], 1)


# %% one_call_more: feeds the last token as well and drops what comes of it


def teacher_forced(step, state, bos, targets):
    out = []
    for token in [bos, *targets.t()]:
        logits, state = step(token, state)
        out.append(logits)
    return torch.stack(out, 1)[:, :-1]


def free_running(step, state, bos, length):
    logits, state = step(bos, state)
    out = []
    while len(out) < length:
        out.append(logits.argmax(1))
        logits, state = step(out[-1], state)
    return torch.stack(out, -1)


# %% reads_again: reads the whole prefix for every position, slow but right


def teacher_forced(step, state, bos, targets):
    out = []
    for t in range(targets.shape[1]):
        logits, now = step(bos, state)
        for s in range(t):
            logits, now = step(targets[:, s], now)
        out.append(logits)
    return torch.stack(out, 1)


def free_running(step, state, bos, length):
    tokens = [bos]
    for _ in range(length):
        now = state
        for token in tokens:
            logits, now = step(token, now)
        tokens.append(logits.argmax(-1))
    return torch.stack(tokens[1:], 1)


# %% folded: reduce carries state and answers


def teacher_forced(step, state, bos, targets):
    def read(carried, token):
        state, out = carried
        logits, state = step(token, state)
        return state, [*out, logits]

    fed = [bos] + [targets[:, t].clone() for t in range(targets.shape[1] - 1)]
    return torch.stack(functools.reduce(read, fed, (state, []))[1], 1)


def free_running(step, state, bos, length):
    def read(carried, _):
        token, state, out = carried
        logits, state = step(token, state)
        token = torch.sort(logits, dim=-1, descending=True).indices[:, 0]
        return token, state, [*out, token]

    return torch.stack(functools.reduce(read, range(length), (bos, state, []))[2], 1)


# %% numpy_choice: chooses in numpy, reshapes through a permutation


def teacher_forced(step, state, bos, targets):
    time = targets.shape[1]
    rows = []
    for t in range(time):
        logits, state = step(bos if t == 0 else targets.select(1, t - 1), state)
        rows.append(logits)
    return torch.cat(rows).view(time, len(bos), -1).transpose(0, 1).contiguous()


def free_running(step, state, bos, length):
    token, chosen = bos, []
    for _ in range(length):
        logits, state = step(token, state)
        token = torch.from_numpy(np.argmax(logits.detach().numpy(), axis=1))
        chosen.append(token.numpy())
    return torch.tensor(np.stack(chosen, axis=1))


# %% concatenated: cat all along


def teacher_forced(step, state, bos, targets):
    logits, state = step(bos, state)
    whole = logits[:, None]
    for t in range(1, targets.shape[1]):
        logits, state = step(targets[:, t - 1], state)
        whole = torch.cat([whole, logits[:, None]], dim=1)
    return whole


def free_running(step, state, bos, length):
    whole = bos.reshape(-1, 1)
    for _ in range(length):
        logits, state = step(whole[:, -1], state)
        whole = torch.hstack([whole, logits.argmax(-1, keepdim=True)])
    return whole[:, 1:]


# %% generator: a generator yields, the caller stacks


def readings(step, state, token):
    while True:
        logits, state = step(token, state)
        token = yield logits


def teacher_forced(step, state, bos, targets):
    reading = readings(step, state, bos)
    out = [next(reading)]
    for t in range(targets.shape[1] - 1):
        out.append(reading.send(targets[:, t]))
    return torch.dstack([logits[:, :, None] for logits in out]).mT


def free_running(step, state, bos, length):
    reading = readings(step, state, bos)
    out = [next(reading).argmax(-1)]
    for _ in range(length - 1):
        out.append(reading.send(out[-1]).argmax(-1))
    return torch.vstack(out).T.contiguous()


# %% preallocated_inputs: fills a tensor of inputs


def teacher_forced(step, state, bos, targets):
    inputs = torch.empty_like(targets)
    inputs[:, 0] = bos
    inputs[:, 1:] = targets[:, :-1]
    out = []
    for t in range(inputs.size(1)):
        logits, state = step(inputs[:, t], state)
        out.append(logits[:, None, :])
    return torch.cat(out, 1)


def free_running(step, state, bos, length):
    tokens = [bos]
    for _ in range(length):
        logits, state = step(tokens[-1], state)
        tokens.append(torch.argmax(logits, dim=1))
    return torch.stack(tokens[1:], dim=1)


# %% roll_and_fix: rolls, then writes bos over the first


def teacher_forced(step, state, bos, targets):
    inputs = targets.roll(1, 1)
    inputs[:, 0] = bos
    outputs = [None] * targets.shape[-1]
    for t, token in enumerate(inputs.T):
        outputs[t], state = step(token, state)
    return torch.stack(outputs).permute(1, 0, 2)


def free_running(step, state, bos, length):
    out = bos.new_empty(len(bos), length)
    for t in range(length):
        logits, state = step(bos if t == 0 else out[:, t - 1], state)
        out[:, t] = logits.max(-1)[1]
    return out


# %% next_of_iter: an iterator of what is fed


def teacher_forced(step, state, bos, targets):
    feed = iter([bos, *targets.unbind(1)])
    scores = []
    while len(scores) < targets.shape[1]:
        logits, state = step(next(feed), state)
        scores.append(logits)
    return torch.stack(scores, -2)


@torch.no_grad()
def free_running(step, state, bos, length):
    token, rows = bos, []
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argsort(-1)[:, -1]
        rows.append(token)
    return torch.column_stack(rows)


# %% a_generator: a generator carries the state


def teacher_forced(step, state, bos, targets):
    def run(state):
        token = bos
        for t in range(targets.shape[1]):
            logits, state = step(token, state)
            yield logits
            token = targets[:, t].clone()

    return torch.stack(tuple(run(state)), dim=1)


def free_running(step, state, bos, length):
    def run(state, token):
        for _ in range(length):
            logits, state = step(token, state)
            token = logits.log_softmax(1).argmax(1)
            yield token

    return torch.stack(list(run(state, bos)), 1)


# %% reads_last_too: one call too many, thrown away


def teacher_forced(step, state, bos, targets):
    logits, state = step(bos, state)
    outputs = [logits]
    for t in range(targets.shape[1]):
        logits, state = step(targets[:, t], state)
        outputs.append(logits)
    return torch.stack(outputs[:-1], 1)


def free_running(step, state, bos, length):
    logits, state = step(bos, state)
    chosen = [logits.argmax(-1)]
    while len(chosen) < length:
        logits, state = step(chosen[-1], state)
        chosen.append(logits.argmax(-1))
    return torch.stack(chosen, 1)
