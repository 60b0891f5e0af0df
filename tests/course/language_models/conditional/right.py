"""Right answers to conditional_logits."""

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% textbook: two loops, and a state picked for each sentence


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    B, S = source.shape
    h = torch.zeros(B, p["encoder.w_hh"].shape[0])
    states = []
    for s in range(S):
        x = p["embedding"][source[:, s]]
        h = torch.tanh(x @ p["encoder.w_ih"].T + h @ p["encoder.w_hh"].T + p["encoder.b"])
        states.append(h)
    h = torch.stack(states, 1)[torch.arange(B), source_lengths - 1]
    logits = []
    for t in range(target.shape[1]):
        x = p["embedding"][target[:, t]]
        h = torch.tanh(x @ p["decoder.w_ih"].T + h @ p["decoder.w_hh"].T + p["decoder.b"])
        logits.append(h @ p["w_out"].T + p["b_out"])
    return torch.stack(logits, 1)


# %% masked_update: where keeps the state on padding


def step(tokens, h, p, name):
    x = F.embedding(tokens, p["embedding"])
    z = F.linear(x, p[name + ".w_ih"], p[name + ".b"]) + F.linear(h, p[name + ".w_hh"])
    return z.tanh()


def conditional_logits(source, source_lengths, target, parameters):
    h = parameters["w_out"].new_zeros(source.size(0), parameters["w_out"].size(1))
    for s, column in enumerate(source.unbind(1)):
        new = step(column, h, parameters, "encoder")
        h = torch.where((s < source_lengths)[:, None], new, h)
    states = []
    for column in target.unbind(1):
        h = step(column, h, parameters, "decoder")
        states.append(h)
    return F.linear(torch.stack(states, 1), parameters["w_out"], parameters["b_out"])


# %% gathered: gather along time


def read(tokens, h, p, name):
    states = []
    for x in p["embedding"][tokens].transpose(0, 1):
        h = torch.tanh(x @ p[f"{name}.w_ih"].t() + h @ p[f"{name}.w_hh"].t() + p[f"{name}.b"])
        states.append(h)
    return torch.stack(states).transpose(0, 1)


def conditional_logits(source, source_lengths, target, parameters):
    hidden = parameters["encoder.b"].shape[0]
    states = read(source, torch.zeros(source.shape[0], hidden), parameters, "encoder")
    index = (source_lengths - 1).view(-1, 1, 1).expand(-1, 1, hidden)
    h = states.gather(1, index).squeeze(1)
    return read(target, h, parameters, "decoder") @ parameters["w_out"].T + parameters["b_out"]


# %% blend: multiplies by a float mask


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    real = (torch.arange(source.shape[1])[None] < source_lengths[:, None]).to(p["w_out"].dtype)
    h = torch.zeros(len(source), len(p["encoder.b"]))
    for s in range(source.shape[1]):
        z = p["embedding"][source[:, s]] @ p["encoder.w_ih"].T + h @ p["encoder.w_hh"].T
        keep = real[:, s : s + 1]
        h = keep * torch.tanh(z + p["encoder.b"]) + (1 - keep) * h
    out = torch.zeros(*target.shape, len(p["b_out"]))
    for t in range(target.shape[1]):
        z = p["embedding"][target[:, t]] @ p["decoder.w_ih"].T + h @ p["decoder.w_hh"].T
        h = torch.tanh(z + p["decoder.b"])
        out[:, t] = h @ p["w_out"].T + p["b_out"]
    return out


# %% unpadded: one sentence at a time


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    rows = []
    for i in range(len(source)):
        h = torch.zeros(p["encoder.b"].shape)
        for token in source[i, : source_lengths[i]]:
            x = p["embedding"][token]
            h = torch.tanh(p["encoder.w_ih"] @ x + p["encoder.w_hh"] @ h + p["encoder.b"])
        row = []
        for token in target[i]:
            x = p["embedding"][token]
            h = torch.tanh(p["decoder.w_ih"] @ x + p["decoder.w_hh"] @ h + p["decoder.b"])
            row.append(p["w_out"] @ h + p["b_out"])
        rows.append(torch.stack(row))
    return torch.stack(rows)


# %% packed: torch's RNN on a packed batch, built without weights


def library(p, name):
    hidden, width = p[f"{name}.w_ih"].shape
    rnn = nn.RNN(width, hidden, batch_first=True, device="meta")
    named = {
        "weight_ih_l0": p[f"{name}.w_ih"],
        "weight_hh_l0": p[f"{name}.w_hh"],
        "bias_ih_l0": p[f"{name}.b"],
        "bias_hh_l0": torch.zeros_like(p[f"{name}.b"]),
    }
    return lambda *inputs: torch.func.functional_call(rnn, named, inputs)


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    packed = nn.utils.rnn.pack_padded_sequence(
        p["embedding"][source], source_lengths, batch_first=True, enforce_sorted=False
    )
    _, h = library(p, "encoder")(packed)
    states, _ = library(p, "decoder")(p["embedding"][target], h)
    return states @ p["w_out"].T + p["b_out"]


# %% sorted: sorts by length, reads a shrinking batch, restores the order


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    lengths, order = source_lengths.sort(descending=True)
    words = source[order]
    h = torch.zeros(len(source), len(p["encoder.b"]))
    for s in range(int(lengths[0])):
        n = int((lengths > s).sum())
        x = p["embedding"][words[:n, s]]
        new = torch.tanh(x @ p["encoder.w_ih"].T + h[:n] @ p["encoder.w_hh"].T + p["encoder.b"])
        h = torch.cat([new, h[n:]])
    h = h[order.argsort()]
    states = []
    for x in p["embedding"][target].unbind(1):
        h = torch.tanh(x @ p["decoder.w_ih"].T + h @ p["decoder.w_hh"].T + p["decoder.b"])
        states.append(h)
    return torch.stack(states, 1) @ p["w_out"].T + p["b_out"]


# %% kernels: torch's recurrent kernel twice


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters

    def run(tokens, h, name):
        weights = [p[f"{name}.{key}"] for key in ("w_ih", "w_hh", "b")]
        weights.append(torch.zeros_like(weights[-1]))
        return torch.rnn_tanh(p["embedding"][tokens], h, weights, True, 1, 0.0, False, False, True)[
            0
        ]

    h = torch.zeros(1, len(source), len(p["encoder.b"]))
    encoded = run(source, h, "encoder")
    last = encoded[range(len(source)), (source_lengths - 1).tolist()]
    return F.linear(run(target, last[None], "decoder"), p["w_out"], p["b_out"])


# %% collected: the states of finished sentences are kept aside


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    w_ih, w_hh, b = (p["encoder." + key] for key in ("w_ih", "w_hh", "b"))
    ended = [None] * len(source)
    h = torch.zeros(len(source), len(b))
    for s in range(int(source_lengths.max())):
        h = torch.tanh(p["embedding"][source[:, s]] @ w_ih.T + h @ w_hh.T + b)
        for i, length in enumerate(source_lengths.tolist()):
            if length == s + 1:
                ended[i] = h[i]
    h = torch.stack(ended)
    w_ih, w_hh, b = (p["decoder." + key] for key in ("w_ih", "w_hh", "b"))
    logits = []
    for t in range(target.shape[1]):
        h = torch.tanh(p["embedding"][target[:, t]] @ w_ih.T + h @ w_hh.T + b)
        logits.append(F.linear(h, p["w_out"], p["b_out"]).unsqueeze(1))
    return torch.cat(logits, dim=1)


# %% modules: cells of one's own, and tables of what each token contributes


class Cell(nn.Module):
    def __init__(self, parameters, name):
        super().__init__()
        self.w_hh = parameters[f"{name}.w_hh"]
        self.table = F.linear(
            parameters["embedding"], parameters[f"{name}.w_ih"], parameters[f"{name}.b"]
        )

    def forward(self, token, state):
        return torch.tanh(self.table[token] + state @ self.w_hh.T)


def conditional_logits(source, source_lengths, target, parameters):
    encoder, decoder = Cell(parameters, "encoder"), Cell(parameters, "decoder")
    state = torch.zeros(source.shape[0], parameters["encoder.w_hh"].shape[0])
    history = []
    for token in source.T:
        state = encoder(token, state)
        history.append(state)
    mask = F.one_hot(source_lengths - 1, len(history)).to(state.dtype)
    state = (torch.stack(history, 1) * mask[:, :, None]).sum(1)
    outputs = []
    for token in target.T:
        state = decoder(token, state)
        outputs.append(state @ parameters["w_out"].T + parameters["b_out"])
    return torch.stack(outputs, dim=1)


# %% grouped: sentences of one length are read together


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    h = torch.zeros(len(source), len(p["encoder.b"]))
    for length in source_lengths.unique().tolist():
        rows = (source_lengths == length).nonzero()[:, 0]
        state = torch.zeros(len(rows), len(p["encoder.b"]))
        for s in range(length):
            x = p["embedding"][source[rows, s]]
            z = x @ p["encoder.w_ih"].T + state @ p["encoder.w_hh"].T
            state = torch.tanh(z + p["encoder.b"])
        h = h.index_copy(0, rows, state)
    states = []
    for t in range(target.shape[1]):
        x = p["embedding"][target[:, t]]
        h = torch.tanh(x @ p["decoder.w_ih"].T + h @ p["decoder.w_hh"].T + p["decoder.b"])
        states.append(h)
    return torch.einsum("tbh,vh->btv", torch.stack(states), p["w_out"]) + p["b_out"]


# %% packed_on_meta: packs the sources, for a module that draws no weights


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters

    def network(name):
        width, hidden = p[f"{name}.w_ih"].T.shape
        rnn = nn.RNN(width, hidden, batch_first=True, device="meta")
        weights = dict(
            weight_ih_l0=p[f"{name}.w_ih"],
            weight_hh_l0=p[f"{name}.w_hh"],
            bias_ih_l0=p[f"{name}.b"],
            bias_hh_l0=torch.zeros_like(p[f"{name}.b"]),
        )
        return lambda *given: torch.func.functional_call(rnn, weights, given)

    packed = nn.utils.rnn.pack_padded_sequence(
        p["embedding"][source], source_lengths, batch_first=True, enforce_sorted=False
    )
    _, h = network("encoder")(packed)
    states, _ = network("decoder")(p["embedding"][target], h)
    return F.linear(states, p["w_out"], p["b_out"])


# %% mask_as_factor: stops each sentence by multiplying with a mask


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    h = p["w_out"].new_zeros(source.size(0), p["w_out"].size(1))
    for s, x in enumerate(p["embedding"][source].transpose(0, 1)):
        new = torch.tanh(
            F.linear(x, p["encoder.w_ih"], p["encoder.b"]) + F.linear(h, p["encoder.w_hh"])
        )
        keep = (source_lengths > s).to(new.dtype).unsqueeze(-1)
        h = keep * new + (1 - keep) * h
    out = []
    for y in p["embedding"][target].transpose(0, 1):
        h = torch.tanh(
            F.linear(y, p["decoder.w_ih"], p["decoder.b"]) + F.linear(h, p["decoder.w_hh"])
        )
        out.append(F.linear(h, p["w_out"], p["b_out"]))
    return torch.stack(out, 1)


# %% gather_last: gathers with an expanded index


def conditional_logits(source, source_lengths, target, parameters):
    def read(tokens, h, name):
        w_ih, w_hh, b = (parameters[f"{name}.{k}"] for k in ("w_ih", "w_hh", "b"))
        states = []
        for t in range(tokens.size(1)):
            h = torch.tanh(parameters["embedding"][tokens[:, t]] @ w_ih.T + h @ w_hh.T + b)
            states.append(h)
        return torch.stack(states, 1)

    zero = torch.zeros(len(source), parameters["encoder.w_hh"].shape[0])
    states = read(source, zero, "encoder")
    index = (source_lengths - 1)[:, None, None].expand(-1, 1, states.size(2))
    h = states.gather(1, index).squeeze(1)
    return read(target, h, "decoder") @ parameters["w_out"].T + parameters["b_out"]


# %% by_length: groups of sentences of one length


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    h = torch.zeros(len(source), len(p["encoder.b"]))
    for length in source_lengths.unique().tolist():
        rows = (source_lengths == length).nonzero()[:, 0]
        state = h.new_zeros(len(rows), h.shape[1])
        for s in range(length):
            x = p["embedding"][source[rows, s]]
            state = torch.tanh(
                x @ p["encoder.w_ih"].T + state @ p["encoder.w_hh"].T + p["encoder.b"]
            )
        h = h.index_copy(0, rows, state)
    logits = []
    for t in range(target.shape[1]):
        x = p["embedding"][target[:, t]]
        h = torch.tanh(x @ p["decoder.w_ih"].T + h @ p["decoder.w_hh"].T + p["decoder.b"])
        logits.append(h @ p["w_out"].T + p["b_out"])
    return torch.stack(logits, dim=1)


# %% one_step_function: a cell of its own, states in a list


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters

    def cell(tokens, h, kind):
        z = p["embedding"][tokens] @ p[kind + ".w_ih"].T + h @ p[kind + ".w_hh"].T + p[kind + ".b"]
        return z.tanh()

    states = [p["encoder.b"].new_zeros(len(source), len(p["encoder.b"]))]
    for tokens in source.T:
        states.append(cell(tokens, states[-1], "encoder"))
    h = torch.stack([states[n][b] for b, n in enumerate(source_lengths.tolist())])
    logits = []
    for tokens in target.unbind(-1):
        h = cell(tokens, h, "decoder")
        logits.append(torch.addmm(p["b_out"], h, p["w_out"].T))
    return torch.stack(logits, -2)
