"""Wrong answers to gates."""

from torch import nn


# %% ifog @ lstm_cell: last two exchanged [order_i_f_o_g]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, o, g = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% figo @ lstm_cell: first two exchanged [order_f_i_g_o]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    f, i, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% gates_swapped @ lstm_cell: f and i exchanged where they act [order_f_i_g_o]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = i * c + f * g
    return o * torch.tanh(c), c


# %% soft_candidate @ lstm_cell: sigmoid on g [sigmoid_on_the_candidate]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = torch.sigmoid(z).chunk(4, 1)
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% linear_output @ lstm_cell: no tanh on c [tanh_missing_on_the_cell]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * c, c


# %% stale @ lstm_cell: old c shown [old_cell_in_the_output]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    return o * torch.tanh(c), f * c + i * g


# %% around @ lstm_cell: tanh of the product [tanh_around_the_product]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return torch.tanh(o * c), c


# %% ungated @ lstm_cell: no output gate [output_gate_not_applied]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return c.tanh(), c


# %% always_written @ lstm_cell: no input gate [input_gate_not_applied]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + g
    return o * c.tanh(), c


# %% coupled @ lstm_cell: 1 - f [gates_coupled]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + (1 - f) * g
    return o * c.tanh(), c


# %% c_first @ lstm_cell: order of the results [states_exchanged]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return c, o * c.tanh()


# %% forgets_all @ lstm_cell: old cell dropped [old_cell_dropped]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = i * g
    return o * c.tanh(), c


# %% forgets_nothing @ lstm_cell: no forget gate [forget_gate_not_applied]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = c + i * g
    return o * c.tanh(), c


# %% cell_for_state @ lstm_cell: c into the gates [cell_into_the_gates]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + c @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% memoryless @ lstm_cell: h left out [hidden_state_ignored]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% one_bias @ lstm_cell: b_hh left out [second_bias_left_out]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% other_bias @ lstm_cell: b_ih left out [first_bias_left_out]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% no_bias @ lstm_cell: neither [both_biases_left_out]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% same_bias @ lstm_cell: b_ih twice [first_bias_twice]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_ih
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% squeezed @ lstm_cell: batch of one lost [axes_squeezed]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return (o * c.tanh()).squeeze(), c.squeeze()


# %% truncated @ lstm_cell: old states detached [old_states_detached]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    h, c = h.detach(), c.detach()
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% without_grad @ lstm_cell: cut [results_detached]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return (o * c.tanh()).detach(), c.detach()


# %% ofig @ lstm_cell: another library's order


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    o, f, i, g = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% igfo @ lstm_cell: middle two exchanged [order_i_g_f_o]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, g, f, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% keras_like @ lstm_cell: g and o, and i and f exchanged


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    f, i, o, g = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% interleaved @ lstm_cell: four numbers for each unit


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.view(len(x), -1, 4).unbind(2)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% wrong_axis @ lstm_cell: chunks of the batch


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.view(4, len(x), -1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% peephole @ lstm_cell: c into the forget gate too


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), (f + c).sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% forget_bias @ lstm_cell: one added to the forget gate [one_added_to_the_forget_gate]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), (f + 1).sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% cell_detached @ lstm_cell: c only is detached


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    c = c.detach()
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% averaged_bias @ lstm_cell: half of both


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + 0.5 * (b_ih + b_hh)
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% bias_on_gates_only @ lstm_cell: the candidate has no bias


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    g = g - (b_ih + b_hh).chunk(4)[2]
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% overwrites @ lstm_cell: updates the caller's c


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c.data = c.data.mul_(f.data).add_((i * g).data)
    return o * torch.tanh(c), c.clone()


# %% tanh_twice @ lstm_cell: the cell itself is squashed [squashed_cell_kept]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = torch.tanh(f * c + i * g)
    return o * c, c


# %% tanh_stored @ lstm_cell: shows and keeps the squashed one [cell_squashed_twice]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = torch.tanh(f * c + i * g)
    return o * torch.tanh(c), c


# %% only_h @ lstm_cell: one result


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c)


# %% state_as_dict @ lstm_cell: a dict


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return {"h": o * torch.tanh(c), "c": c}


# %% three @ lstm_cell: the output a second time


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    h = o * torch.tanh(c)
    return h, h, c


# %% square_only @ lstm_cell: w_hh not transposed


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% square_blocks @ lstm_cell: blocks of w_hh transposed


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    w_hh = w_hh.view(4, h.shape[1], -1).transpose(1, 2).reshape(w_hh.shape)
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% relu_candidate @ lstm_cell: relu on g


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.relu(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% hard_gates @ lstm_cell: hardsigmoid


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = F.hardsigmoid(i), F.hardsigmoid(f), g.tanh(), F.hardsigmoid(o)
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% first_sample @ lstm_cell: the state of the first sample for all


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    h, c = h[:1].expand_as(h), c[:1].expand_as(c)
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * torch.tanh(c), c


# %% library @ lstm_cell: torch.lstm_cell


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    return torch.lstm_cell(x, (h, c), w_ih, w_hh, b_ih, b_hh)


# %% aten @ lstm_cell: the operator


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    return torch.ops.aten.lstm_cell(x, [h, c], w_ih, w_hh, b_ih, b_hh)


# %% low_level @ lstm_cell: torch._VF


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    return torch._VF.lstm_cell(x, (h, c), w_ih, w_hh, b_ih, b_hh)


# %% module @ lstm_cell: nn.LSTMCell


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    cell = nn.LSTMCell(x.shape[1], h.shape[1])
    parameters = dict(weight_ih=w_ih, weight_hh=w_hh, bias_ih=b_ih, bias_hh=b_hh)
    return torch.func.functional_call(cell, parameters, (x, (h, c)))


# %% one_step @ lstm_cell: nn.LSTM for one step


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    weights = [w_ih, w_hh, b_ih, b_hh]
    states = (h[None].contiguous(), c[None].contiguous())
    _, hn, cn = torch.lstm(x[None], states, weights, True, 1, 0.0, False, False, False)
    return hn[0], cn[0]


# %% layer @ lstm_cell: nn.LSTM


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    layer = nn.LSTM(x.shape[1], h.shape[1])
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    parameters = dict(zip(names, [w_ih, w_hh, b_ih, b_hh], strict=True))
    states = (h[None].contiguous(), c[None].contiguous())
    _, (hn, cn) = torch.func.functional_call(layer, parameters, (x[None], states))
    return hn[0], cn[0]


# %% bare_candidate @ lstm_cell: g as it is [candidate_not_squashed]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    new = f.sigmoid() * c + i.sigmoid() * g
    return o.sigmoid() * new.tanh(), new


# %% new_c_in_forget @ lstm_cell: forget gate multiplies the sum


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    new = f.sigmoid() * (c + i.sigmoid() * g.tanh())
    return o.sigmoid() * new.tanh(), new


# %% input_gate_twice @ lstm_cell: i for o


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + h @ w_hh.T + b_ih + b_hh
    i, f, g, o = z.chunk(4, 1)
    new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return i.sigmoid() * new.tanh(), new


# %% tanh_on_all @ lstm_cell: tanh on all four


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = (x @ w_ih.T + h @ w_hh.T + b_ih + b_hh).tanh()
    i, f, g, o = z.chunk(4, 1)
    new = f * c + i * g
    return o * new.tanh(), new
