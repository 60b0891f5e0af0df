"""One step of an LSTM.

Cases add one thing at a time: a first step from nothing, then the old cell, the old hidden state
and the biases. So a cell with one fault earns what does not depend on it.
"""

import torch

from grader import Exercise, Inputs, View, pictures


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    z = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh
    z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
    i, f, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.sigmoid(z_o)
    c = f * c + i * torch.tanh(z_g)
    return o * torch.tanh(c), c


exercise = Exercise(
    lstm_cell,
    title="One step of an LSTM",
    forbids=["lstm", "lstm_cell", "thnn_fused_lstm_cell", "lstm_mps", "mkldnn_rnn_layer"],
    hints=[
        "Do the worked example of the lesson in Python, with four numbers for z. Which of them go "
        "through a sigmoid, and which through tanh?",
        "z has four quarters along dim=1, in the order i, f, g, o: chunk(4, dim=1) gives them. "
        "The new c is needed for the new h.",
        "z = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh; i, f, g, o = z.chunk(4, dim=1); with sigmoids "
        "of i, f, o and tanh of g: c = f * c + i * g, and return o * tanh(c), c.",
    ],
)


def step(inputs: Inputs, batch: int, features: int, units: int, *, leave_out=()):
    """Random arguments; those named in leave_out are zero."""
    arguments = dict(
        x=inputs.normal(batch, features, mean=0.3),
        h=inputs.normal(batch, units, mean=-0.2),
        c=inputs.normal(batch, units, mean=0.5, std=1.5),
        w_ih=inputs.normal(4 * units, features, std=0.8),
        w_hh=inputs.normal(4 * units, units, std=0.6),
        b_ih=inputs.normal(4 * units, mean=0.2),
        b_hh=inputs.normal(4 * units, mean=-0.4),
    )
    for name in leave_out:
        arguments[name] = torch.zeros_like(arguments[name])
    return arguments


@exercise.case(
    points=3, hint="Print i, f, g and o. Are they the right quarters, and which are squashed how?"
)
def the_input_is_written_and_shown(inputs: Inputs):
    """from a state of zeros, i and g write the cell, o shows it"""
    return step(inputs, 3, 5, 7, leave_out=("h", "c", "b_ih", "b_hh"))


@exercise.case(points=2, hint="How much of the old c is in the new one?")
def the_old_cell_is_kept_by_f(inputs: Inputs):
    """the forget gate decides how much of the old cell stays"""
    return step(inputs, 3, 5, 7, leave_out=("h", "b_ih", "b_hh"))


@exercise.case(points=1, hint="Which state does w_hh multiply?")
def the_hidden_state_reaches_the_gates(inputs: Inputs):
    """the old hidden state enters all four quarters through w_hh"""
    return step(inputs, 3, 5, 7, leave_out=("b_ih", "b_hh"))


@exercise.case(points=1, hint="There are two biases, and both are added, to all four quarters.")
def both_biases_are_added(inputs: Inputs):
    """b_ih and b_hh are both added"""
    return step(inputs, 3, 5, 7)


@exercise.case(points=1, hint="Does a line rely on one size, or on a layout in memory?")
def any_sizes_will_do(inputs: Inputs):
    """a batch of one, one unit, square weights and transposed views work too"""
    views = step(inputs, 4, 4, 4)
    for name in ("x", "h", "c"):
        views[name] = views[name].T
    views["w_ih"] = inputs.normal(4, 16).T
    views["w_hh"] = inputs.strided(views["w_hh"])
    return [
        step(inputs, 1, 3, 2),
        step(inputs, 5, 2, 1),
        step(inputs, 1, 1, 1),
        step(inputs, 2, 2, 2),
        step(inputs, 6, 1, 3),
        views,
    ]


@exercise.case(
    points=2,
    gradients=["x", "h", "c", "w_ih", "w_hh", "b_ih", "b_hh"],
    needs=[both_biases_are_added],
    hint="Is there a detach, .data, no_grad or new tensor on the way?",
)
def gradients_reach_everything(inputs: Inputs):
    """gradients reach the input, both states, both weights and both biases"""
    return step(inputs, 3, 5, 2)


@exercise.grows(per="sample")
def samples(inputs: Inputs):
    return {n: step(inputs, n, 3, 2) for n in (4, 12)}


@exercise.alternative()
def gate_by_gate(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """computes one gate after the other with its own rows"""

    def quarter(k):
        rows = slice(k * h.shape[1], (k + 1) * h.shape[1])
        return x @ w_ih[rows].T + h @ w_hh[rows].T + (b_ih + b_hh)[rows]

    new = c * quarter(1).sigmoid() + quarter(0).sigmoid() * quarter(2).tanh()
    return quarter(3).sigmoid() * new.tanh(), new


@exercise.alternative()
def one_matrix(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """joins inputs and state, and their weights, into one product"""
    joined = torch.cat([x, h], 1) @ torch.cat([w_ih, w_hh], 1).T + (b_ih + b_hh)
    i, f, g, o = joined.reshape(len(x), 4, -1).unbind(1)
    new = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
    return o.sigmoid() * new.tanh(), new


@exercise.alternative()
def by_einsum(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """sums products with einsum over weights of shape (4, H, ...)"""
    units = h.shape[1]
    z = torch.einsum("bi,khi->kbh", x, w_ih.reshape(4, units, -1))
    z = z + torch.einsum("bj,khj->kbh", h, w_hh.reshape(4, units, units))
    z = z + b_ih.reshape(4, 1, units) + b_hh.reshape(4, 1, units)
    i, f, o = torch.sigmoid(z[[0, 1, 3]])
    new = i * torch.tanh(z[2]) + f * c
    return o * torch.tanh(new), new


@exercise.alternative()
def sample_by_sample(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """loops over the batch"""
    shown, kept = [], []
    for features, hidden, cell in zip(x, h, c, strict=True):
        z = torch.mv(w_ih, features) + torch.mv(w_hh, hidden) + b_ih + b_hh
        i, f, g, o = z.split(len(hidden))
        kept.append(cell / (1 + torch.exp(-f)) + torch.tanh(g) / (1 + torch.exp(-i)))
        shown.append(torch.tanh(kept[-1]) / (1 + torch.exp(-o)))
    return torch.stack(shown), torch.stack(kept)


def quarters(x, h, w_ih, w_hh, bias):
    return (x @ w_ih.T + h @ w_hh.T + bias).chunk(4, dim=1)


def squashed(i, f, g, o):
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def finished(i, f, g, o, c):
    new = f * c + i * g
    return o * torch.tanh(new), new


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The last two quarters are exchanged: PyTorch's order is i, f, g, o. Other libraries and "
    "courses use i, f, o, g.",
    points_at=r"chunk|split|unbind|\[:",
)
def order_i_f_o_g(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """reads the quarters in the order i, f, o, g"""
    i, f, o, g = quarters(x, h, w_ih, w_hh, b_ih + b_hh)
    return finished(*squashed(i, f, g, o), c)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="Input and forget gate are exchanged: the first quarter is i, which multiplies g; the "
    "second is f, which multiplies the old c.",
    points_at=r"chunk|split|unbind|\[:|c\s*\*|\*\s*c",
)
def order_f_i_g_o(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """exchanges the input and the forget gate"""
    f, i, g, o = quarters(x, h, w_ih, w_hh, b_ih + b_hh)
    return finished(*squashed(i, f, g, o), c)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The second and third quarters are exchanged: PyTorch's order is i, f, g, o. TensorFlow's "
    "first cells had i, g, f, o.",
    points_at=r"chunk|split|unbind|\[:",
)
def order_i_g_f_o(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """reads the quarters in the order i, g, f, o"""
    i, g, f, o = quarters(x, h, w_ih, w_hh, b_ih + b_hh)
    return finished(*squashed(i, f, g, o), c)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The candidate g is no gate: it may be negative. It goes through tanh.",
    points_at=r"\bg\b|\[2\]|sigmoid",
)
def sigmoid_on_the_candidate(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """applies the sigmoid to the candidate g"""
    i, f, g, o = quarters(x, h, w_ih, w_hh, b_ih + b_hh)
    return finished(i.sigmoid(), f.sigmoid(), g.sigmoid(), o.sigmoid(), c)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="All four quarters are squashed, the candidate too: g = tanh(z_g). As it is, what is "
    "written has no bound.",
    points_at=r"\*\s*g\b|\[2\]",
)
def candidate_not_squashed(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """writes the candidate without its tanh"""
    i, f, g, o = quarters(x, h, w_ih, w_hh, b_ih + b_hh)
    return finished(i.sigmoid(), f.sigmoid(), g, o.sigmoid(), c)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The cell is right. What is shown is o * tanh(c'): the tanh is missing.",
    points_at=r"\bo\b.*\*",
)
def tanh_missing_on_the_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """shows o * c without the tanh"""
    i, f, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    new = f * c + i * g
    return o * new, new


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The new cell is right, but h is made from the one before it: o * tanh(c'), with the new "
    "c.",
    points_at=r"tanh\(\s*c\w*\s*\)",
)
def old_cell_in_the_output(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """shows the old cell: o * tanh(c) with the c from before"""
    i, f, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    return o * torch.tanh(c), f * c + i * g


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="What is shown is right, what is kept is not: c' is f * c + i * g itself, and tanh is "
    "taken of it for h only. A cell that is squashed at every step forgets.",
    points_at=r"\bc\w*\s*=.*tanh",
)
def squashed_cell_kept(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """keeps tanh(c') as the new cell, where only h should be squashed"""
    hidden, cell = lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh)
    return hidden, torch.tanh(cell)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="There is one tanh too many: c' is f * c + i * g itself, and tanh is taken of it once, on "
    "the way to h.",
    points_at=r"\bc\w*\s*=.*tanh",
)
def cell_squashed_twice(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """squashes the new cell, and squashes it again to show it"""
    i, f, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    new = torch.tanh(f * c + i * g)
    return o * torch.tanh(new), new


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The cell is right. tanh goes on the cell alone, and the output gate multiplies the "
    "result: o * tanh(c').",
    points_at=r"tanh\(.*\*",
)
def tanh_around_the_product(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """shows tanh(o * c) instead of o * tanh(c)"""
    i, f, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    new = f * c + i * g
    return torch.tanh(o * new), new


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The cell is right. h is the whole tanh(c'); the output gate o should multiply it.",
    points_at=r"return.*tanh|\bh\w*\s*=.*tanh|\bhidden\s*=",
)
def output_gate_not_applied(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """shows tanh(c) without the output gate"""
    i, f, g, _ = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    new = f * c + i * g
    return torch.tanh(new), new


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The candidate g is written in full. The input gate should multiply it: f * c + i * g.",
    points_at=r"\+\s*g\b",
)
def input_gate_not_applied(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """writes g without the input gate: f * c + g"""
    _, f, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    return finished(1, f, g, o, c)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="Yours uses 1 - f for the input gate, as a GRU does with its gate. An LSTM has one of "
    "its own: i * g.",
    points_at=r"1(\.0?)?\s*-",
)
def gates_coupled(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """uses 1 - f for the input gate"""
    _, f, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    return finished(1 - f, f, g, o, c)


@exercise.mistake(
    caught_by=the_input_is_written_and_shown,
    hint="The two states are right and in the wrong order: return h first, then c.",
    points_at=r"return",
)
def states_exchanged(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """returns (c, h) instead of (h, c)"""
    hidden, cell = lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh)
    return cell, hidden


@exercise.mistake(
    caught_by=the_old_cell_is_kept_by_f,
    hint="The old cell is dropped: c' = f * c + i * g, and your first term is missing.",
    points_at=r"\bi\b.*\*",
)
def old_cell_dropped(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """drops the old cell: i * g alone"""
    i, f, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    return finished(i, 0 * f, g, o, c)


@exercise.mistake(
    caught_by=the_old_cell_is_kept_by_f,
    hint="All of the old cell is kept. The forget gate should multiply it: f * c + i * g.",
    points_at=r"\bc\s*\+|\+\s*c\b|\+=",
)
def forget_gate_not_applied(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """keeps all of the old cell: c + i * g"""
    i, _, g, o = squashed(*quarters(x, h, w_ih, w_hh, b_ih + b_hh))
    return finished(i, 1, g, o, c)


@exercise.mistake(
    caught_by=the_old_cell_is_kept_by_f,
    hint="A forget gate that starts open is a matter of how biases are initialised. The step adds "
    "what it is given, and nothing else.",
    points_at=r"\+\s*1\b|\b1(\.0?)?\s*\+",
)
def one_added_to_the_forget_gate(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """adds 1 to the forget gate before the sigmoid"""
    i, f, g, o = quarters(x, h, w_ih, w_hh, b_ih + b_hh)
    return finished(*squashed(i, f + 1, g, o), c)


@exercise.mistake(
    caught_by=the_hidden_state_reaches_the_gates,
    hint="The gates see the hidden state, not the cell: h @ w_hh.T.",
    points_at=r"w_hh",
)
def cell_into_the_gates(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """multiplies w_hh by c instead of h"""
    return finished(*squashed(*quarters(x, c, w_ih, w_hh, b_ih + b_hh)), c)


@exercise.mistake(
    caught_by=the_hidden_state_reaches_the_gates,
    hint="The gates of yours see x alone. Add h @ w_hh.T, or the cell does not know its past.",
    points_at=r"w_ih",
)
def hidden_state_ignored(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """leaves the hidden state out"""
    return lstm_cell(x, torch.zeros_like(h), c, w_ih, w_hh, b_ih, b_hh)


@exercise.mistake(
    caught_by=both_biases_are_added,
    hint="b_hh is missing. PyTorch keeps two biases, and both are added.",
    points_at=r"b_ih",
)
def second_bias_left_out(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """adds b_ih only"""
    return lstm_cell(x, h, c, w_ih, w_hh, b_ih, torch.zeros_like(b_hh))


@exercise.mistake(
    caught_by=both_biases_are_added,
    hint="b_ih is missing. PyTorch keeps two biases, and both are added.",
    points_at=r"b_hh",
)
def first_bias_left_out(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """adds b_hh only"""
    return lstm_cell(x, h, c, w_ih, w_hh, torch.zeros_like(b_ih), b_hh)


@exercise.mistake(
    caught_by=both_biases_are_added,
    hint="Neither bias is in your sum: add b_ih and b_hh.",
    points_at=r"w_ih",
)
def both_biases_left_out(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """adds no bias"""
    return finished(*squashed(*quarters(x, h, w_ih, w_hh, 0.0)), c)


@exercise.mistake(
    caught_by=both_biases_are_added,
    hint="b_ih is in the sum twice; the other one should be b_hh.",
    points_at=r"b_ih",
)
def first_bias_twice(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """adds b_ih twice"""
    return lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_ih)


@exercise.mistake(
    caught_by=any_sizes_will_do,
    hint="squeeze() removes the batch when B = 1, and the units when H = 1. Leave the shape "
    "(B, H).",
    points_at=r"squeeze",
)
def axes_squeezed(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """squeezes its results, and so loses a batch of one"""
    return tuple(state.squeeze() for state in lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh))


@exercise.mistake(
    caught_by=gradients_reach_everything,
    hint="The old states are cut off, so nothing can be learnt over more than one step. No detach "
    "or .data on h and c.",
    points_at=r"detach|\.data\b|no_grad",
)
def old_states_detached(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """detaches the old states"""
    return lstm_cell(x, h.detach(), c.detach(), w_ih, w_hh, b_ih, b_hh)


@exercise.mistake(
    caught_by=gradients_reach_everything,
    hint="The values are right, but the graph is cut: no detach, .data, no_grad or numpy.",
    points_at=r"detach|\.data\b|no_grad|numpy",
)
def results_detached(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """cuts the graph, so no gradient reaches anything"""
    with torch.no_grad():
        return lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh)


@exercise.picture(gradients_reach_everything)
def draw(view: View):
    """The gradient that was wrong first, against the right one."""
    for name, (yours, expected) in view.gradients.items():
        if yours is not None and yours.shape == expected.shape:
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
