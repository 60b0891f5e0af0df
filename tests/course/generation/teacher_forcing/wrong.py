"""Wrong answers to teacher_forced and free_running."""

# %% own_argmax @ teacher_forced: runs free [feeds_its_own_choice]


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for _ in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = logits.argmax(-1)
    return torch.stack(outputs, dim=1)


# %% leak @ teacher_forced: reads targets[:, t] at t [fed_what_it_must_predict]


def teacher_forced(step, state, bos, targets):
    outputs = []
    for t in range(targets.size(1)):
        logits, state = step(targets[:, t], state)
        outputs.append(logits)
    return torch.stack(outputs, dim=1)


# %% forgetful @ teacher_forced: throws the new state away [state_not_carried]


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, _ = step(token, state)
        outputs.append(logits)
        token = targets[:, t]
    return torch.stack(outputs, dim=1)


# %% without_bos @ teacher_forced: one position less [bos_missing]


def teacher_forced(step, state, bos, targets):
    outputs = []
    for t in range(targets.size(1) - 1):
        logits, state = step(targets[:, t], state)
        outputs.append(logits)
    return torch.stack(outputs, dim=1)


# %% stacked @ teacher_forced: (T, B, V) [time_comes_first]


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = targets[:, t]
    return torch.stack(outputs)


# %% viewed @ teacher_forced: cat and view [batch_and_time_mixed]


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = targets[:, t]
    return torch.cat(outputs).view(targets.size(0), targets.size(1), -1)


# %% half_and_half @ teacher_forced: alternates between target and own choice


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = targets[:, t] if t % 2 == 0 else logits.argmax(-1)
    return torch.stack(outputs, dim=1)


# %% rolled @ teacher_forced: roll brings the last target to the front [last_target_for_bos]


def teacher_forced(step, state, bos, targets):
    outputs = []
    for token in targets.roll(1, dims=1).unbind(1):
        logits, state = step(token, state)
        outputs.append(logits)
    return torch.stack(outputs, dim=1)


# %% shifted_the_other_way @ teacher_forced: reads the token after the next


def teacher_forced(step, state, bos, targets):
    inputs = torch.cat([targets[:, 1:], bos[:, None]], 1)
    outputs = []
    for token in inputs.unbind(1):
        logits, state = step(token, state)
        outputs.append(logits)
    return torch.stack(outputs, dim=1)


# %% overwrites_targets @ teacher_forced: shifts the caller's tensor in place


def teacher_forced(step, state, bos, targets):
    targets[:, 1:] = targets[:, :-1].clone()
    targets[:, 0] = bos
    outputs = []
    for token in targets.unbind(1):
        logits, state = step(token, state)
        outputs.append(logits)
    return torch.stack(outputs, dim=1)


# %% first_row @ teacher_forced: feeds every sequence the first one's targets


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = targets[0, t].repeat(targets.size(0))
    return torch.stack(outputs, dim=1)


# %% squeezed @ teacher_forced: squeezes, which hurts batches and times of one


def teacher_forced(step, state, bos, targets):
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = targets[:, t]
    return torch.stack(outputs, dim=1).squeeze()


# %% last_only @ teacher_forced: returns the last logits


def teacher_forced(step, state, bos, targets):
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        token = targets[:, t]
    return logits


# %% grad_left_off @ teacher_forced: turns gradients off for everybody


def teacher_forced(step, state, bos, targets):
    torch.set_grad_enabled(False)
    outputs = []
    token = bos
    for t in range(targets.size(1)):
        logits, state = step(token, state)
        outputs.append(logits)
        token = targets[:, t]
    return torch.stack(outputs, dim=1)


# %% reset_halfway @ teacher_forced: keeps the first new state for ever


def teacher_forced(step, state, bos, targets):
    logits, state = step(bos, state)
    outputs = [logits]
    for t in range(targets.size(1) - 1):
        outputs.append(step(targets[:, t], state)[0])
    return torch.stack(outputs, dim=1)


# %% bos_for_ever @ free_running: never reads its choice [always_feeds_bos]


def free_running(step, state, bos, length):
    outputs = []
    for _ in range(length):
        logits, state = step(bos, state)
        outputs.append(logits.argmax(-1))
    return torch.stack(outputs, dim=1)


# %% no_memory @ free_running: the initial state each time [state_thrown_away]


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        token = step(token, state)[0].argmax(-1)
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% fed_tokens @ free_running: appends before it chooses [returns_what_was_fed]


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        outputs.append(token)
        logits, state = step(token, state)
        token = logits.argmax(-1)
    return torch.stack(outputs, dim=1)


# %% with_bos @ free_running: bos is left in front [bos_in_front]


def free_running(step, state, bos, length):
    tokens = bos[:, None]
    for _ in range(length):
        logits, state = step(tokens[:, -1], state)
        tokens = torch.cat([tokens, logits.argmax(-1)[:, None]], 1)
    return tokens


# %% drawn @ free_running: samples [samples]


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        logits, state = step(token, state)
        token = torch.multinomial(torch.softmax(logits, -1), 1).squeeze(1)
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% axis_zero @ free_running: argmax over the batch [chooses_over_the_batch]


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argmax(dim=0)
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% square_axis @ free_running: argmax over the batch, only where that fits


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argmax(dim=0 if logits.shape[0] == logits.shape[1] else 1)
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% least @ free_running: the smallest logit


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argmin(-1)
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% one_less @ free_running: length - 1 tokens


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(1, length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        outputs.append(token)
    return torch.stack(outputs, dim=1) if outputs else bos[:, None][:, :0]


# %% as_floats @ free_running: returns floats


def free_running(step, state, bos, length):
    out = torch.zeros(len(bos), length)
    token = bos
    for t in range(length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        out[:, t] = token
    return out


# %% stops_reading @ free_running: predicts everything from the first logits


def free_running(step, state, bos, length):
    logits, state = step(bos, state)
    return logits.topk(min(length, logits.shape[1])).indices


# %% into_bos @ free_running: writes its choices into the caller's bos


def free_running(step, state, bos, length):
    outputs = []
    for _ in range(length):
        logits, state = step(bos, state)
        bos.copy_(logits.argmax(-1))
        outputs.append(bos.clone())
    return torch.stack(outputs, dim=1)


# %% same_object @ free_running: collects one buffer again and again


def free_running(step, state, bos, length):
    outputs = []
    token = bos.clone()
    for _ in range(length):
        logits, state = step(token, state)
        token.copy_(logits.argmax(-1))
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% stops_at_zero @ free_running: takes token 0 for an end


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        logits, state = step(token, state)
        token = torch.where(token == 0, token, logits.argmax(-1))
        outputs.append(token)
    return torch.stack(outputs, dim=1)


# %% lists_of_ints @ free_running: returns nested lists


def free_running(step, state, bos, length):
    outputs = []
    token = bos
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        outputs.append(token)
    return torch.stack(outputs, dim=1).tolist()


# %% zeros_for_bos @ teacher_forced: feeds zeros first


def teacher_forced(step, state, bos, targets):
    token, out = torch.zeros_like(bos), []
    for t in range(targets.shape[1]):
        logits, state = step(token, state)
        out.append(logits)
        token = targets[:, t]
    return torch.stack(out, 1)


# %% two_behind @ teacher_forced: feeds the target of the step before last


def teacher_forced(step, state, bos, targets):
    out = []
    for t in range(targets.shape[1]):
        token = bos if t == 0 else targets[:, max(t - 2, 0)]
        logits, state = step(token, state)
        out.append(logits)
    return torch.stack(out, 1)


# %% state_of_first @ teacher_forced: uses the state one call behind


def teacher_forced(step, state, bos, targets):
    token, out, before = bos, [], state
    for t in range(targets.shape[1]):
        logits, new = step(token, before)
        before, state = state, new
        out.append(logits)
        token = targets[:, t]
    return torch.stack(out, 1)


# %% keepdim @ free_running: (B, 1) tokens


def free_running(step, state, bos, length):
    token, out = bos, []
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argmax(-1, keepdim=True)
        out.append(token)
    return torch.cat(out, 1)


# %% int_token @ free_running: an int


def free_running(step, state, bos, length):
    token, out = bos, []
    for _ in range(length):
        logits, state = step(token, state)
        token = logits.argmax(-1).tolist()
        out.append(token)
    return torch.tensor(out).T
