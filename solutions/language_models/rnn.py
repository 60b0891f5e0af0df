"""A recurrent step, and its loop over time."""

import torch
import torch.nn.functional as F

from grader import Exercise, Inputs, View, pictures


def rnn_step(x, h, w_ih, w_hh, b):
    return torch.tanh(x @ w_ih.T + h @ w_hh.T + b)


def unroll(x, h, w_ih, w_hh, b):
    outputs = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t, :], h, w_ih, w_hh, b)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h


exercise = Exercise(
    rnn_step,
    unroll,
    title="Recurrent network",
    forbids=["rnn", "rnn_cell", "rnn_tanh", "rnn_tanh_cell", "torch.nn.modules.rnn"],
    hints=[
        "Write down the shape of every matrix product for B = 3, E = 5, H = 4. Which axis of x is "
        "time, and what must one step hand to the next?",
        "A step adds two products with transposed weights and the bias, then takes tanh. The loop "
        "runs over axis 1, keeps the new state as h, and collects it.",
        "rnn_step returns torch.tanh(x @ w_ih.T + h @ w_hh.T + b). In unroll, for each t: "
        "h = rnn_step(x[:, t, :], h, ...); outputs.append(h). Return torch.stack(outputs, dim=1) "
        "and h.",
    ],
)

EVERY_ARGUMENT = ["x", "h", "w_ih", "w_hh", "b"]


def weights(inputs, width, hidden):
    """Weights that keep tanh where it bends but is not flat."""
    return dict(
        w_ih=inputs.normal(hidden, width, std=0.7 / width**0.5),
        w_hh=inputs.normal(hidden, hidden, std=0.9 / hidden**0.5),
        b=inputs.normal(hidden, mean=0.3, std=0.3),
    )


def step_call(inputs, batch, width, hidden):
    state = inputs.uniform(batch, hidden, low=-0.9, high=0.9)
    return dict(x=inputs.normal(batch, width), h=state, **weights(inputs, width, hidden))


def unroll_call(inputs, batch, length, width, hidden):
    state = inputs.uniform(batch, hidden, low=-0.9, high=0.9)
    return dict(x=inputs.normal(batch, length, width), h=state, **weights(inputs, width, hidden))


@exercise.case(rnn_step, points=2, hint="Three terms go into tanh. Which product uses which?")
def a_step_mixes_input_and_state(inputs: Inputs):
    """a step is tanh of what input, state and bias add up to"""
    return step_call(inputs, 3, 5, 4)


@exercise.case(
    rnn_step,
    points=1,
    hint="Square weights hide a missing transpose: row i of a weight makes unit i of the state.",
)
def square_weights_are_no_trap(inputs: Inputs):
    """nothing changes when E = H, nor for a batch of one, a single unit or views with gaps"""
    sizes = [(4, 4, 4), (1, 3, 3), (1, 1, 1), (5, 2, 2)]
    viewed = step_call(inputs, 3, 4, 4)
    viewed = {name: inputs.strided(value) for name, value in viewed.items()}
    turned = step_call(inputs, 3, 3, 3)
    turned |= {name: turned[name].T for name in ("x", "h", "w_ih", "w_hh")}
    return [*(step_call(inputs, *size) for size in sizes), viewed, turned]


@exercise.case(
    rnn_step,
    points=1,
    gradients=EVERY_ARGUMENT,
    needs=[a_step_mixes_input_and_state],
    hint="Does everything stay a tensor of the graph, the state too?",
)
def gradients_of_a_step(inputs: Inputs):
    """gradients of a step reach the input, the state, both weights and the bias"""
    return [step_call(inputs, *size) for size in [(3, 5, 4), (1, 3, 1), (2, 1, 3)]]


@exercise.case(unroll, points=2, hint="What does step t get from step t - 1, and where is it kept?")
def the_state_is_carried(inputs: Inputs):
    """each step starts from the state of the step before, first time to last"""
    call = unroll_call(inputs, 2, 5, 3, 4)
    return call | {"h": torch.zeros_like(call["h"])}


@exercise.case(unroll, points=1, hint="The first step starts from the h that was given.")
def it_starts_from_the_given_state(inputs: Inputs):
    """the first step starts from the given state, zero or not"""
    return unroll_call(inputs, 3, 2, 5, 4)


@exercise.case(
    unroll,
    points=1,
    hint="Axis 0 is the batch, axis 1 time. Take B = T = 3 and follow one sentence.",
)
def sentences_do_not_mix(inputs: Inputs):
    """with as many sentences as steps, each sentence still keeps to itself"""
    return [unroll_call(inputs, *size) for size in [(3, 3, 2, 5), (4, 4, 4, 4)]]


@exercise.case(
    unroll,
    points=1,
    hint="What becomes of each shape when B, T, E or H is 1?",
)
def any_number_of_sentences_and_steps(inputs: Inputs):
    """any sizes will do: one sentence, one step, one unit, many steps, views with gaps"""
    sizes = [(1, 4, 3, 2), (3, 1, 2, 5), (1, 1, 1, 1), (2, 23, 3, 1), (5, 2, 1, 3)]
    viewed = unroll_call(inputs, 3, 4, 5, 2)
    viewed |= {"x": inputs.strided(viewed["x"]), "h": inputs.strided(viewed["h"])}
    turned = unroll_call(inputs, 3, 4, 5, 2)
    turned |= {"x": inputs.normal(4, 3, 5).transpose(0, 1), "h": inputs.normal(1, 2).expand(3, 2)}
    return [*(unroll_call(inputs, *size) for size in sizes), viewed, turned]


@exercise.case(
    unroll,
    points=1,
    gradients=EVERY_ARGUMENT,
    needs=[the_state_is_carried, it_starts_from_the_given_state],
    hint="The last output depends on the first input: nothing may be detached on the way.",
)
def gradients_flow_through_time(inputs: Inputs):
    """gradients flow back through all steps to every argument"""
    return unroll_call(inputs, 2, 5, 3, 4)


@exercise.grows(rnn_step, per="sentence")
def sentences_of_a_step(inputs: Inputs):
    return {n: step_call(inputs, n, 3, 2) for n in (4, 12)}


@exercise.grows(unroll, per="sentence")
def sentences(inputs: Inputs):
    return {n: unroll_call(inputs, n, 3, 3, 2) for n in (4, 12)}


@exercise.alternative(rnn_step)
def linear_layers(x, h, w_ih, w_hh, b):
    """uses linear layers"""
    return (F.linear(x, w_ih, b) + F.linear(h, w_hh)).tanh()


@exercise.alternative(rnn_step)
def one_product(x, h, w_ih, w_hh, b):
    """joins input and state, and both weights, for a single product"""
    joined = torch.cat([x, h], dim=1)
    return torch.tanh(torch.addmm(b, joined, torch.cat([w_ih, w_hh], dim=1).T))


@exercise.alternative(rnn_step)
def einsum_step(x, h, w_ih, w_hh, b):
    """sums products with einsum, and makes tanh of a sigmoid"""
    total = torch.einsum("be,he->bh", x, w_ih) + torch.einsum("bk,hk->bh", h, w_hh) + b
    return 2 * torch.sigmoid(2 * total) - 1


@exercise.alternative(rnn_step)
def sentence_by_sentence(x, h, w_ih, w_hh, b):
    """treats one sentence at a time, as column vectors"""
    rows = [w_ih @ one + w_hh @ state + b for one, state in zip(x, h, strict=True)]
    return torch.tanh(torch.stack(rows))


@exercise.alternative(unroll)
def inputs_first(x, h, w_ih, w_hh, b):
    """computes what the inputs contribute for all times at once"""
    driven = F.linear(x, w_ih, b)
    states = [h]
    for now in driven.unbind(1):
        states.append(torch.tanh(now + states[-1] @ w_hh.T))
    return torch.stack(states[1:], 1), states[-1]


@exercise.alternative(unroll)
def by_halves(x, h, w_ih, w_hh, b):
    """reads the first half, then the second from where that ended"""

    def read(window, h):
        half = window.shape[1] // 2
        if half == 0:
            h = rnn_step(window.squeeze(1), h, w_ih, w_hh, b)
            return h.unsqueeze(1), h
        first, h = read(window[:, :half], h)
        second, h = read(window[:, half:], h)
        return torch.cat([first, second], dim=1), h

    return read(x, h)


@exercise.alternative(unroll)
def filled_in(x, h, w_ih, w_hh, b):
    """writes into a tensor made beforehand, and reads the last state from it"""
    outputs = x.new_empty(x.shape[0], x.shape[1], w_hh.shape[0])
    for t, now in enumerate(x.transpose(0, 1)):
        h = rnn_step(now, h, w_ih, w_hh, b)
        outputs[:, t] = h
    return outputs, outputs[:, -1].clone()


@exercise.alternative(unroll)
def one_sentence_at_a_time(x, h, w_ih, w_hh, b):
    """runs each sentence by itself"""
    outputs = []
    for sentence, state in zip(x, h, strict=True):
        states = []
        for token in sentence:
            state = torch.tanh(w_ih @ token + w_hh @ state + b)
            states.append(state)
        outputs.append(torch.stack(states))
    whole = torch.stack(outputs)
    return whole, whole[:, -1]


def total(x, h, w_ih, w_hh, b):
    return x @ w_ih.T + h @ w_hh.T + b


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="The sum is right; tanh is what is missing. Without it the whole network is linear.",
    points_at=r"return",
)
def no_tanh(x, h, w_ih, w_hh, b):
    """returns the sum itself, without tanh"""
    return total(x, h, w_ih, w_hh, b)


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="The state of this network lies between -1 and 1: tanh, not the sigmoid, which is for "
    "gates.",
    points_at=r"sigmoid",
)
def sigmoid_for_tanh(x, h, w_ih, w_hh, b):
    """takes the sigmoid instead of tanh"""
    return torch.sigmoid(total(x, h, w_ih, w_hh, b))


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="This network's activation is tanh. ReLU lets the state grow from step to step.",
    points_at=r"relu|clamp|maximum",
)
def relu_for_tanh(x, h, w_ih, w_hh, b):
    """takes ReLU instead of tanh"""
    return torch.relu(total(x, h, w_ih, w_hh, b))


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="One term is missing: b is added to the sum, before tanh.",
    points_at=r"tanh",
)
def bias_missing(x, h, w_ih, w_hh, b):
    """leaves the bias out"""
    return torch.tanh(x @ w_ih.T + h @ w_hh.T)


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="There is one tanh, around the sum of all three terms. The sum of two tanhs can leave "
    "(-1, 1).",
    points_at=r"tanh\(.*\+.*tanh\(|tanh\(",
)
def tanh_of_each(x, h, w_ih, w_hh, b):
    """takes tanh of each product and adds them, instead of tanh of the sum"""
    return torch.tanh(x @ w_ih.T + b) + torch.tanh(h @ w_hh.T)


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="b belongs inside tanh, with the two products. Outside, the state can leave (-1, 1).",
    points_at=r"\+\s*b\b",
)
def bias_outside(x, h, w_ih, w_hh, b):
    """adds the bias after tanh"""
    return torch.tanh(x @ w_ih.T + h @ w_hh.T) + b


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="Two linear layers bring a bias each, this step has one b: add it once.",
    points_at=r"\bb\b",
)
def bias_twice(x, h, w_ih, w_hh, b):
    """adds the bias twice, once with each product"""
    return torch.tanh(F.linear(x, w_ih, b) + F.linear(h, w_hh, b))


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="Nothing of h is in your answer. Without h @ w_hh.T the network remembers nothing.",
    points_at=r"tanh",
)
def state_left_out(x, h, w_ih, w_hh, b):
    """leaves the previous state out"""
    return torch.tanh(x @ w_ih.T + b)


@exercise.mistake(
    rnn_step,
    caught_by=a_step_mixes_input_and_state,
    hint="Row i of w_hh makes unit i of the new state: h @ w_hh.T. w_hh is square, so no shape "
    "warns you.",
    points_at=r"(@\s*|mm\(|matmul\(\s*h,\s*)w_hh\b(?!\.T|\.t)",
)
def recurrent_weight_transposed(x, h, w_ih, w_hh, b):
    """multiplies by w_hh where its transpose belongs"""
    return torch.tanh(x @ w_ih.T + h @ w_hh + b)


@exercise.mistake(
    rnn_step,
    caught_by=square_weights_are_no_trap,
    hint="w_ih is (H, E) and x is (B, E): the product that gives (B, H) is x @ w_ih.T.",
    points_at=r"@\s*w_ih\b(?!\.T|\.t)",
)
def input_weight_transposed(x, h, w_ih, w_hh, b):
    """multiplies by w_ih where its transpose belongs"""
    return torch.tanh(x @ w_ih + h @ w_hh.T + b)


@exercise.mistake(
    rnn_step,
    caught_by=square_weights_are_no_trap,
    hint="A row of each weight makes one unit of the new state: x @ w_ih.T and h @ w_hh.T.",
    points_at=r"@\s*w_",
)
def both_weights_transposed(x, h, w_ih, w_hh, b):
    """multiplies by both weights where their transposes belong"""
    return torch.tanh(x @ w_ih + h @ w_hh + b)


@exercise.mistake(
    rnn_step,
    caught_by=gradients_of_a_step,
    hint="detach (or .data, or no_grad) cuts the state off: the past would never learn anything.",
    points_at=r"detach|\.data\b|no_grad",
)
def state_detached(x, h, w_ih, w_hh, b):
    """cuts the gradient of the state"""
    return rnn_step(x, h.detach(), w_ih, w_hh, b)


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="Every step starts from the same h. The new state must replace the old one: "
    "h = rnn_step(..., h, ...).",
    points_at=r"rnn_step\(|tanh",
)
def state_not_carried(x, h, w_ih, w_hh, b):
    """starts every step from the initial state"""
    states = [rnn_step(now, h, w_ih, w_hh, b) for now in x.unbind(1)]
    return torch.stack(states, 1), states[-1]


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="The input of step t is x[:, t, :]. Is there an index that should be t?",
    points_at=r"x\[",
)
def first_input_every_time(x, h, w_ih, w_hh, b):
    """reads the first input at every step"""
    return unroll(x[:, :1].expand_as(x), h, w_ih, w_hh, b)


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="Time runs forward: t = 0, 1, ... T - 1.",
    points_at=r"reversed|flip|-\s*1",
)
def last_input_first(x, h, w_ih, w_hh, b):
    """reads the sentence from its end, and lists the states in that order"""
    return unroll(x.flip(1), h, w_ih, w_hh, b)


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="The state at t may know only what came before. Read from t = 0 on, not from the end.",
    points_at=r"reversed|flip|-\s*1|insert",
)
def backward_in_time(x, h, w_ih, w_hh, b):
    """reads the sentence from its end, and puts the states back in the order of the text"""
    outputs, h = unroll(x.flip(1), h, w_ih, w_hh, b)
    return outputs.flip(1), h


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="outputs holds the state after every step, (B, T, H); only the second value is the last "
    "state.",
    points_at=r"return",
)
def last_output_only(x, h, w_ih, w_hh, b):
    """returns the last state as the outputs"""
    _, h = unroll(x, h, w_ih, w_hh, b)
    return h, h


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="outputs[:, t] is the state after x[:, t] was read: append after the step, not before.",
    points_at=r"append",
)
def outputs_one_step_late(x, h, w_ih, w_hh, b):
    """collects the state before each step instead of the one after it"""
    outputs, last = unroll(x, h, w_ih, w_hh, b)
    return torch.cat([h[:, None], outputs[:, :-1]], 1), last


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="The first input is never read: the loop starts at t = 0, and the state that was given is "
    "no output.",
    points_at=r"range\(\s*1",
)
def first_input_skipped(x, h, w_ih, w_hh, b):
    """lists the given state first, and reads from the second input on"""
    later = x[:, 1:]
    if later.shape[1] == 0:
        return h[:, None], h
    outputs, last = unroll(later, h, w_ih, w_hh, b)
    return torch.cat([h[:, None], outputs], 1), last


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="The second value is the state after the last step, not the one you were given.",
    points_at=r"return",
)
def initial_state_returned(x, h, w_ih, w_hh, b):
    """returns the state that it was given as the last one"""
    return unroll(x, h, w_ih, w_hh, b)[0], h


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="stack without dim puts time in front, (T, B, H). The outputs are (B, T, H): dim=1.",
    points_at=r"stack|cat\(",
)
def time_in_front(x, h, w_ih, w_hh, b):
    """returns outputs of shape (T, B, H)"""
    outputs, h = unroll(x, h, w_ih, w_hh, b)
    return outputs.transpose(0, 1), h


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="reshape and view do not swap axes: from (T, B, H) they make rows that mix sentences. "
    "Stack with dim=1, or transpose.",
    points_at=r"reshape|view",
)
def reshaped_for_transposed(x, h, w_ih, w_hh, b):
    """stacks in front, then reshapes where it should swap the axes"""
    outputs, h = unroll(x, h, w_ih, w_hh, b)
    return outputs.transpose(0, 1).reshape(outputs.shape), h


def along_the_batch(x, h, w_ih, w_hh, b):
    states = [h]
    for now in x:
        states.append(rnn_step(now, states[-1], w_ih, w_hh, b))
    return states[1:], states[-1]


@exercise.mistake(
    unroll,
    caught_by=sentences_do_not_mix,
    hint="for x_t in x walks over axis 0, the sentences. Time is axis 1: x[:, t, :], or "
    "x.unbind(1).",
    points_at=r"for .* in (x|range)\b|x\[\s*t\s*\]|shape\[0\]",
)
def walks_over_sentences(x, h, w_ih, w_hh, b):
    """walks over the batch as if it were time"""
    states, h = along_the_batch(x, h, w_ih, w_hh, b)
    return torch.stack(states, 1), h


@exercise.mistake(
    unroll,
    caught_by=sentences_do_not_mix,
    hint="for x_t in x walks over axis 0, the sentences, and stack puts the steps there too. Time "
    "is axis 1 in x and in the outputs.",
    points_at=r"for .* in (x|range)\b|x\[\s*t\s*\]|shape\[0\]",
)
def batch_second(x, h, w_ih, w_hh, b):
    """takes x and outputs for (T, B, ...)"""
    states, h = along_the_batch(x, h, w_ih, w_hh, b)
    return torch.stack(states), h


@exercise.mistake(
    unroll,
    caught_by=it_starts_from_the_given_state,
    hint="The state before the first step is the argument h; do not overwrite it with zeros.",
    points_at=r"zeros",
)
def starts_from_zero(x, h, w_ih, w_hh, b):
    """starts from a state of zeros, whatever it was given"""
    return unroll(x, torch.zeros_like(h), w_ih, w_hh, b)


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="w_hh is not transposed in your step: h @ w_hh.T. It is square, so no shape warns you.",
    points_at=r"(@\s*|mm\(|matmul\(\s*h,\s*)w_hh\b(?!\.T|\.t)",
)
def unrolled_with_w_hh_transposed(x, h, w_ih, w_hh, b):
    """takes steps that multiply by w_hh where its transpose belongs"""
    return unroll(x, h, w_ih, w_hh.T, b)


@exercise.mistake(
    unroll,
    caught_by=the_state_is_carried,
    hint="Your steps leave b out: it is added to the sum, before tanh.",
    points_at=r"tanh|rnn_step\(",
)
def unrolled_without_bias(x, h, w_ih, w_hh, b):
    """takes steps without the bias"""
    return unroll(x, h, w_ih, w_hh, torch.zeros_like(b))


@exercise.mistake(
    unroll,
    caught_by=any_number_of_sentences_and_steps,
    hint="squeeze() drops every axis of length 1, B and T among them. x[:, t, :] has lost the time "
    "axis already; nothing needs squeezing.",
    points_at=r"squeeze\(\s*\)",
)
def axes_of_one_squeezed(x, h, w_ih, w_hh, b):
    """drops the axes of length one"""
    outputs, h = unroll(x, h, w_ih, w_hh, b)
    return outputs.squeeze(), h.squeeze()


@exercise.mistake(
    unroll,
    caught_by=gradients_flow_through_time,
    hint="The state is detached between the steps, so no step can teach an earlier one. Hand h on "
    "as it is.",
    points_at=r"detach|\.data\b|no_grad",
)
def detached_between_steps(x, h, w_ih, w_hh, b):
    """detaches the state after every step"""
    outputs = []
    for now in x.unbind(1):
        outputs.append(rnn_step(now, h, w_ih, w_hh, b))
        h = outputs[-1].detach()
    return torch.stack(outputs, 1), outputs[-1]


@exercise.mistake(
    unroll,
    caught_by=gradients_flow_through_time,
    hint="outputs are what a loss is made of: collect the states themselves, not detached copies.",
    points_at=r"detach|\.data\b|no_grad",
)
def outputs_detached(x, h, w_ih, w_hh, b):
    """detaches the outputs, so that only the last state carries gradients"""
    outputs, last = unroll(x, h, w_ih, w_hh, b)
    return outputs.detach(), last


@exercise.picture(gradients_of_a_step, gradients_flow_through_time)
def draw(view: View):
    """The gradients of the first argument that came out wrong, against the right ones."""
    for name, (yours, expected) in view.gradients.items():
        if yours is not None and yours.shape == expected.shape:
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
