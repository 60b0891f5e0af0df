"""Wrong answers to lm_logits and lm_loss."""


def run(tokens, p, h=None):
    h = torch.zeros(tokens.shape[0], p["w_hh"].shape[0]) if h is None else h
    states = []
    for t in range(tokens.shape[1]):
        x = p["embedding"][tokens[:, t]]
        h = torch.tanh(x @ p["w_ih"].T + h @ p["w_hh"].T + p["b"])
        states.append(h)
    return states


def out(states, p):
    return torch.stack(states, 1) @ p["w_out"].T + p["b_out"]


# %% fresh_state @ lm_logits: makes the zero state inside the loop [state_not_carried]


def lm_logits(tokens, parameters):
    p, states = parameters, []
    for t in range(tokens.shape[1]):
        h = torch.zeros(tokens.shape[0], p["w_hh"].shape[0])
        x = p["embedding"][tokens[:, t]]
        states.append(torch.tanh(x @ p["w_ih"].T + h @ p["w_hh"].T + p["b"]))
    return out(states, p)


# %% backward @ lm_logits: reads from the end [looks_at_the_future]


def lm_logits(tokens, parameters):
    states = run(tokens.flip(1), parameters)
    return out(states[::-1], parameters)


# %% next_token @ lm_logits: rolls the input [reads_the_answer]


def lm_logits(tokens, parameters):
    return out(run(torch.roll(tokens, -1, dims=1), parameters), parameters)


# %% late @ lm_logits: the zero state speaks first [state_before_the_token]


def lm_logits(tokens, parameters):
    states = run(tokens, parameters)
    return out([torch.zeros_like(states[0]), *states[:-1]], parameters)


# %% the_last @ lm_logits: the last state only [last_position_only]


def lm_logits(tokens, parameters):
    return run(tokens, parameters)[-1] @ parameters["w_out"].T + parameters["b_out"]


# %% softmaxed @ lm_logits: probabilities [probabilities]


def lm_logits(tokens, parameters):
    return torch.softmax(out(run(tokens, parameters), parameters), dim=-1)


# %% log_softmaxed @ lm_logits: log-probabilities [log_probabilities]


def lm_logits(tokens, parameters):
    return F.log_softmax(out(run(tokens, parameters), parameters), dim=-1)


# %% no_output_bias @ lm_logits: b_out is not used [output_bias_missing]


def lm_logits(tokens, parameters):
    return torch.stack(run(tokens, parameters), 1) @ parameters["w_out"].T


# %% untransposed @ lm_logits: h @ w_hh [recurrent_weight_transposed]


def lm_logits(tokens, parameters):
    return out(run(tokens, {**parameters, "w_hh": parameters["w_hh"].T}), parameters)


# %% viewed @ lm_logits: stacks in front and views [reshaped_for_transposed]


def lm_logits(tokens, parameters):
    states = torch.stack(run(tokens, parameters)).view(*tokens.shape, -1)
    return states @ parameters["w_out"].T + parameters["b_out"]


# %% truncated @ lm_logits: detaches the state [detached_between_steps]


def lm_logits(tokens, parameters):
    h, states = None, []
    for t in range(tokens.shape[1]):
        states += run(tokens[:, t : t + 1], parameters, h)
        h = states[-1].detach()
    return out(states, parameters)


# %% pretrained @ lm_logits: a frozen embedding [embedding_detached]


def lm_logits(tokens, parameters):
    frozen = nn.Embedding.from_pretrained(parameters["embedding"].detach())
    return out(run(tokens, {**parameters, "embedding": frozen.weight}), parameters)


# %% padding_idx @ lm_logits: F.embedding with padding_idx=0 [token_zero_never_learns]


def lm_logits(tokens, parameters):
    p = parameters
    h, states = torch.zeros(len(tokens), len(p["b"])), []
    for x in F.embedding(tokens, p["embedding"], padding_idx=0).unbind(1):
        h = torch.tanh(x @ p["w_ih"].T + h @ p["w_hh"].T + p["b"])
        states.append(h)
    return out(states, p)


# %% both_ways @ lm_logits: adds a pass from the end


def lm_logits(tokens, parameters):
    there = run(tokens, parameters)
    back = run(tokens.flip(1), parameters)[::-1]
    return out([a + b for a, b in zip(there, back, strict=True)], parameters)


# %% no_activation @ lm_logits: a linear state [no_tanh]


def lm_logits(tokens, parameters):
    p = parameters
    h, states = torch.zeros(len(tokens), len(p["b"])), []
    for x in p["embedding"][tokens].unbind(1):
        h = x @ p["w_ih"].T + h @ p["w_hh"].T + p["b"]
        states.append(h)
    return out(states, p)


# %% batch_state @ lm_logits: a sentence starts where the one before it ended


def lm_logits(tokens, parameters):
    h, rows = None, []
    for sentence in tokens:
        states = run(sentence[None], parameters, h)
        h = states[-1]
        rows.append(out(states, parameters))
    return torch.cat(rows)


# %% starts_with_ones @ lm_logits: the first state is not zero


def lm_logits(tokens, parameters):
    h = torch.ones(tokens.shape[0], parameters["w_hh"].shape[0])
    return out(run(tokens, parameters, h), parameters)


# %% scaled_embedding @ lm_logits: embeddings are normalised


def lm_logits(tokens, parameters):
    unit = F.normalize(parameters["embedding"], dim=1)
    return out(run(tokens, {**parameters, "embedding": unit}), parameters)


# %% zero_is_padding @ lm_logits: token 0 gets a zero embedding


def lm_logits(tokens, parameters):
    embedding = parameters["embedding"].clone()
    embedding[0] = 0
    return out(run(tokens, {**parameters, "embedding": embedding}), parameters)


# %% squeezed @ lm_logits: axes of length one are lost


def lm_logits(tokens, parameters):
    return out(run(tokens, parameters), parameters).squeeze()


# %% tied @ lm_logits: uses the embedding as output weight when it fits


def lm_logits(tokens, parameters):
    p = parameters
    tied = p["w_out"].shape == p["embedding"].shape
    weight = p["embedding"] if tied else p["w_out"]
    return torch.stack(run(tokens, p), 1) @ weight.T + p["b_out"]


# %% pops @ lm_logits: takes the output bias out of the caller's dict


def lm_logits(tokens, parameters):
    b_out = parameters.pop("b_out")
    return torch.stack(run(tokens, parameters), 1) @ parameters["w_out"].T + b_out


# %% a_drawn_module @ lm_logits: nn.RNN draws weights from the global generator


def lm_logits(tokens, parameters):
    p = parameters
    rnn = nn.RNN(p["w_ih"].shape[1], p["w_ih"].shape[0], batch_first=True)
    named = {"weight_ih_l0": p["w_ih"], "weight_hh_l0": p["w_hh"], "bias_ih_l0": p["b"]}
    named["bias_hh_l0"] = torch.zeros_like(p["b"])
    states, _ = torch.func.functional_call(rnn, named, (p["embedding"][tokens],))
    return F.linear(states, p["w_out"], p["b_out"])


# %% frozen_output @ lm_logits: the output layer gets no gradient


def lm_logits(tokens, parameters):
    return (
        torch.stack(run(tokens, parameters), 1) @ parameters["w_out"].data.T + parameters["b_out"]
    )


# %% same_position @ lm_loss: no shift [no_shift]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), tokens.reshape(-1))


# %% other_way @ lm_loss: logits lose their first position [shifted_the_other_way]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, 1:].transpose(1, 2), tokens[:, :-1])


# %% rolled @ lm_loss: the last predicts the first [wraps_around]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits.transpose(1, 2), torch.roll(tokens, -1, 1))


# %% summed @ lm_loss: reduction is sum [sum_for_mean]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="sum")


# %% per_sentence @ lm_loss: divides by B [mean_over_sentences_only]


def lm_loss(logits, tokens):
    loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="sum")
    return loss / tokens.shape[0]


# %% by_numel @ lm_loss: divides by B * T [divides_by_all_tokens]


def lm_loss(logits, tokens):
    loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="sum")
    return loss / tokens.numel()


# %% softmax_first @ lm_loss: cross_entropy of probabilities [softmax_twice]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits.softmax(-1)[:, :-1].transpose(1, 2), tokens[:, 1:])


# %% axis_one @ lm_loss: log_softmax over time [softmax_over_time]


def lm_loss(logits, tokens):
    log_probs = torch.log_softmax(logits[:, :-1], 1)
    return F.nll_loss(log_probs.flatten(0, 1), tokens[:, 1:].flatten())


# %% mixed_order @ lm_loss: tokens flattened position by position [flattened_in_two_orders]


def lm_loss(logits, tokens):
    V = logits.shape[-1]
    return F.cross_entropy(logits[:, :-1].reshape(-1, V), tokens.t()[1:].reshape(-1))


# %% pad_is_zero @ lm_loss: ignore_index=0 [token_zero_ignored]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], ignore_index=0)


# %% item @ lm_loss: a number made into a tensor again [graph_is_cut]


def lm_loss(logits, tokens):
    loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:])
    return torch.tensor(loss.item(), dtype=logits.dtype)


# %% a_float @ lm_loss: a Python number


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:]).item()


# %% shifted_in_batch @ lm_loss: shifts along the batch axis


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:-1].flatten(0, 1), tokens[1:].flatten())


# %% shifted_after_flattening @ lm_loss: the end of a sentence predicts the next sentence [shifted_after_flattening]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits.flatten(0, 1)[:-1], tokens.flatten()[1:])


# %% two_ahead @ lm_loss: shifts by two where there are enough tokens


def lm_loss(logits, tokens):
    n = min(2, tokens.shape[1] - 1)
    return F.cross_entropy(logits[:, :-n].transpose(1, 2), tokens[:, n:])


# %% last_prediction_lost @ lm_loss: drops one position too many


def lm_loss(logits, tokens):
    stop = max(tokens.shape[1] - 2, 1)
    return F.cross_entropy(logits[:, :stop].transpose(1, 2), tokens[:, 1 : stop + 1])


# %% last_only @ lm_loss: only the last prediction


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, -2], tokens[:, -1])


# %% unreduced @ lm_loss: one loss for each prediction


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="none")


# %% one_element @ lm_loss: shape (1,) instead of ()


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:]).reshape(1)


# %% in_bits @ lm_loss: base two [in_bits]


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:]) / math.log(2)


# %% smoothed @ lm_loss: label smoothing


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], label_smoothing=0.1)


# %% likelihood @ lm_loss: the sign is missing


def lm_loss(logits, tokens):
    return -F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:])


# %% repeats_count_once @ lm_loss: a token that repeats the one before it is left out


def lm_loss(logits, tokens):
    losses = F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="none")
    new = (tokens[:, 1:] != tokens[:, :-1]).to(logits.dtype)
    return (losses * new).sum() / new.sum()


# %% drawn_embedding @ lm_logits: nn.Embedding as a container


def lm_logits(tokens, parameters):
    words = nn.Embedding(*parameters["embedding"].shape)
    words.weight = nn.Parameter(parameters["embedding"])
    x = words(tokens)
    return out(run(tokens, parameters), parameters) + 0 * x.sum()


# %% first_prediction_lost @ lm_loss: starts at 1


def lm_loss(logits, tokens):
    if tokens.shape[1] == 2:
        return F.cross_entropy(logits[:, 0], tokens[:, 1])
    return F.cross_entropy(logits[:, 1:-1].transpose(1, 2), tokens[:, 2:])


# %% with_constant @ lm_loss: log(p + 1e-9)


def lm_loss(logits, tokens):
    p = logits.softmax(-1)[:, :-1].gather(2, tokens[:, 1:, None])
    return -torch.log(p + 1e-9).mean()
