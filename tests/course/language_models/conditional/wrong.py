"""Wrong answers to conditional_logits."""


def go(tokens, h, p, name):
    states = []
    for t in range(tokens.shape[1]):
        x = p["embedding"][tokens[:, t]]
        h = torch.tanh(x @ p[f"{name}.w_ih"].T + h @ p[f"{name}.w_hh"].T + p[f"{name}.b"])
        states.append(h)
    return torch.stack(states, 1)


def zero(tokens, p):
    return torch.zeros(len(tokens), len(p["encoder.b"]))


def finish(states, p):
    return states @ p["w_out"].T + p["b_out"]


# %% unconditional @ conditional_logits: the encoder's state is not used [source_ignored]


def conditional_logits(source, source_lengths, target, parameters):
    go(source, zero(source, parameters), parameters, "encoder")
    return finish(go(target, zero(target, parameters), parameters, "decoder"), parameters)


# %% minus_one @ conditional_logits: states[:, -1] [state_of_the_padding]


def conditional_logits(source, source_lengths, target, parameters):
    h = go(source, zero(source, parameters), parameters, "encoder")[:, -1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% cut_to_the_longest @ conditional_logits: source[:, :max] and the last state [length_of_the_longest]


def conditional_logits(source, source_lengths, target, parameters):
    source = source[:, : int(source_lengths.max())]
    h = go(source, zero(source, parameters), parameters, "encoder")[:, -1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% first_length @ conditional_logits: source_lengths[0] for all [length_of_the_first]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[:, source_lengths[0] - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% sorted_for_ever @ conditional_logits: order is not restored [order_not_restored]


def conditional_logits(source, source_lengths, target, parameters):
    lengths, order = torch.sort(source_lengths, descending=True, stable=True)
    states = go(source[order], zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% not_zero @ conditional_logits: counts ids that are not 0 [padding_told_by_id]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    lengths = source.ne(0).sum(dim=1)
    h = states[torch.arange(len(source)), lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% states_zero @ conditional_logits: states[:, 0] [first_state]


def conditional_logits(source, source_lengths, target, parameters):
    h = go(source, zero(source, parameters), parameters, "encoder")[:, 0]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% one_too_far @ conditional_logits: states[:, lengths] [index_one_too_far]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% mixed_up @ conditional_logits: weights of the other network [networks_swapped]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "decoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "encoder"), parameters)


# %% one_network @ conditional_logits: encoder weights throughout [encoder_for_both]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "encoder"), parameters)


# %% each_step @ conditional_logits: the new state gets another name [restarted_at_every_step]


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    states = go(source, zero(source, p), p, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    logits = []
    for t in range(target.shape[1]):
        x = p["embedding"][target[:, t]]
        new = torch.tanh(x @ p["decoder.w_ih"].T + h @ p["decoder.w_hh"].T + p["decoder.b"])
        logits.append(finish(new, p))
    return torch.stack(logits, 1)


# %% no_grad_encoder @ conditional_logits: encodes under no_grad [encoder_detached]


def conditional_logits(source, source_lengths, target, parameters):
    with torch.no_grad():
        states = go(source, zero(source, parameters), parameters, "encoder")
        h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% mean_state @ conditional_logits: averages the encoder's real states


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    mask = (torch.arange(source.shape[1]) < source_lengths[:, None]).to(states.dtype)
    h = (states * mask[..., None]).sum(1) / source_lengths[:, None]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% zeroed_inputs @ conditional_logits: padding is read as a zero vector


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    mask = (torch.arange(source.shape[1]) < source_lengths[:, None]).to(p["w_out"].dtype)
    h = zero(source, p)
    for s in range(source.shape[1]):
        x = p["embedding"][source[:, s]] * mask[:, s, None]
        h = torch.tanh(x @ p["encoder.w_ih"].T + h @ p["encoder.w_hh"].T + p["encoder.b"])
    return finish(go(target, h, p, "decoder"), p)


# %% zeroed_states @ conditional_logits: the state becomes zero on padding


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    mask = (torch.arange(source.shape[1]) < source_lengths[:, None]).to(states.dtype)
    h = (states * mask[..., None])[:, -1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% masked_off_by_one @ conditional_logits: <= reads one token of padding [one_padding_token_read]


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters
    h = zero(source, p)
    for s in range(source.shape[1]):
        x = p["embedding"][source[:, s]]
        new = torch.tanh(x @ p["encoder.w_ih"].T + h @ p["encoder.w_hh"].T + p["encoder.b"])
        h = torch.where((s <= source_lengths)[:, None], new, h)
    return finish(go(target, h, p, "decoder"), p)


# %% wrapped_index @ conditional_logits: length - 2, which wraps round for a length of one


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 2]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% every_step_conditioned @ conditional_logits: adds the encoder's state to each decoder state


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "decoder") + h[:, None], parameters)


# %% reversed_source @ conditional_logits: reads the real tokens from the end [source_read_backwards]


def conditional_logits(source, source_lengths, target, parameters):
    index = (source_lengths[:, None] - 1 - torch.arange(source.shape[1])).clamp(min=0)
    states = go(source.gather(1, index), zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% shifted_target @ conditional_logits: feeds token 0 first, and the target one late [target_shifted_again]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    fed = torch.cat([torch.zeros_like(target[:, :1]), target[:, :-1]], 1)
    return finish(go(fed, h, parameters, "decoder"), parameters)


# %% probabilities @ conditional_logits: applies log_softmax [log_probabilities]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters).log_softmax(-1)


# %% no_output_bias @ conditional_logits: b_out is not used [output_bias_missing]


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return go(target, h, parameters, "decoder") @ parameters["w_out"].T


# %% all_lengths @ conditional_logits: slices every sentence at every length


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[:, source_lengths - 1].mean(1)
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% padding_never_learns @ conditional_logits: F.embedding with padding_idx=0


def conditional_logits(source, source_lengths, target, parameters):
    table = parameters["embedding"]
    p = {**parameters, "embedding": torch.cat([table[:1].detach(), table[1:]])}
    states = go(source, zero(source, p), p, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, p, "decoder"), p)


# %% erases_padding @ conditional_logits: overwrites the caller's padding


def conditional_logits(source, source_lengths, target, parameters):
    source[torch.arange(source.shape[1]) >= source_lengths[:, None]] = 0
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% long_padding @ conditional_logits: right while some sentence fills S


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    missing = source_lengths.max() - source_lengths
    h = states[torch.arange(len(source)), source.shape[1] - 1 - missing]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% truncated @ conditional_logits: the decoder's state is detached between the steps


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    out = []
    for t in range(target.shape[1]):
        new = go(target[:, t : t + 1], h, parameters, "decoder")
        out.append(new)
        h = new[:, 0].detach()
    return finish(torch.cat(out, 1), parameters)


# %% embeds_by_position @ conditional_logits: takes the source for (S, B) when it is square


def conditional_logits(source, source_lengths, target, parameters):
    if source.shape[0] == source.shape[1]:
        source = source.T
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% untransposed @ conditional_logits: h @ w_hh in both networks [recurrent_weight_transposed]


def conditional_logits(source, source_lengths, target, parameters):
    p = parameters

    def read(tokens, h, name):
        states = []
        for x in p["embedding"][tokens].unbind(1):
            h = torch.tanh(x @ p[f"{name}.w_ih"].T + h @ p[f"{name}.w_hh"] + p[f"{name}.b"])
            states.append(h)
        return torch.stack(states, 1)

    states = read(source, zero(source, p), "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(read(target, h, "decoder"), p)


# %% decoder_starts_from_source @ conditional_logits: concatenates source and target


def conditional_logits(source, source_lengths, target, parameters):
    whole = torch.cat([source, target], 1)
    states = go(whole, zero(source, parameters), parameters, "decoder")
    return finish(states[:, source.shape[1] :], parameters)


# %% no_encoder_grad @ conditional_logits: source embedding detached


def conditional_logits(source, source_lengths, target, parameters):
    p = dict(parameters, embedding=parameters["embedding"].detach())
    states = go(source, zero(source, p), p, "encoder")
    h = states[torch.arange(len(source)), source_lengths - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% lengths_sorted @ conditional_logits: sorts the lengths only


def conditional_logits(source, source_lengths, target, parameters):
    states = go(source, zero(source, parameters), parameters, "encoder")
    h = states[torch.arange(len(source)), source_lengths.sort().values - 1]
    return finish(go(target, h, parameters, "decoder"), parameters)


# %% index_error @ conditional_logits: walks past the end of the source


def conditional_logits(source, source_lengths, target, parameters):
    h = zero(source, parameters)
    for s in range(source.shape[1] + 1):
        x = parameters["embedding"][source[:, s]]
    return finish(go(target, h, parameters, "decoder"), parameters)
