"""Right answers to lm_logits and lm_loss."""

import itertools
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# %% textbook: a loop over time and cross_entropy


def lm_logits(tokens, parameters):
    x = parameters["embedding"][tokens]
    h = torch.zeros(tokens.shape[0], parameters["w_hh"].shape[0], dtype=x.dtype)
    logits = []
    for t in range(tokens.shape[1]):
        h = torch.tanh(x[:, t] @ parameters["w_ih"].T + h @ parameters["w_hh"].T + parameters["b"])
        logits.append(h @ parameters["w_out"].T + parameters["b_out"])
    return torch.stack(logits, dim=1)


def lm_loss(logits, tokens):
    V = logits.shape[-1]
    return F.cross_entropy(logits[:, :-1].reshape(-1, V), tokens[:, 1:].reshape(-1))


# %% functional: F.embedding, F.linear, nll_loss


def lm_logits(tokens, parameters):
    p = parameters
    h = p["b"].new_zeros(tokens.size(0), p["b"].size(0))
    states = []
    for column in tokens.unbind(1):
        x = F.embedding(column, p["embedding"])
        h = (F.linear(x, p["w_ih"], p["b"]) + F.linear(h, p["w_hh"])).tanh()
        states.append(h)
    return F.linear(torch.stack(states, 1), p["w_out"], p["b_out"])


def lm_loss(logits, tokens):
    log_probs = F.log_softmax(logits, dim=-1)
    return F.nll_loss(log_probs[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


# %% kernel: torch's recurrent kernel, and classes on axis 1


def lm_logits(tokens, parameters):
    p = parameters
    flat = [p["w_ih"], p["w_hh"], p["b"], torch.zeros_like(p["b"])]
    h0 = torch.zeros(1, len(tokens), len(p["b"]))
    x = p["embedding"][tokens]
    states, _ = torch.rnn_tanh(x, h0, flat, True, 1, 0.0, False, False, True)
    return states @ p["w_out"].T + p["b_out"]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits.permute(0, 2, 1)[..., :-1], tokens[:, 1:])


# %% meta_module: torch's RNN, built without weights


def lm_logits(tokens, parameters):
    p = parameters
    hidden, width = p["w_ih"].shape
    rnn = nn.RNN(width, hidden, batch_first=True, device="meta")
    named = {"weight_ih_l0": p["w_ih"], "weight_hh_l0": p["w_hh"], "bias_ih_l0": p["b"]}
    named["bias_hh_l0"] = torch.zeros_like(p["b"])
    states, _ = torch.func.functional_call(rnn, named, (p["embedding"][tokens],))
    return F.linear(states, p["w_out"], p["b_out"])


def lm_loss(logits, tokens):
    return nn.CrossEntropyLoss()(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


# %% cells: RNNCell's function, and gathered log-probabilities


def lm_logits(tokens, parameters):
    p = parameters
    h = torch.zeros(tokens.shape[0], p["w_hh"].shape[0])
    nothing = torch.zeros_like(p["b"])
    logits = []
    for now in p["embedding"][tokens].transpose(0, 1):
        h = torch.rnn_tanh_cell(now, h, p["w_ih"], p["w_hh"], p["b"], nothing)
        logits.append(torch.addmm(p["b_out"], h, p["w_out"].t()))
    return torch.stack(logits).transpose(0, 1)


def lm_loss(logits, tokens):
    log_probs = logits.log_softmax(2)
    chosen = torch.gather(log_probs[:, :-1], 2, tokens[:, 1:].unsqueeze(2)).squeeze(2)
    return -chosen.sum() / chosen.numel()


# %% table: what each token contributes, looked up


def lm_logits(tokens, parameters):
    p = parameters
    table = F.linear(p["embedding"], p["w_ih"], p["b"])
    driven = table[tokens]

    def step(h, now):
        return torch.tanh(now + h @ p["w_hh"].T)

    h0 = torch.zeros_like(driven[:, 0])
    states = list(itertools.accumulate(driven.unbind(1), step, initial=h0))
    return torch.einsum("tbh,vh->btv", torch.stack(states[1:]), p["w_out"]) + p["b_out"]


def lm_loss(logits, tokens):
    total = 0
    for t in range(logits.shape[1] - 1):
        total = total + F.cross_entropy(logits[:, t], tokens[:, t + 1], reduction="sum")
    return total / (tokens.shape[0] * (tokens.shape[1] - 1))


# %% one_hot: a matrix product for the look-up, and one for the choice


def lm_logits(tokens, parameters):
    embedding, w_out = parameters["embedding"], parameters["w_out"]
    x = F.one_hot(tokens, embedding.shape[0]).to(embedding.dtype) @ embedding
    weight = torch.cat([parameters["w_ih"], parameters["w_hh"]], dim=1)
    h = x.new_zeros(x.shape[0], w_out.shape[1])
    out = []
    for t in range(x.shape[1]):
        h = torch.tanh(torch.cat([x[:, t], h], dim=1) @ weight.T + parameters["b"])
        out.append(h)
    return torch.stack(out, 1) @ w_out.T + parameters["b_out"]


def lm_loss(logits, tokens):
    hot = F.one_hot(tokens[:, 1:], logits.shape[-1]).to(logits.dtype)
    return -(hot * logits[:, :-1].log_softmax(-1)).sum(-1).mean()


# %% sentences: one sentence and one token at a time


def lm_logits(tokens, parameters):
    p = parameters
    out = []
    for sentence in tokens:
        h = torch.zeros(p["b"].shape)
        row = []
        for token in sentence:
            h = torch.tanh(p["w_ih"] @ p["embedding"][token] + p["w_hh"] @ h + p["b"])
            row.append(p["w_out"] @ h + p["b_out"])
        out.append(torch.stack(row))
    return torch.stack(out)


def lm_loss(logits, tokens):
    losses = []
    for i in range(tokens.shape[0]):
        for t in range(1, tokens.shape[1]):
            row = logits[i, t - 1]
            losses.append(torch.logsumexp(row, 0) - row[tokens[i, t]])
    return torch.stack(losses).mean()


# %% prefixes: every position reads its own prefix again


def lm_logits(tokens, parameters):
    p = parameters

    def last_state(prefix):
        h = torch.zeros(len(prefix), len(p["b"]))
        for t in range(prefix.shape[1]):
            x = p["embedding"].index_select(0, prefix[:, t])
            h = torch.tanh(x @ p["w_ih"].T + h @ p["w_hh"].T + p["b"])
        return h

    states = [last_state(tokens[:, : t + 1]) for t in range(tokens.shape[1])]
    return torch.stack(states, 1) @ p["w_out"].T + p["b_out"]


def lm_loss(logits, tokens):
    targets = torch.cat([tokens[:, 1:], torch.full_like(tokens[:, :1], -100)], dim=1)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)


# %% filled: preallocated logits, and a mask


def lm_logits(tokens, parameters):
    p = parameters
    B, T = tokens.shape
    logits = torch.zeros(B, T, p["w_out"].shape[0])
    h = torch.zeros(B, p["w_hh"].shape[0])
    for t in range(T):
        h = torch.tanh(
            torch.matmul(p["embedding"][tokens[:, t]], p["w_ih"].T)
            + torch.matmul(h, p["w_hh"].T)
            + p["b"]
        )
        logits[:, t, :] = torch.matmul(h, p["w_out"].T) + p["b_out"]
    return logits


def lm_loss(logits, tokens):
    mask = torch.ones(tokens.shape)
    mask[:, -1] = 0
    targets = tokens.roll(-1, dims=1)
    losses = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return (losses * mask).sum() / mask.sum()


# %% a_module: a model of one's own


class Model(nn.Module):
    def __init__(self, parameters):
        super().__init__()
        self.p = parameters

    def forward(self, tokens):
        p, state, out = self.p, None, []
        for x in p["embedding"][tokens].split(1, dim=1):
            total = F.linear(x.squeeze(1), p["w_ih"], p["b"])
            state = torch.tanh(total if state is None else total + state @ p["w_hh"].T)
            out.append(F.linear(state, p["w_out"], p["b_out"])[:, None])
        return torch.cat(out, dim=1)


def lm_logits(tokens, parameters):
    return Model(parameters)(tokens)


def lm_loss(logits, tokens):
    categorical = torch.distributions.Categorical(logits=logits[:, :-1])
    return -categorical.log_prob(tokens[:, 1:]).mean()


# %% bits: the model mapped over sentences, the loss in bits and back


def lm_logits(tokens, parameters):
    p = parameters

    def one(sentence):
        h, out = torch.zeros_like(p["b"]), []
        for x in p["embedding"][sentence].unbind(0):
            h = torch.tanh(p["w_ih"] @ x + p["w_hh"] @ h + p["b"])
            out.append(p["w_out"] @ h + p["b_out"])
        return torch.stack(out)

    return torch.func.vmap(one)(tokens)


def lm_loss(logits, tokens):
    chosen = logits[:, :-1].softmax(-1).gather(-1, tokens[:, 1:, None])
    return -chosen.log2().mean() * math.log(2)


# %% on_meta: a module whose own weights are never drawn


def lm_logits(tokens, parameters):
    p = parameters
    rnn = nn.RNN(*p["w_ih"].T.shape, batch_first=True, device="meta")
    weights = {
        "weight_ih_l0": p["w_ih"],
        "weight_hh_l0": p["w_hh"],
        "bias_ih_l0": p["b"],
        "bias_hh_l0": torch.zeros_like(p["b"]),
    }
    states, _ = torch.func.functional_call(rnn, weights, (F.embedding(tokens, p["embedding"]),))
    return states @ p["w_out"].T + p["b_out"]


def lm_loss(logits, tokens):
    return nn.CrossEntropyLoss()(logits[:, :-1].permute(0, 2, 1), tokens[:, 1:])


# %% table_of_drives: what each token drives, looked up


def lm_logits(tokens, parameters):
    embedding, w_ih, w_hh, b, w_out, b_out = (
        parameters[k] for k in ("embedding", "w_ih", "w_hh", "b", "w_out", "b_out")
    )
    driven = torch.matmul(embedding, w_ih.T)[tokens] + b
    h = driven.new_zeros(driven.shape[0], driven.shape[2])
    out = driven.new_empty(*tokens.shape, w_out.shape[0])
    for t in range(tokens.shape[1]):
        h = (driven[:, t] + h.matmul(w_hh.T)).tanh()
        out[:, t] = torch.addmm(b_out, h, w_out.T)
    return out


def lm_loss(logits, tokens):
    log_p = logits - logits.logsumexp(-1, keepdim=True)
    hot = F.one_hot(tokens[:, 1:], logits.shape[-1])
    return -(log_p[:, :-1] * hot).sum() / tokens[:, 1:].numel()


# %% nested_loops: sentence by sentence, and token by token


def lm_logits(tokens, parameters):
    x = F.embedding(tokens, parameters["embedding"])
    rows = []
    for sentence in x:
        h = torch.zeros_like(parameters["b"])
        states = []
        for word in sentence:
            h = torch.tanh(parameters["w_ih"] @ word + parameters["w_hh"] @ h + parameters["b"])
            states.append(h)
        rows.append(torch.stack(states))
    return torch.stack(rows) @ parameters["w_out"].T + parameters["b_out"]


def lm_loss(logits, tokens):
    total = 0
    for b in range(tokens.shape[0]):
        for t in range(tokens.shape[1] - 1):
            total = total - logits[b, t].log_softmax(0)[tokens[b, t + 1]]
    return total / (tokens.shape[0] * (tokens.shape[1] - 1))


# %% take_along: index_select and take_along_dim


def lm_logits(tokens, parameters):
    p = parameters
    x = p["embedding"].index_select(0, tokens.reshape(-1)).view(*tokens.shape, -1)
    h, logits = torch.zeros(len(tokens), p["w_hh"].size(0)), []
    for now in x.movedim(1, 0):
        h = torch.tanh(F.linear(now, p["w_ih"], p["b"]) + F.linear(h, p["w_hh"]))
        logits.append(F.linear(h, p["w_out"], p["b_out"]))
    return torch.stack(logits).movedim(0, 1)


def lm_loss(logits, tokens):
    chosen = torch.take_along_dim(logits[:, :-1], tokens[:, 1:, None], dim=2).squeeze(2)
    return (torch.logsumexp(logits[:, :-1], 2) - chosen).mean()


# %% nll_of_lists: sums of nll_loss


def lm_logits(tokens, parameters):
    states, h = [], None
    for t in range(tokens.shape[1]):
        z = parameters["embedding"][tokens[:, t]] @ parameters["w_ih"].T + parameters["b"]
        h = torch.tanh(z if h is None else z + h @ parameters["w_hh"].T)
        states.append(h)
    return (
        torch.einsum("tbh,vh->btv", torch.stack(states), parameters["w_out"]) + parameters["b_out"]
    )


def lm_loss(logits, tokens):
    log_p = F.log_softmax(logits[:, : tokens.shape[1] - 1], dim=-1).reshape(-1, logits.shape[-1])
    return F.nll_loss(log_p, tokens[:, 1:].reshape(-1), reduction="sum") / len(log_p)
