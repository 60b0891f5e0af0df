"""Right answers to greedy_decode."""

import functools
import itertools

import numpy as np
import torch
import torch.nn.functional as F

# %% plain: a for loop and break


def greedy_decode(step, state, bos, eos, max_length):
    tokens = []
    token = torch.tensor([bos])
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.argmax(dim=-1)
        if token.item() == eos:
            break
        tokens.append(token.item())
    return tokens


# %% while_not_eos: the test for eos in the head of the loop


def greedy_decode(step, state, bos, eos, max_length):
    token, out = bos, []
    while token != eos and len(out) < max_length:
        logits, state = step(torch.LongTensor([token]), state)
        token = int(torch.argmax(logits, dim=1))
        if token != eos:
            out.append(token)
    return out


# %% eos_removed: keeps eos, and takes it off at the end


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    current = bos
    while len(out) < max_length:
        logits, state = step(torch.tensor([current], dtype=torch.long), state)
        current = logits[0].argmax().item()
        out.append(current)
        if current == eos:
            out.pop()
            break
    return out


# %% bos_removed: starts with bos, and takes it off


@torch.no_grad()
def greedy_decode(step, state, bos, eos, max_length):
    sequence = [bos]
    for _ in range(max_length):
        logits, state = step(torch.as_tensor(sequence[-1:]), state)
        _, best = logits.max(dim=-1)
        if best == eos:
            return sequence[1:]
        sequence.append(int(best))
    return sequence[1:]


# %% call_first: asks before the loop, and once too often where max_length ends it


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    logits, state = step(torch.full((1,), bos, dtype=torch.int64), state)
    while len(out) < max_length:
        token = logits.argmax(1)
        if int(token) == eos:
            break
        out.append(int(token))
        logits, state = step(token, state)
    return out


# %% recursion: one token, then the rest


def greedy_decode(step, state, bos, eos, max_length):
    if max_length <= 0:
        return []
    logits, state = step(torch.tensor(bos).reshape(1), state)
    token = logits.squeeze(0).argmax().item()
    return [] if token == eos else [token] + greedy_decode(step, state, token, eos, max_length - 1)


# %% takewhile: an endless generator, cut


def stream(step, state, token):
    token = torch.tensor([token])
    while True:
        logits, state = step(token, state)
        token = logits.topk(1, dim=-1).indices[:, 0]
        yield token.item()


def greedy_decode(step, state, bos, eos, max_length):
    first = itertools.islice(stream(step, state, bos), max_length)
    return [*itertools.takewhile(eos.__ne__, first)]


# %% probabilities: argmax of the probabilities


def greedy_decode(step, state, bos, eos, max_length):
    out, token = [], torch.tensor([bos])
    with torch.inference_mode():
        for _ in range(max_length):
            logits, state = step(token, state)
            token = F.softmax(logits, dim=-1).argmax(-1)
            if token[0] == eos:
                break
            out.extend(token.tolist())
    return out


# %% numpy_choice: chooses in numpy; numpy integers come back


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = np.int64(bos)
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = np.argmax(logits.detach().numpy()[0])
        if token == eos:
            break
        out.append(token)
    return out


# %% into_a_tensor: fills a tensor, and cuts it where eos came


def greedy_decode(step, state, bos, eos, max_length):
    tokens = torch.full((max_length + 1,), bos)
    count = 0
    for t in range(max_length):
        logits, state = step(tokens[t : t + 1], state)
        tokens[t + 1] = logits.argmax()
        if tokens[t + 1] == eos:
            break
        count += 1
    return tokens[1 : count + 1].tolist()


# %% for_else: a flag and sorted lists


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    done = max_length == 0
    token = bos
    while not done:
        logits, state = step(torch.tensor([token]), state)
        row = logits[0].tolist()
        token = max(range(len(row)), key=row.__getitem__)
        if token != eos:
            out.append(token)
        done = token == eos or len(out) == max_length
    return out


# %% object: a decoder with memory


class Decoder:
    def __init__(self, step, state, token):
        self.advance = functools.partial(step)
        self.state, self.token = state, token

    def __iter__(self):
        return self

    def __next__(self):
        logits, self.state = self.advance(torch.tensor([self.token]), self.state)
        self.token = logits.flatten().sort().indices[-1].item()
        return self.token


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    if max_length:
        for token in Decoder(step, state, bos):
            if token == eos:
                break
            out.append(token)
            if len(out) == max_length:
                break
    return tuple(out)


# %% walrus: a while with a walrus


def greedy_decode(step, state, bos, eos, max_length):
    out, token = [], torch.tensor([bos])
    while len(out) < max_length:
        logits, state = step(token, state)
        if (best := int(torch.argmax(logits[0]))) == eos:
            return out
        out.append(best)
        token = torch.tensor([best])
    return out


# %% max_over_list: plain Python maximum


def greedy_decode(step, state, bos, eos, max_length):
    tokens = [bos]
    for _ in range(max_length):
        (scores,), state = step(torch.LongTensor(tokens[-1:]), state)
        scores = scores.tolist()
        tokens.append(max(range(len(scores)), key=scores.__getitem__))
        if tokens[-1] == eos:
            tokens.pop()
            break
    return tokens[1:]


# %% inference_mode: token and state in a pair


def greedy_decode(step, state, bos, eos, max_length):
    answer = []
    pair = torch.full((1,), bos, dtype=torch.long), state
    with torch.inference_mode():
        for _ in itertools.repeat(None, max_length):
            logits, new = step(*pair)
            token = logits.max(dim=1).indices
            pair = token, new
            if eos == token:
                break
            answer.extend(token.tolist())
    return answer


# %% tuple_out: a tuple of ints


def greedy_decode(step, state, bos, eos, max_length):
    answer = ()
    token = bos
    while len(answer) != max_length:
        logits, state = step(torch.as_tensor([token]), state)
        token = logits.softmax(-1).argmax().item()
        if token == eos:
            break
        answer += (token,)
    return answer


# %% sorted_logits: sorts the logits


def greedy_decode(step, state, bos, eos, max_length):
    chosen = []
    current = torch.tensor(bos).view(1)
    for n in range(max_length):
        logits, state = step(current, state)
        current = logits.sort(dim=-1, descending=True).indices[:, 0]
        chosen.append(current.item())
        if chosen[n] == eos:
            del chosen[n]
            break
    return chosen


# %% numpy_ints: int64 of numpy


def greedy_decode(step, state, bos, eos, max_length):
    chosen = []
    token = np.int64(bos)
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = int(logits.numpy()[0].argmax())
        if token == eos:
            break
        chosen.append(token)
    return chosen
