"""Wrong answers to greedy_decode."""

# %% always_bos @ greedy_decode: feeds bos [feeds_bos_every_time]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    for _ in range(max_length):
        logits, state = step(torch.tensor([bos]), state)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% no_state @ greedy_decode: drops the state [state_not_carried]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        logits, _ = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% prefix @ greedy_decode: reads the prefix again [reads_the_prefix_again]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    for _ in range(max_length):
        s = state
        for token in [bos] + out:
            logits, s = step(torch.tensor([token]), s)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% prefix_and_state @ greedy_decode: and with the carried state [reads_the_prefix_twice]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    for _ in range(max_length):
        for token in [bos] + out:
            logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% keeps_eos @ greedy_decode: appends, then tests [eos_included]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        out.append(token)
        if token == eos:
            break
    return out


# %% keeps_bos @ greedy_decode: starts with bos [bos_included]


def greedy_decode(step, state, bos, eos, max_length):
    out = [bos]
    for _ in range(max_length):
        logits, state = step(torch.tensor([out[-1]]), state)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% counts_bos @ greedy_decode: bos is one of max_length tokens, then taken off [one_token_too_few]


def greedy_decode(step, state, bos, eos, max_length):
    out = [bos]
    while len(out) < max_length:
        logits, state = step(torch.tensor([out[-1]]), state)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out[1:]


# %% no_eos @ greedy_decode: never looks at eos [never_stops]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        out.append(token)
    return out


# %% until_eos @ greedy_decode: never looks at max_length [ignores_max_length]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    while True:
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token == eos:
            return out
        out.append(token)


# %% until_eos_then_cut @ greedy_decode: cuts to max_length, if it gets there


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    while token != eos:
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        out.append(token)
    return out[:-1][:max_length]


# %% less_or_equal @ greedy_decode: one too many [one_token_too_many]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    while len(out) <= max_length:
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% drawn @ greedy_decode: samples [samples]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = torch.tensor([bos])
    for _ in range(max_length):
        logits, state = step(token, state)
        token = torch.multinomial(F.softmax(logits, dim=-1), num_samples=1).view(-1)
        if token.item() == eos:
            break
        out.append(token.item())
    return out


# %% looks_later @ greedy_decode: max_length calls, cut at eos [cuts_at_eos_afterwards]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        out.append(token)
    return out[: out.index(eos)] if eos in out else out


# %% do_while @ greedy_decode: tests the length at the end [one_token_at_least]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    while True:
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token == eos:
            return out
        out.append(token)
        if len(out) >= max_length:
            return out


# %% every_other @ greedy_decode: reads the prefix again at every second token


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    start, token = state, bos
    for t in range(max_length):
        if t % 2:
            state = start
            for token in [bos] + out[:-1]:
                _, state = step(torch.tensor([token]), state)
            token = out[-1]
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% cached_logits @ greedy_decode: uses the logits of the call before [repeats_the_first_choice]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    logits, state = step(torch.tensor([bos]), state)
    for _ in range(max_length):
        token = logits.argmax()
        if token.item() == eos:
            break
        out.append(token.item())
        _, state = step(token.view(1), state)
    return out


# %% tensors @ greedy_decode: a list of tensors


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = torch.tensor([bos])
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        if token == eos:
            break
        out.append(token)
    return out


# %% one_tensor @ greedy_decode: a LongTensor


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = torch.tensor([bos])
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        if token == eos:
            break
        out.append(token.item())
    return torch.tensor(out)


# %% padded @ greedy_decode: fills up with eos [filled_up_with_eos]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        if token != eos:
            logits, state = step(torch.tensor([token]), state)
            token = logits.argmax().item()
        out.append(token)
    return out


# %% stops_at_repeats @ greedy_decode: takes a token seen before for the end of it


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token == eos or token in out:
            break
        out.append(token)
    return out


# %% eos_index_zero @ greedy_decode: stops at token 0 too


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        if token in (0, eos):
            break
        out.append(token)
    return out


# %% last_cut_off @ greedy_decode: cuts the last token off in any case [one_token_too_few]


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    while token != eos and len(out) < max_length:
        logits, state = step(torch.tensor([token]), state)
        token = logits.argmax().item()
        out.append(token)
    return out[:-1]


# %% one_state_behind @ greedy_decode: passes on the state before the last


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token, before = bos, state
    for _ in range(max_length):
        logits, after = step(torch.tensor([token]), before)
        before, state = state, after
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% state_in_place @ greedy_decode: writes the new state into the caller's


def greedy_decode(step, state, bos, eos, max_length):
    out = []
    token = bos
    for _ in range(max_length):
        logits, new = step(torch.tensor([token]), state)
        state.copy_(new)
        token = logits.argmax().item()
        if token == eos:
            break
        out.append(token)
    return out


# %% second_best @ greedy_decode: avoids repeating a token


def greedy_decode(step, state, bos, eos, max_length):
    out, token = [], bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        best = logits[0].topk(2).indices.tolist()
        token = best[1] if best[0] in out else best[0]
        if token == eos:
            break
        out.append(token)
    return out


# %% min_length @ greedy_decode: ignores an eos that comes first


def greedy_decode(step, state, bos, eos, max_length):
    out, token = [], bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = int(logits.argmax())
        if token == eos and out:
            break
        out.append(token)
    return out


# %% falsy @ greedy_decode: token 0 ends the loop


def greedy_decode(step, state, bos, eos, max_length):
    out, token = [], bos
    while token and len(out) < max_length:
        logits, state = step(torch.tensor([token]), state)
        token = int(logits.argmax())
        if token == eos:
            break
        out.append(token)
    return out


# %% one_warm_up_call @ greedy_decode: reads bos twice


def greedy_decode(step, state, bos, eos, max_length):
    _, state = step(torch.tensor([bos]), state)
    out, token = [], bos
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = int(logits.argmax())
        if token == eos:
            break
        out.append(token)
    return out
