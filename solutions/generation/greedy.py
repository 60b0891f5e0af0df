"""Greedy decoding."""

import itertools

import numpy
import torch

from grader import Exercise, Inputs


def greedy_decode(step, state, bos, eos, max_length):
    token, chosen = bos, []
    while len(chosen) < max_length:
        logits, state = step(torch.tensor([token]), state)
        token = int(logits.argmax())
        if token == eos:
            break
        chosen.append(token)
    return chosen


exercise = Exercise(
    greedy_decode,
    title="Greedy decoding",
    hints=[
        "Follow the worked example by hand: what is fed at each call, what is chosen, and which of "
        "the two goes into the answer?",
        "One loop of at most max_length rounds. Each feeds the last token and the last state, "
        "chooses by argmax, and leaves the loop before it keeps an eos.",
        "token = bos; for each round: logits, state = step(torch.tensor([token]), state); token = "
        "int(logits.argmax()); if token == eos: break; otherwise append it.",
    ],
)

TOKENS = 13


def writer(inputs, length, end=None):
    """A call with a model that writes ``length`` tokens, and chooses eos as number ``end``.

    What it would choose off that path is random, but never eos.
    """
    names = inputs.permutation(TOKENS - 1) + 1
    bos, eos, others = int(names[0]), int(names[1]), [0, *names[2:].tolist()]
    path = [others[k] for k in inputs.integers(length, high=len(others))]
    # The first two differ; 0 is a token like any other; a token may come twice.
    path[:2] = others[1:3][:length]
    if length > 5:
        path[3], path[5] = 0, path[2]
    if end is not None:
        path[end] = eos
    table = inputs.normal(length, TOKENS, TOKENS)
    table[:, :, eos] = -4.0
    for logits, read, chosen in zip(table, [bos, *path], path, strict=False):
        logits[read, chosen] = logits[read].max() + 0.5
    step = inputs.supplied("TableStep", table=table)
    return dict(step=step, state=torch.zeros(1, dtype=torch.int64), bos=bos, eos=eos)


@exercise.case(points=4, hint="Which token and which state does the second call get?")
def the_most_likely_token_is_fed_back(inputs: Inputs):
    """the most likely token is kept and fed to the next call, with the state"""
    return [dict(**writer(inputs, length), max_length=length) for length in (9, 7, 11)]


@exercise.case(points=3, hint="Is eos recognised before or after it is kept?")
def eos_ends_the_sequence(inputs: Inputs):
    """eos ends the sequence wherever it is chosen, and is left out"""
    return [
        dict(**writer(inputs, 9, end=4), max_length=9),
        dict(**writer(inputs, 9, end=0), max_length=9),
        dict(**writer(inputs, 8, end=7), max_length=8),
        dict(**writer(inputs, 8, end=6), max_length=6),
    ]


@exercise.case(points=2, hint="How many tokens come back when eos is never chosen?")
def max_length_ends_the_sequence(inputs: Inputs):
    """without eos there are exactly max_length tokens, also 1 or none"""
    return [dict(**writer(inputs, 8), max_length=length) for length in (5, 1, 0, 2)]


RUNS = "eos as number 25", "20 tokens, no eos"


def extra_calls(outputs, calls):
    """How many calls there were beyond one per chosen token, eos among them.

    One more is let pass: whoever calls step before looking whether the list is full wastes one.
    """
    made = [len(output["step"]) - len(output["returned"]) for output in outputs]
    return {
        f"calls of step beyond one per token ({run})": extra if extra > 2 else 0
        for run, extra in zip(RUNS, made, strict=True)
    }


@exercise.case(
    points=3,
    shows=["step"],
    observe=extra_calls,
    needs=[the_most_likely_token_is_fed_back],
    hint="The state holds what was read. Feeding the prefix again costs 1 + 2 + ... + T calls, "
    "which grows with T**2; going on after eos costs max_length.",
)
def each_token_costs_one_call(inputs: Inputs):
    """step is called once per token: the cost grows with T, not with T**2"""
    return [
        dict(**writer(inputs, 40, end=24), max_length=40),
        dict(**writer(inputs, 20), max_length=20),
    ]


@exercise.alternative()
def bounded_loop(step, state, bos, eos, max_length):
    """counts with a for loop and keeps the token as a tensor"""
    token = torch.full((1,), bos)
    chosen = []
    for _ in range(max_length):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        if token.item() == eos:
            return chosen
        chosen += token.tolist()
    return chosen


@exercise.alternative()
def by_recursion(step, state, bos, eos, max_length):
    """chooses one token and recurs with it as bos"""
    if max_length == 0:
        return []
    logits, state = step(torch.tensor([bos]), state)
    token = logits[0].topk(1).indices.item()
    if token == eos:
        return []
    return [token, *by_recursion.run(step, state, token, eos, max_length - 1)]


@exercise.alternative()
def from_a_generator(step, state, bos, eos, max_length):
    """writes an endless stream, and cuts it with itertools"""

    def stream(token, state):
        while True:
            logits, state = step(torch.tensor([token]), state)
            token = int(numpy.argmax(logits.numpy(), axis=-1)[0])
            yield token

    endless = stream(bos, state)
    return list(
        itertools.takewhile(lambda token: token != eos, itertools.islice(endless, max_length))
    )


@exercise.alternative()
def calls_before_it_looks(step, state, bos, eos, max_length):
    """calls step first and looks at the length later, without gradients"""
    with torch.no_grad():
        chosen = []
        logits, state = step(torch.tensor([bos]), state)
        while (token := logits.softmax(-1).max(-1).indices).item() != eos:
            if len(chosen) == max_length:
                break
            chosen.append(token.item())
            logits, state = step(token, state)
    return chosen


def read(step, state, token):
    logits, state = step(torch.tensor([token]), state)
    return int(logits.argmax()), state


def stops(tokens, eos):
    return tokens[: tokens.index(eos)] if eos in tokens else tokens


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="Every call is fed bos: what was chosen must become the token of the next call.",
    points_at=r"step\(",
)
def feeds_bos_every_time(step, state, bos, eos, max_length):
    """feeds bos at every step instead of what was chosen"""
    chosen = []
    for _ in range(max_length):
        token, state = read(step, state, bos)
        if token == eos:
            break
        chosen.append(token)
    return chosen


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="Every call gets the initial state: assign both results, logits, state = step(token, "
    "state).",
    points_at=r"step\(",
)
def state_not_carried(step, state, bos, eos, max_length):
    """starts every call from the initial state"""
    return greedy_decode(lambda token, _: step(token, state), state, bos, eos, max_length)


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="The prefix is read again, on top of a state that holds it already. Feed the last token "
    "only.",
    points_at=r"for .* in",
)
def reads_the_prefix_twice(step, state, bos, eos, max_length):
    """reads the prefix again with a state that has read it already"""
    tokens = [bos]
    while len(tokens) <= max_length:
        for token in tokens:
            chosen, state = read(step, state, token)
        if chosen == eos:
            break
        tokens.append(chosen)
    return tokens[1:]


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="bos was given, not chosen: leave it out of the answer, and out of the count.",
    points_at=r"\[\s*bos\s*\]|return",
)
def bos_included(step, state, bos, eos, max_length):
    """returns bos in front of the chosen tokens"""
    return [bos, *greedy_decode(step, state, bos, eos, max_length)]


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="bos is returned and counted, and the last choice is missing. Keep what was chosen, not "
    "what was fed.",
    points_at=r"append\(|\[\s*bos\s*\]",
)
def returns_what_was_fed(step, state, bos, eos, max_length):
    """returns what was fed: bos first, and the last choice is missing"""
    return [bos, *greedy_decode(step, state, bos, eos, max_length)][:max_length]


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="multinomial draws at random. Greedy takes the token with the largest logit: argmax.",
    points_at=r"multinomial|Categorical|sample|choices",
)
def samples(step, state, bos, eos, max_length):
    """draws the next token at random instead of taking the most likely one"""
    token, chosen = bos, []
    for _ in range(max_length):
        logits, state = step(torch.tensor([token]), state)
        token = int(torch.multinomial(logits.softmax(-1), 1))
        if token == eos:
            break
        chosen.append(token)
    return chosen


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="Every round needs logits of its own: inside the loop call logits, state = step(token, "
    "state), and choose from these logits.",
    points_at=r"step\(",
)
def repeats_the_first_choice(step, state, bos, eos, max_length):
    """chooses once, and repeats that token"""
    token, _ = read(step, state, bos)
    return [] if token == eos else [token] * max_length


@exercise.mistake(
    caught_by=the_most_likely_token_is_fed_back,
    hint="The answer is one token short. There are max_length rounds, and only an eos is cut off, "
    "not the last token.",
    points_at=r"-\s*1\b|range\(\s*1|\+\s*1|pop\(",
)
def one_token_too_few(step, state, bos, eos, max_length):
    """stops one token before max_length"""
    return greedy_decode(step, state, bos, eos, max_length - 1)


@exercise.mistake(
    caught_by=eos_ends_the_sequence,
    hint="eos says that the sequence is over and is no part of it: test for it before you append.",
    points_at=r"append\(|\beos\b",
)
def eos_included(step, state, bos, eos, max_length):
    """returns eos too"""
    token, chosen = bos, []
    while len(chosen) < max_length and token != eos:
        token, state = read(step, state, token)
        chosen.append(token)
    return chosen


@exercise.mistake(
    caught_by=eos_ends_the_sequence,
    hint="The list ends where eos is chosen: leave the loop there. Nothing is filled up to "
    "max_length.",
    points_at=r"\beos\b",
)
def filled_up_with_eos(step, state, bos, eos, max_length):
    """fills the answer up with eos to max_length"""
    tokens = greedy_decode(step, state, bos, eos, max_length)
    return tokens + [eos] * (max_length - len(tokens))


@exercise.mistake(
    caught_by=eos_ends_the_sequence,
    hint="Nothing looks at eos: leave the loop when it is chosen.",
    points_at=r"for .*range|while",
)
def never_stops(step, state, bos, eos, max_length):
    """goes on after eos until max_length, and returns all of it"""
    return greedy_decode(step, state, bos, -1, max_length)


@exercise.mistake(
    caught_by=eos_ends_the_sequence,
    hint="eos is skipped, but the loop goes on. Use break, not continue.",
    points_at=r"continue|!=\s*eos",
)
def skips_eos(step, state, bos, eos, max_length):
    """leaves eos out but goes on writing after it"""
    tokens = greedy_decode(step, state, bos, -1, max_length)
    return [token for token in tokens if token != eos]


@exercise.mistake(
    caught_by=max_length_ends_the_sequence,
    hint="max_length counts the tokens that are returned: stop when len(chosen) == max_length, so "
    "compare with <, not <=.",
    points_at=r"<=|\+\s*1|>\s*max_length",
)
def one_token_too_many(step, state, bos, eos, max_length):
    """returns one token more than max_length"""
    return greedy_decode(step, state, bos, eos, max_length + 1)


@exercise.mistake(
    caught_by=max_length_ends_the_sequence,
    hint="The length is looked at only after the first token is kept. With max_length = 0 there is "
    "none: look before you choose.",
    points_at=r"while True|(>=|==)\s*max_length",
)
def one_token_at_least(step, state, bos, eos, max_length):
    """returns one token even if max_length is 0"""
    return greedy_decode(step, state, bos, eos, max(max_length, 1))


@exercise.mistake(
    caught_by=max_length_ends_the_sequence,
    hint="A model may never choose eos, and then your loop never ends: stop at max_length too.",
    points_at=r"while",
)
def ignores_max_length(step, state, bos, eos, max_length):
    """goes on until eos, however long that takes"""
    return greedy_decode(step, state, bos, eos, float("inf"))


@exercise.mistake(
    caught_by=each_token_costs_one_call,
    hint="The whole prefix is read again for every token: T(T + 1)/2 calls, so the cost grows with "
    "T^2. Keep the state, and feed the last token only.",
    points_at=r"for .* in",
)
def reads_the_prefix_again(step, state, bos, eos, max_length):
    """reads the whole prefix again for every token, so that the cost grows with T squared"""
    tokens = [bos]
    while len(tokens) <= max_length:
        now = state
        for token in tokens:
            chosen, now = read(step, now, token)
        if chosen == eos:
            break
        tokens.append(chosen)
    return tokens[1:]


@exercise.mistake(
    caught_by=each_token_costs_one_call,
    hint="The answer is right, but step is called max_length times, however early eos comes. Leave "
    "the loop at eos.",
    points_at=r"index\(|takewhile|for .*range",
)
def cuts_at_eos_afterwards(step, state, bos, eos, max_length):
    """always makes max_length calls, and cuts at eos afterwards"""
    return stops(greedy_decode(step, state, bos, -1, max_length), eos)


@exercise.mistake(
    caught_by=each_token_costs_one_call,
    hint="Two calls for each token, one for the logits and one for the state. One call gives both: "
    "logits, state = step(token, state).",
    points_at=r"step\(",
)
def calls_twice_per_token(step, state, bos, eos, max_length):
    """calls step twice for each token, once for the logits and once for the state"""

    def twice(token, state):
        return step(token, state)[0], step(token, state)[1]

    return greedy_decode(twice, state, bos, eos, max_length)
