"""Wrong answers to rnn_step and unroll."""

# %% linear @ rnn_step: no activation [no_tanh]


def rnn_step(x, h, w_ih, w_hh, b):
    return F.linear(x, w_ih, b) + F.linear(h, w_hh)


# %% logistic @ rnn_step: sigmoid [sigmoid_for_tanh]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.sigmoid(x @ w_ih.T + h @ w_hh.T + b)


# %% rectified @ rnn_step: relu [relu_for_tanh]


def rnn_step(x, h, w_ih, w_hh, b):
    return F.relu(x @ w_ih.T + h @ w_hh.T + b)


# %% no_bias @ rnn_step: b is not used [bias_missing]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(F.linear(x, w_ih) + F.linear(h, w_hh))


# %% bias_after @ rnn_step: a parenthesis too early [bias_outside]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(x @ w_ih.T + h @ w_hh.T) + b


# %% two_biases @ rnn_step: each linear layer adds b [bias_twice]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh((x @ w_ih.T + b) + (h @ w_hh.T + b))


# %% memoryless @ rnn_step: h is not used [state_left_out]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(F.linear(x, w_ih, b))


# %% w_hh_as_it_is @ rnn_step: recurrent weight not transposed [recurrent_weight_transposed]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(F.linear(x, w_ih, b) + h.mm(w_hh))


# %% weights_as_they_are @ rnn_step: no transposes [both_weights_transposed]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(x @ w_ih + h @ w_hh + b)


# %% residual @ rnn_step: adds the old state to the new one


def rnn_step(x, h, w_ih, w_hh, b):
    return h + torch.tanh(x @ w_ih.T + h @ w_hh.T + b)


# %% tanh_of_each @ rnn_step: an activation for each term [tanh_of_each]


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(x @ w_ih.T + b) + torch.tanh(h @ w_hh.T)


# %% tanh_twice @ rnn_step: activates an active state


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(torch.tanh(x @ w_ih.T + h @ w_hh.T + b))


# %% bias_as_column @ rnn_step: b runs over the batch when it is square


def rnn_step(x, h, w_ih, w_hh, b):
    column = b[:, None] if len(b) == len(x) else b
    return torch.tanh(x @ w_ih.T + h @ w_hh.T + column)


# %% transposes_when_it_must @ rnn_step: guesses the layout from the shape


def rnn_step(x, h, w_ih, w_hh, b):
    w = w_ih if w_ih.shape[0] == x.shape[1] else w_ih.T
    return torch.tanh(x @ w + h @ w_hh.T + b)


# %% overwrites_the_state @ rnn_step: writes the new state into h


def rnn_step(x, h, w_ih, w_hh, b):
    h.data.copy_(torch.tanh(x @ w_ih.T + h @ w_hh.T + b).detach())
    return h


# %% under_no_grad @ rnn_step: the recurrent product has no gradient


def rnn_step(x, h, w_ih, w_hh, b):
    with torch.no_grad():
        remembered = h @ w_hh.T
    return torch.tanh(x @ w_ih.T + remembered + b)


# %% single_precision @ rnn_step: computes in float32


def rnn_step(x, h, w_ih, w_hh, b):
    z = x.float() @ w_ih.float().T + h.float() @ w_hh.float().T + b.float()
    return torch.tanh(z).double()


# %% squeezed @ rnn_step: a batch of one loses its axis


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(x @ w_ih.T + h @ w_hh.T + b).squeeze(0)


# %% the_cell @ rnn_step: torch's own step, which is forbidden


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.rnn_tanh_cell(x, h, w_ih, w_hh, b, torch.zeros_like(b))


# %% the_cell_module @ rnn_step: torch's RNNCell, which is forbidden


def rnn_step(x, h, w_ih, w_hh, b):
    cell = nn.RNNCell(x.shape[1], h.shape[1])
    named = dict(weight_ih=w_ih, weight_hh=w_hh, bias_ih=b, bias_hh=torch.zeros_like(b))
    return torch.func.functional_call(cell, named, (x, h))


# %% always_h0 @ unroll: the new state gets another name [state_not_carried]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t, :], h, w_ih, w_hh, b)
        outputs.append(new)
    return torch.stack(outputs, dim=1), new


# %% x_zero @ unroll: reads x[:, 0] at every step [first_input_every_time]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for _ in range(x.shape[1]):
        h = rnn_step(x[:, 0], h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% reversed_range @ unroll: counts down [last_input_first]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for t in reversed(range(x.shape[1])):
        h = rnn_step(x[:, t], h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% from_the_end @ unroll: counts down and fills in place [backward_in_time]


def unroll(x, h, w_ih, w_hh, b):
    outputs = [None] * x.shape[1]
    for t in range(x.shape[1] - 1, -1, -1):
        h = rnn_step(x[:, t], h, w_ih, w_hh, b)
        outputs[t] = h
    return torch.stack(outputs, dim=1), h


# %% last_only @ unroll: keeps nothing on the way [last_output_only]


def unroll(x, h, w_ih, w_hh, b):
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
    return h, h


# %% append_first @ unroll: appends before it steps [outputs_one_step_late]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        outputs.append(h)
        h = rnn_step(now, h, w_ih, w_hh, b)
    return torch.stack(outputs, dim=1), h


# %% keeps_h0 @ unroll: returns what it was given [initial_state_returned]


def unroll(x, h, w_ih, w_hh, b):
    outputs, state = [], h
    for now in x.unbind(1):
        state = rnn_step(now, state, w_ih, w_hh, b)
        outputs.append(state)
    return torch.stack(outputs, dim=1), h


# %% plain_stack @ unroll: stacks on axis 0 [time_in_front]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs), h


# %% stack_and_view @ unroll: reshapes (T, B, H) to (B, T, H) [reshaped_for_transposed]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs).view(x.shape[0], x.shape[1], -1), h


# %% over_axis_zero @ unroll: iterates over x itself [walks_over_sentences]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x:
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% not_batch_first @ unroll: takes x for (T, B, E) [batch_second]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for t in range(x.shape[0]):
        h = rnn_step(x[t], h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=0), h


# %% zeros @ unroll: makes its own first state [starts_from_zero]


def unroll(x, h, w_ih, w_hh, b):
    h = torch.zeros(x.shape[0], w_hh.shape[0])
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% truncated @ unroll: detaches at every step [detached_between_steps]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
        h = h.detach()
    return torch.stack(outputs, dim=1), outputs[-1]


# %% skips_the_first @ unroll: range starts at 1 [first_input_skipped]


def unroll(x, h, w_ih, w_hh, b):
    outputs = [h]
    for t in range(1, x.shape[1]):
        h = rnn_step(x[:, t], h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% stops_early @ unroll: the last input is never read


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for t in range(x.shape[1] - 1):
        h = rnn_step(x[:, t], h, w_ih, w_hh, b)
        outputs.append(h)
    outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% first_state_back @ unroll: the second value is the state after the first step


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), outputs[0]


# %% one_buffer @ unroll: every output is the same tensor


def unroll(x, h, w_ih, w_hh, b):
    state, outputs = h.detach().clone(), []
    for now in x.unbind(1):
        state.copy_(rnn_step(now, state, w_ih, w_hh, b).detach())
        outputs.append(state)
    return torch.stack(outputs, dim=1), state


# %% state_of_the_first_sentence @ unroll: all sentences start from h[0]


def unroll(x, h, w_ih, w_hh, b):
    h = h[:1].expand(x.shape[0], -1)
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% carries_over_sentences @ unroll: a sentence starts where the one before it ended


def unroll(x, h, w_ih, w_hh, b):
    rows, lasts, state = [], [], h[0]
    for sentence in x:
        row = []
        for token in sentence:
            state = rnn_step(token[None], state[None], w_ih, w_hh, b)[0]
            row.append(state)
        rows.append(torch.stack(row))
        lasts.append(state)
    return torch.stack(rows), torch.stack(lasts)


# %% resets_every_ten @ unroll: forgets on long sentences


def unroll(x, h, w_ih, w_hh, b):
    outputs, first = [], h
    for t, now in enumerate(x.unbind(1)):
        h = rnn_step(now, first if t % 10 == 0 else h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


# %% last_of_the_batch @ unroll: outputs[-1] of a batch-first tensor


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    outputs = torch.stack(outputs, dim=1)
    return outputs, outputs[-1]


# %% outputs_alone @ unroll: the last state is not returned


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1)


# %% history_detached @ unroll: outputs are kept without their graph [outputs_detached]


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h.detach())
    return torch.stack(outputs, dim=1), h


# %% the_module @ unroll: torch's RNN, which is forbidden


def unroll(x, h, w_ih, w_hh, b):
    rnn = nn.RNN(x.shape[2], h.shape[1], batch_first=True)
    named = dict(weight_ih_l0=w_ih, weight_hh_l0=w_hh, bias_ih_l0=b, bias_hh_l0=b * 0)
    outputs, last = torch.func.functional_call(rnn, named, (x, h[None]))
    return outputs, last[0]


# %% the_kernel @ unroll: torch's kernel, which is forbidden


def unroll(x, h, w_ih, w_hh, b):
    flat = [w_ih, w_hh, b, torch.zeros_like(b)]
    outputs, last = torch.rnn_tanh(x, h[None], flat, True, 1, 0.0, False, False, True)
    return outputs, last[0]


# %% the_operator @ unroll: the same kernel by its operator, which is forbidden


def unroll(x, h, w_ih, w_hh, b):
    flat = [w_ih, w_hh, b, torch.zeros_like(b)]
    call = torch.ops.aten.rnn_tanh.input
    outputs, last = call(x, h[None], flat, True, 1, 0.0, False, False, True)
    return outputs, last[0]


# %% weights_detached @ rnn_step: weights as data


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(x @ w_ih.data.T + h @ w_hh.data.T + b)


# %% adds_states @ unroll: sums states


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for now in x.unbind(1):
        h = h + rnn_step(now, h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, 1), h
