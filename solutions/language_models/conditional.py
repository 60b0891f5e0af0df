"""A language model that starts from what another network has read."""

import torch
import torch.nn.functional as F

from grader import Exercise, Inputs, View, pictures


def conditional_logits(source, source_lengths, target, parameters):
    encoded = run(source, None, parameters, "encoder")
    last = encoded[torch.arange(len(source)), source_lengths - 1]
    return out(run(target, last, parameters, "decoder"), parameters)


def run(tokens, h, parameters, network):
    """The states (B, T, H) of a network that reads tokens, starting from h, or from zero."""
    w_ih, w_hh, b = (parameters[f"{network}.{name}"] for name in ("w_ih", "w_hh", "b"))
    h = b.new_zeros(len(tokens), len(b)) if h is None else h
    states = []
    for x in parameters["embedding"][tokens].unbind(1):
        h = torch.tanh(x @ w_ih.T + h @ w_hh.T + b)
        states.append(h)
    return torch.stack(states, dim=1)


def out(states, parameters):
    return F.linear(states, parameters["w_out"], parameters["b_out"])


exercise = Exercise(
    conditional_logits,
    title="Conditional language model",
    hints=[
        "Take a source of length 2, padded to 5. Write down the five states that the encoder "
        "passes through. Which one does the decoder need?",
        "Write one loop that reads tokens with given weights from a given state, and use it twice. "
        "Between the two, pick for every sentence the state at its own length - 1.",
        "states = the encoder's (B, S, H); h = states[torch.arange(B), source_lengths - 1]; run "
        "the loop over target from h with the decoder.* weights, then @ w_out.T + b_out.",
    ],
)


def network(inputs, width, hidden):
    """Weights that keep tanh where it bends but is not flat."""
    return dict(
        w_ih=inputs.normal(hidden, width, std=0.7 / width**0.5),
        w_hh=inputs.normal(hidden, hidden, std=0.9 / hidden**0.5),
        b=inputs.normal(hidden, mean=0.3, std=0.3),
    )


def call(inputs, lengths, sizes, model=(7, 3, 4), *, padding=None):
    """One call; sizes are (S, T), model is (V, E, H); padding is random ids unless one is given."""
    (longest, length), (vocabulary, width, hidden) = sizes, model
    parameters = dict(embedding=inputs.normal(vocabulary, width))
    for name in ("encoder", "decoder"):
        weights = network(inputs, width, hidden)
        parameters |= {f"{name}.{key}": value for key, value in weights.items()}
    parameters |= dict(w_out=inputs.normal(vocabulary, hidden), b_out=inputs.normal(vocabulary))
    source = inputs.integers(len(lengths), longest, high=vocabulary)
    if padding is not None:
        real = torch.arange(longest) < torch.tensor(lengths)[:, None]
        words = inputs.integers(len(lengths), longest, low=1, high=vocabulary)
        source = words.where(real, padding)
    return dict(
        source=source,
        source_lengths=torch.tensor(lengths),
        target=inputs.integers(len(lengths), length, high=vocabulary),
        parameters=parameters,
    )


@exercise.case(points=2, hint="What does the decoder start from, and with whose weights?")
def the_decoder_starts_from_the_source(inputs: Inputs):
    """the decoder starts from the state in which the encoder ended (no padding here)"""
    # No id is 0, which some take for padding: that is the business of another case.
    return call(inputs, [5, 5, 5], (5, 4), padding=0)


@exercise.case(
    points=2,
    needs=[the_decoder_starts_from_the_source],
    hint="Every sentence has its own last token. At which index is it?",
)
def padding_is_not_read(inputs: Inputs):
    """each source ends at its own last token, whatever pads it, in any order of lengths"""
    return [
        call(inputs, [2, 5, 1, 4], (5, 3), padding=0),
        call(inputs, [3, 1, 4], (6, 2), padding=0),
    ]


@exercise.case(
    points=1,
    needs=[the_decoder_starts_from_the_source],
    hint="Id 0 may be a word, and padding any id: only source_lengths tells them apart.",
)
def lengths_tell_what_is_padding(inputs: Inputs):
    """padding is told by the lengths, not by its id: any id may pad, and id 0 may be a word"""
    calls = [call(inputs, [3, 5, 4], (5, 4)), call(inputs, [4, 2, 5, 3], (7, 2))]
    for one in calls:
        one["source"][:, 1] = 0
        one["source"][0, -1] = 3
    return calls


def what_changes(outputs, calls):
    """Where the logits differ from those of the first call, as sentences of zeros and ones."""
    changes = ["another id of padding", "another last word of the source", "another target token"]
    first = outputs[0]
    found = {}
    for change, other in zip(changes, outputs[1:], strict=False):
        same_shape = first.shape == other.shape and first.dim() == 3
        differ = ((first - other).abs() > 1e-9).any(2).long().tolist() if same_shape else []
        found[f"positions changed by {change}"] = differ
    return found


@exercise.case(
    points=1,
    observe=what_changes,
    hint="Change one token by hand and look which logits move: padding must move none.",
)
def a_change_reaches_what_it_should(inputs: Inputs):
    """padding changes no logits, a source all of its sentence, a target token those from it on"""
    # All sources are padded: an index that is one too far finds something here.
    first = call(inputs, [4, 1, 5], (6, 4))
    places = [("source", 1, 3), ("source", 0, 3), ("target", 2, 1)]
    calls = [first]
    for name, sentence, position in places:
        tokens = first[name].clone()
        tokens[sentence, position] = (tokens[sentence, position] + 1) % 7
        calls.append(first | {name: tokens})
    return calls


@exercise.case(
    points=1,
    needs=[the_decoder_starts_from_the_source],
    hint="What becomes of each shape when two of the sizes are equal, or one of them is 1?",
)
def any_size_of_both_texts(inputs: Inputs):
    """any sizes will do: all equal, one sentence, one token, one unit, transposed tokens"""
    turned = call(inputs, [2, 3, 1], (3, 3))
    turned |= {name: turned[name].T for name in ("source", "target")}
    return [
        call(inputs, [4, 2, 3, 4], (4, 4), (4, 4, 4)),
        call(inputs, [2], (3, 4)),
        call(inputs, [1, 1], (1, 1)),
        call(inputs, [1], (1, 1), (2, 1, 1)),
        call(inputs, [13, 2], (13, 11), (5, 2, 3)),
        turned,
    ]


@exercise.case(
    points=2,
    gradients=["parameters"],
    needs=[padding_is_not_read],
    hint="The encoder learns through the state that it hands over: nothing may be detached.",
)
def gradients_reach_both_networks(inputs: Inputs):
    """gradients reach all nine parameters, the encoder's through the decoder's first state"""
    return [call(inputs, [3, 5, 2], (5, 4)), call(inputs, [3], (4, 2), (3, 2, 2))]


@exercise.grows(per="sentence")
def sentences(inputs: Inputs):
    return {n: call(inputs, [1 + k % 3 for k in range(n)], (3, 2)) for n in (4, 12)}


@exercise.alternative()
def state_held_on_padding(source, source_lengths, target, parameters):
    """reads all positions, but lets a state change only where the token is real"""

    def step(tokens, h, name):
        x = F.linear(F.embedding(tokens, parameters["embedding"]), parameters[f"{name}.w_ih"])
        return torch.tanh(x + F.linear(h, parameters[f"{name}.w_hh"], parameters[f"{name}.b"]))

    h = torch.zeros(len(source), len(parameters["encoder.b"]), dtype=parameters["w_out"].dtype)
    for s in range(source.shape[1]):
        real = (s < source_lengths).unsqueeze(1)
        h = torch.where(real, step(source[:, s], h, "encoder"), h)
    logits = []
    for t in range(target.shape[1]):
        h = step(target[:, t], h, "decoder")
        logits.append(out(h, parameters))
    return torch.stack(logits, dim=1)


@exercise.alternative()
def sentence_by_sentence(source, source_lengths, target, parameters):
    """reads one pair of sentences at a time, without its padding"""
    rows = []
    for words, length, answer in zip(source, source_lengths.tolist(), target, strict=True):
        encoded = run(words[None, :length], None, parameters, "encoder")
        rows.append(out(run(answer[None], encoded[:, -1], parameters, "decoder"), parameters))
    return torch.cat(rows)


@exercise.alternative()
def padding_moved_to_the_front(source, source_lengths, target, parameters):
    """moves the padding to the front, and resets the state until the sentence begins"""
    missing = source.shape[1] - source_lengths
    index = (torch.arange(source.shape[1]) - missing[:, None]) % source.shape[1]
    p = parameters
    h = p["encoder.b"].new_zeros(len(source), len(p["encoder.b"]))
    for s, x in enumerate(p["embedding"][source.gather(1, index)].unbind(1)):
        h = torch.tanh(x @ p["encoder.w_ih"].T + h @ p["encoder.w_hh"].T + p["encoder.b"])
        h = h * (s >= missing)[:, None]
    return out(run(target, h, p, "decoder"), p)


@exercise.alternative()
def library_kernels(source, source_lengths, target, parameters):
    """lets torch's recurrent kernel run, and picks the last state by a one-hot sum"""
    p = parameters

    def states(tokens, h, name):
        b = p[f"{name}.b"]
        weights = [p[f"{name}.w_ih"], p[f"{name}.w_hh"], b, torch.zeros_like(b)]
        x = p["embedding"][tokens]
        return torch.rnn_tanh(x, h[None], weights, True, 1, 0.0, False, False, True)[0]

    encoded = states(source, p["encoder.b"].new_zeros(len(source), len(p["encoder.b"])), "encoder")
    chosen = F.one_hot(source_lengths - 1, source.shape[1]).to(encoded.dtype)
    last = torch.einsum("bsh,bs->bh", encoded, chosen)
    return states(target, last, "decoder") @ p["w_out"].T + p["b_out"]


def decoded_from(h, target, parameters):
    return out(run(target, h, parameters, "decoder"), parameters)


def last_state(source, lengths, parameters):
    encoded = run(source, None, parameters, "encoder")
    return encoded[torch.arange(len(source)), lengths - 1]


def renamed(parameters, encoder, decoder):
    """The parameters with the weights of these networks in the encoder's and decoder's place."""
    names = ("w_ih", "w_hh", "b")
    moved = {f"encoder.{name}": parameters[f"{encoder}.{name}"] for name in names}
    return parameters | moved | {f"decoder.{n}": parameters[f"{decoder}.{n}"] for n in names}


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="The decoder starts from zeros, so no source can change its logits. Hand it the encoder's "
    "last state.",
    points_at=r"zeros|target.*zero|zero.*target",
)
def source_ignored(source, source_lengths, target, parameters):
    """starts the decoder from zero, whatever the source says"""
    return decoded_from(None, target, parameters)


@exercise.mistake(
    caught_by=padding_is_not_read,
    hint="The encoder's last position is padding for the shorter sources. Take each sentence's "
    "state at source_lengths - 1.",
    points_at=r"\[:,\s*-\s*1|encoder",
)
def state_of_the_padding(source, source_lengths, target, parameters):
    """takes the encoder's state at the end of the padding"""
    return decoded_from(run(source, None, parameters, "encoder")[:, -1], target, parameters)


@exercise.mistake(
    caught_by=padding_is_not_read,
    hint="One length for the whole batch: the shorter sources are still padded. Each sentence "
    "needs its own.",
    points_at=r"max\(",
)
def length_of_the_longest(source, source_lengths, target, parameters):
    """ends every source where the longest one ends"""
    lengths = source_lengths.max().expand_as(source_lengths)
    return decoded_from(last_state(source, lengths, parameters), target, parameters)


@exercise.mistake(
    caught_by=padding_is_not_read,
    hint="One length for the whole batch: longer sources lose their ends. Each sentence needs its "
    "own.",
    points_at=r"min\(",
)
def length_of_the_shortest(source, source_lengths, target, parameters):
    """ends every source where the shortest one ends"""
    lengths = source_lengths.min().expand_as(source_lengths)
    return decoded_from(last_state(source, lengths, parameters), target, parameters)


@exercise.mistake(
    caught_by=padding_is_not_read,
    hint="source_lengths[0] is the length of the first sentence. Each sentence needs its own: "
    "states[torch.arange(B), source_lengths - 1].",
    points_at=r"lengths\[0\]",
)
def length_of_the_first(source, source_lengths, target, parameters):
    """ends every source where the first one ends"""
    lengths = source_lengths[:1].expand_as(source_lengths)
    return decoded_from(last_state(source, lengths, parameters), target, parameters)


@exercise.mistake(
    caught_by=padding_is_not_read,
    hint="Sorting by length moved the sentences; put the states back into the batch's order before "
    "the decoder reads the targets.",
    points_at=r"sort",
)
def order_not_restored(source, source_lengths, target, parameters):
    """sorts the sources by length and leaves their states in that order"""
    order = source_lengths.argsort(descending=True, stable=True)
    return decoded_from(last_state(source, source_lengths, parameters)[order], target, parameters)


@exercise.mistake(
    caught_by=lengths_tell_what_is_padding,
    hint="Id 0 is a token like any other, and padding may be any id. Count on source_lengths, not "
    "on source != 0.",
    points_at=r"[!=]=\s*0|count_nonzero|>\s*0|\.ne\(|\.eq\(",
)
def padding_told_by_id(source, source_lengths, target, parameters):
    """counts the ids that are not 0 instead of using the lengths"""
    lengths = (source != 0).sum(1)
    return decoded_from(last_state(source, lengths, parameters), target, parameters)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="That is the state after the first source token. The one after the last real token has "
    "read the whole sentence.",
    points_at=r"\[:,\s*0|\[\s*0\s*\]",
)
def first_state(source, source_lengths, target, parameters):
    """takes the encoder's state after the first token"""
    return decoded_from(run(source, None, parameters, "encoder")[:, 0], target, parameters)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="You stop one token early. states[:, s] is the state after token s, counted from 0: take "
    "s = length - 1.",
    points_at=r"-\s*[12]|zeros",
)
def last_word_not_read(source, source_lengths, target, parameters):
    """takes the state before the last real token"""
    encoded = run(source, None, parameters, "encoder")
    states = torch.cat([torch.zeros_like(encoded[:, :1]), encoded], 1)
    chosen = states[torch.arange(len(source)), source_lengths - 1]
    return decoded_from(chosen, target, parameters)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="Indices start at 0: the last of n real tokens is at n - 1, not at n.",
    points_at=r"lengths",
)
def index_one_too_far(source, source_lengths, target, parameters):
    """uses a length as the index of the last token"""
    last = last_state(source, source_lengths + 1, parameters)
    return decoded_from(last, target, parameters)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="encoder.* reads the source, decoder.* the target. Look where each is used.",
    points_at=r"source.*decoder|decoder.*source|target.*encoder|encoder.*target",
)
def networks_swapped(source, source_lengths, target, parameters):
    """reads the source with the decoder's weights and the target with the encoder's"""
    swapped = renamed(parameters, "decoder", "encoder")
    return conditional_logits(source, source_lengths, target, swapped)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="The target is read with the encoder's weights. From the first target token on, use "
    "decoder.*.",
    points_at=r"target.*encoder|encoder.*target",
)
def encoder_for_both(source, source_lengths, target, parameters):
    """reads both texts with the encoder's weights"""
    only = renamed(parameters, "encoder", "encoder")
    return conditional_logits(source, source_lengths, target, only)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="The source is read with the decoder's weights. It has its own: encoder.*.",
    points_at=r"source.*decoder|decoder.*source",
)
def decoder_for_both(source, source_lengths, target, parameters):
    """reads both texts with the decoder's weights"""
    only = renamed(parameters, "decoder", "decoder")
    return conditional_logits(source, source_lengths, target, only)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="Every step of the decoder starts from the encoder's state again. Only the first one "
    "does; then the new state replaces the old.",
    points_at=r"tanh|decoder",
)
def restarted_at_every_step(source, source_lengths, target, parameters):
    """starts every step of the decoder from the encoder's state"""
    h = last_state(source, source_lengths, parameters)
    return torch.cat([decoded_from(h, one, parameters) for one in target.split(1, dim=1)], 1)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="The target is already in place: the logits at t come from the state after target[:, t] "
    "was read.",
    points_at=r"append|-\s*1",
)
def state_before_the_token(source, source_lengths, target, parameters):
    """takes the logits at t from the state before target token t"""
    h = last_state(source, source_lengths, parameters)
    states = run(target, h, parameters, "decoder")
    return out(torch.cat([h[:, None], states[:, :-1]], 1), parameters)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="target is what the decoder reads, bos and all: it is shifted already. Read target[:, t] "
    "at t, and put nothing in front of it.",
    points_at=r"cat\(|:\s*-\s*1|roll",
)
def target_shifted_again(source, source_lengths, target, parameters):
    """puts token 0 in front of the target, and so reads every token one position late"""
    fed = torch.cat([torch.zeros_like(target[:, :1]), target[:, :-1]], 1)
    return conditional_logits(source, source_lengths, fed, parameters)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="The source is read from its end. Here it is read from s = 0 on, and the state after the "
    "last real token is handed over.",
    points_at=r"flip|reversed|-\s*1",
)
def source_read_backwards(source, source_lengths, target, parameters):
    """reads the real tokens of the source from the last to the first"""
    index = (source_lengths[:, None] - 1 - torch.arange(source.shape[1])).clamp(min=0)
    return conditional_logits(source.gather(1, index), source_lengths, target, parameters)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="h @ w_hh.T, not h @ w_hh, in both networks: the matrix is square, so no shape warns you.",
    points_at=r"w_hh",
)
def recurrent_weight_transposed(source, source_lengths, target, parameters):
    """multiplies by w_hh where its transpose belongs"""
    turned = {name: parameters[name].T for name in ("encoder.w_hh", "decoder.w_hh")}
    return conditional_logits(source, source_lengths, target, parameters | turned)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="The last layer has a bias too: b_out says how frequent each token is.",
    points_at=r"w_out",
)
def output_bias_missing(source, source_lengths, target, parameters):
    """leaves b_out out"""
    bare = parameters | {"b_out": torch.zeros_like(parameters["b_out"])}
    return conditional_logits(source, source_lengths, target, bare)


@exercise.mistake(
    caught_by=the_decoder_starts_from_the_source,
    hint="Return the logits as they are: the loss applies the softmax itself.",
    points_at=r"softmax",
)
def log_probabilities(source, source_lengths, target, parameters):
    """returns log-probabilities instead of logits"""
    return conditional_logits(source, source_lengths, target, parameters).log_softmax(-1)


@exercise.mistake(
    caught_by=padding_is_not_read,
    hint="One token of padding is still read: token s is real while s < length, not s <= length.",
    points_at=r"<=|\+\s*1",
)
def one_padding_token_read(source, source_lengths, target, parameters):
    """reads one token of padding after each source that has some"""
    lengths = (source_lengths + 1).clamp(max=source.shape[1])
    return conditional_logits(source, lengths, target, parameters)


@exercise.mistake(
    caught_by=gradients_reach_both_networks,
    hint="The state is detached where it is handed over, so the encoder never learns what the "
    "decoder needs.",
    points_at=r"detach|\.data\b|no_grad",
)
def encoder_detached(source, source_lengths, target, parameters):
    """cuts the encoder off from the gradient"""
    h = last_state(source, source_lengths, parameters).detach()
    return decoded_from(h, target, parameters)


@exercise.mistake(
    caught_by=any_size_of_both_texts,
    hint="squeeze() drops every axis of length 1, the batch's too. Name the axis that should go.",
    points_at=r"squeeze\(\s*\)",
)
def axes_of_one_squeezed(source, source_lengths, target, parameters):
    """drops the axes of length one"""
    return conditional_logits(source, source_lengths, target, parameters).squeeze()


@exercise.picture(gradients_reach_both_networks)
def draw(view: View):
    """The first gradient that came out wrong, against the right one."""
    for name, (yours, expected) in view.gradients.items():
        if getattr(yours, "shape", None) == getattr(expected, "shape", ()):
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
