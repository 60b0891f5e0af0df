"""Teacher forcing and running free."""

import itertools

import torch

from grader import Exercise, Inputs, View, pictures


def teacher_forced(step, state, bos, targets):
    token, logits = bos, []
    for t in range(targets.shape[1]):
        scores, state = step(token, state)
        logits.append(scores)
        token = targets[:, t]
    return torch.stack(logits, dim=1)


def free_running(step, state, bos, length):
    token, chosen = bos, []
    for _ in range(length):
        scores, state = step(token, state)
        token = scores.argmax(dim=-1)
        chosen.append(token)
    return torch.stack(chosen, dim=1)


exercise = Exercise(
    teacher_forced,
    free_running,
    title="Teacher forcing and running free",
    hints=[
        "Write down, for three positions, which token is fed at each and which one is predicted "
        "there. Which of them do you know before the call?",
        "One loop over time: call step, keep its logits (or their argmax), pass the new state on, "
        "and only then choose the next token to feed: the target of this position, or your own.",
        "token = bos; in the loop: scores, state = step(token, state); append scores, then token = "
        "targets[:, t] (or token = scores.argmax(-1), and append it). torch.stack(..., dim=1).",
    ],
)


def model(inputs, tokens, width=6, memory=1.5):
    return inputs.supplied(
        "RecurrentStep",
        embedding=inputs.normal(tokens, width),
        recurrent=inputs.normal(width, width, std=memory),
        output=inputs.normal(tokens, width),
    )


def start(inputs, batch, tokens, width=6, **options):
    return dict(
        step=model(inputs, tokens, width, **options),
        state=inputs.normal(batch, width),
        bos=inputs.integers(batch, high=tokens),
    )


def lesson(inputs, batch, time, tokens, **options):
    targets = inputs.integers(batch, time, high=tokens)
    return dict(**start(inputs, batch, tokens, **options), targets=targets)


# --- teacher_forced ---------------------------------------------------------------------------


# This model forgets everything but the last token: whether the state is carried is the business of
# the next case.
@exercise.case(teacher_forced, points=3, hint="Which token is fed at t = 0, and which at t = 1?")
def bos_then_the_targets_are_fed(inputs: Inputs):
    """the logits at t come from being fed bos, then the target before t"""
    return lesson(inputs, batch=3, time=7, tokens=11, memory=0.0)


@exercise.case(teacher_forced, points=2, hint="Which state does the second call get?")
def the_state_is_carried(inputs: Inputs):
    """every call gets the state that came out of the call before"""
    return lesson(inputs, batch=3, time=5, tokens=7)


@exercise.case(teacher_forced, points=1, hint="Does any line rely on B, T and V being different?")
def any_sizes(inputs: Inputs):
    """one sequence, one position, equal sizes and a transposed view of targets will do"""
    transposed = lesson(inputs, batch=4, time=3, tokens=5)
    transposed["targets"] = inputs.integers(3, 4, high=5).T
    return [
        lesson(inputs, batch=1, time=4, tokens=5),
        lesson(inputs, batch=3, time=1, tokens=5),
        lesson(inputs, batch=1, time=1, tokens=2),
        lesson(inputs, batch=4, time=4, tokens=4),
        transposed,
    ]


@exercise.grows(teacher_forced, per="sequence")
def sequences(inputs: Inputs):
    return {n: lesson(inputs, batch=n, time=3, tokens=5) for n in (4, 12)}


@exercise.alternative(teacher_forced)
def inputs_are_shifted_first(step, state, bos, targets):
    """joins bos and the targets but the last, then reads them in order"""
    fed = torch.cat([bos[:, None], targets[:, :-1]], dim=1)
    logits = []
    for token in fed.unbind(dim=1):
        scores, state = step(token, state)
        logits.append(scores.unsqueeze(1))
    return torch.cat(logits, dim=1)


@exercise.alternative(teacher_forced)
def written_into_a_tensor(step, state, bos, targets):
    """makes room for all logits once it knows V"""
    out = torch.empty(0)
    for t in range(targets.size(1)):
        scores, state = step(bos if t == 0 else targets[:, t - 1], state)
        if t == 0:
            out = scores.new_empty(targets.shape + scores.shape[-1:])
        out[:, t] = scores
    return out


@exercise.alternative(teacher_forced)
def one_call_and_the_rest(step, state, bos, targets):
    """makes one call, and recurs with the first target as bos"""
    scores, state = step(bos, state)
    if targets.shape[1] == 1:
        return scores[:, None]
    rest = one_call_and_the_rest.run(step, state, targets[:, 0], targets[:, 1:])
    return torch.cat([scores[:, None], rest], dim=1)


@exercise.alternative(teacher_forced)
def accumulated(step, state, bos, targets):
    """lets accumulate carry the state, and does without gradients"""
    with torch.no_grad():
        fed = [bos, *targets.T[:-1]]
        pairs = itertools.accumulate(
            fed, lambda pair, token: step(token, pair[1]), initial=(None, state)
        )
        return torch.stack([scores for scores, _ in pairs if scores is not None]).transpose(0, 1)


def read(step, state, tokens):
    logits = []
    for token in tokens:
        scores, state = step(token, state)
        logits.append(scores)
    return logits


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="You feed the model its own choice; that is running free. Here feed the right token: "
    "targets[:, t - 1] at t.",
    points_at=r"argmax|max\(|topk",
)
def feeds_its_own_choice(step, state, bos, targets):
    """feeds the model's own choice instead of the target"""
    token, logits = bos, []
    for _ in range(targets.shape[1]):
        scores, state = step(token, state)
        logits.append(scores)
        token = scores.argmax(-1)
    return torch.stack(logits, 1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="At t you feed targets[:, t], the very token that is to be predicted there. Feed bos at "
    "t = 0, then targets[:, t - 1].",
    points_at=r"targets\[:,\s*t\]|targets\.(unbind|T|t\()",
)
def fed_what_it_must_predict(step, state, bos, targets):
    """feeds the token that is to be predicted: the targets are not shifted"""
    return torch.stack(read(step, state, targets.T), 1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="Nothing predicts the first target: feed bos first, then all targets but the last.",
    points_at=r"-\s*1\b|range\(\s*1",
)
def bos_missing(step, state, bos, targets):
    """never feeds bos, so that the first target is not predicted"""
    return torch.stack(read(step, state, targets.T[:-1]), 1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="roll brings the last target round to the front, where bos belongs. Join bos and "
    "targets[:, :-1] instead.",
    points_at=r"roll|-\s*1",
)
def last_target_for_bos(step, state, bos, targets):
    """feeds the last target first, where bos belongs"""
    return torch.stack(read(step, state, targets.T.roll(1, 0)), 1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="After bos come the targets: set the next token inside the loop, token = targets[:, t].",
    points_at=r"step\(",
)
def feeds_bos_at_every_position(step, state, bos, targets):
    """feeds bos at every position"""
    return torch.stack(read(step, state, [bos] * targets.shape[1]), 1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="At t = 1 the last token is targets[:, 0], but you feed bos again: shift by one, not by "
    "two.",
    points_at=r"-\s*[12]\b",
)
def shifted_twice(step, state, bos, targets):
    """shifts the targets by two: bos is fed twice"""
    return torch.stack(read(step, state, [bos, bos, *targets.T][: targets.shape[1]]), 1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="That predicts one position more than there are targets. Feed bos and all targets but the "
    "last: T calls count.",
    points_at=r"cat\(|\+\s*1",
)
def one_position_too_many(step, state, bos, targets):
    """returns the logits after the last target too"""
    return torch.stack(read(step, state, [bos, *targets.T]), 1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="stack puts the new axis first, which gives (T, B, V). The answer is (B, T, V): dim=1.",
    points_at=r"stack\(",
)
def time_comes_first(step, state, bos, targets):
    """returns (T, B, V)"""
    return torch.stack(read(step, state, [bos, *targets.T[:-1]]))


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="view and reshape keep the order in memory, so sequences and positions are mixed. Stack "
    "along dim=1, or transpose.",
    points_at=r"view\(|reshape\(",
)
def batch_and_time_mixed(step, state, bos, targets):
    """reshapes (T, B, V) into (B, T, V), which mixes sequences and positions"""
    logits = torch.stack(read(step, state, [bos, *targets.T[:-1]]))
    return logits.reshape(*targets.shape, -1)


@exercise.mistake(
    teacher_forced,
    caught_by=bos_then_the_targets_are_fed,
    hint="A loss such as cross_entropy takes logits and does the softmax itself. Return what step "
    "gives.",
    points_at=r"softmax",
)
def returns_probabilities(step, state, bos, targets):
    """returns probabilities instead of logits"""
    return teacher_forced(step, state, bos, targets).softmax(-1)


@exercise.mistake(
    teacher_forced,
    caught_by=the_state_is_carried,
    hint="Every call gets the initial state: the model forgets what it has read. Assign both "
    "results: logits, state = step(token, state).",
    points_at=r"step\(",
)
def state_not_carried(step, state, bos, targets):
    """starts every call from the initial state"""
    fed = [bos, *targets.T[:-1]]
    return torch.stack([step(token, state)[0] for token in fed], 1)


# --- free_running -----------------------------------------------------------------------------


@exercise.case(
    free_running, points=4, hint="What does the call at t = 1 read, and with which state?"
)
def its_own_choices_are_fed(inputs: Inputs):
    """the model is fed bos, then its own choices, and those are returned"""
    call = dict(**start(inputs, batch=5, tokens=13), length=7)
    call["bos"][0] = 0  # an id like any other: neither padding nor an end
    return call


@exercise.case(free_running, points=1, hint="Over which axis of the logits is the largest sought?")
def any_sizes_when_free(inputs: Inputs):
    """one sequence, one token, and as many sequences as tokens will do"""
    return [
        # Whoever chooses over the batch gets an answer of the right shape here, and no error.
        dict(**start(inputs, batch=6, tokens=6), length=6),
        dict(**start(inputs, batch=1, tokens=11), length=8),
        dict(**start(inputs, batch=5, tokens=7), length=1),
        dict(**start(inputs, batch=3, tokens=17), length=30),
    ]


@exercise.grows(free_running, per="sequence")
def sequences_when_free(inputs: Inputs):
    return {n: dict(**start(inputs, batch=n, tokens=5), length=3) for n in (4, 12)}


@exercise.alternative(free_running)
def into_a_tensor(step, state, bos, length):
    """fills a tensor that it made before"""
    chosen = torch.zeros(len(bos), length, dtype=torch.long)
    token = bos
    for t in range(length):
        scores, state = step(token, state)
        token = chosen[:, t] = scores.topk(1).indices[:, 0]
    return chosen


@exercise.alternative(free_running)
def grown_by_one(step, state, bos, length):
    """keeps bos in front while it grows, and cuts it off at the end"""
    tokens = bos[:, None]
    while tokens.shape[1] <= length:
        scores, state = step(tokens[:, -1], state)
        tokens = torch.cat([tokens, scores.softmax(-1).argmax(-1, keepdim=True)], 1)
    return tokens[:, 1:]


@exercise.alternative(free_running)
def choice_and_the_rest(step, state, bos, length):
    """makes one choice, and recurs with it as bos"""
    scores, state = step(bos, state)
    token = scores.max(1).indices
    if length == 1:
        return token[:, None]
    return torch.cat([token[:, None], choice_and_the_rest.run(step, state, token, length - 1)], 1)


@exercise.alternative(free_running)
def as_lists(step, state, bos, length):
    """collects Python numbers, without gradients, and makes one call more than it needs"""
    rows = []
    with torch.no_grad():
        scores, state = step(bos, state)
        for _ in range(length):
            rows.append([row.index(max(row)) for row in scores.tolist()])
            scores, state = step(torch.tensor(rows[-1]), state)
    return torch.tensor(rows).T


def run(step, state, bos, length, choose=lambda scores: scores.argmax(-1)):
    token, chosen = bos, []
    for _ in range(length):
        scores, state = step(token, state)
        token = choose(scores)
        chosen.append(token)
    return chosen


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="What was chosen is never read: assign it to the token that the next call gets.",
    points_at=r"step\(",
)
def always_feeds_bos(step, state, bos, length):
    """feeds bos at every step instead of what was chosen"""
    return torch.stack([scores.argmax(-1) for scores in read(step, state, [bos] * length)], 1)


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="Every call gets the initial state: assign both results, logits, state = step(token, "
    "state).",
    points_at=r"step\(",
)
def state_thrown_away(step, state, bos, length):
    """starts every call from the initial state"""
    return torch.stack(run(lambda token, _: step(token, state), state, bos, length), 1)


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="You return what was fed, bos first, and the last choice is missing. Return what was "
    "chosen.",
    points_at=r"append\(|cat\(|\bbos\b",
)
def returns_what_was_fed(step, state, bos, length):
    """returns what was fed, so that bos is first and the last choice is missing"""
    return torch.stack([bos, *run(step, state, bos, length)][:length], 1)


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="bos was given, not chosen: leave it out of the answer, tokens[:, 1:].",
    points_at=r"\bbos\b",
)
def bos_in_front(step, state, bos, length):
    """returns bos too, in front of the choices"""
    return torch.stack([bos, *run(step, state, bos, length)], 1)


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="multinomial draws a token at random. The choice asked for is the one with the largest "
    "logit: argmax.",
    points_at=r"multinomial|Categorical|sample",
)
def samples(step, state, bos, length):
    """draws the next token at random instead of taking the most likely one"""

    def draw(scores):
        return torch.multinomial(scores.softmax(-1), 1)[:, 0]

    return torch.stack(run(step, state, bos, length, draw), 1)


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="argmax over axis 0 compares the sequences of the batch. The tokens are the last axis: "
    "argmax(-1).",
    points_at=r"argmax\(|max\(",
)
def chooses_over_the_batch(step, state, bos, length):
    """takes the largest logit over the batch instead of over the tokens"""
    return torch.stack(run(step, state, bos, length, lambda scores: scores.argmax(0)), 1)


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="Only the first sequence chooses, and all others get its token. Take argmax(-1) of the "
    "whole (B, V).",
    points_at=r"\[0\]|item\(",
)
def first_sequence_decides(step, state, bos, length):
    """lets the first sequence choose for all"""

    def choose(scores):
        return scores[0].argmax().expand(len(scores))

    return torch.stack(run(step, state, bos, length, choose), 1)


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="stack puts the new axis first, which gives (length, B). The answer is (B, length): "
    "dim=1.",
    points_at=r"stack\(",
)
def tokens_time_first(step, state, bos, length):
    """returns (length, B)"""
    return torch.stack(run(step, state, bos, length))


@exercise.mistake(
    free_running,
    caught_by=its_own_choices_are_fed,
    hint="The logits are what the choice is made from; the answer is the choice: their argmax, "
    "shape (B, length).",
    points_at=r"append\(",
)
def returns_the_logits(step, state, bos, length):
    """returns the logits instead of the chosen tokens"""
    token, logits = bos, []
    for _ in range(length):
        scores, state = step(token, state)
        logits.append(scores)
        token = scores.argmax(-1)
    return torch.stack(logits, 1)


# --- pictures ---------------------------------------------------------------------------------


@exercise.picture(bos_then_the_targets_are_fed, the_state_is_carried)
def draw(view: View):
    """The error of every logit of every position, sequence after sequence."""
    if view.ratio is None or view.ratio.dim() != 3:
        return None
    return pictures.heat_map(
        view.ratio.flatten(0, 1),
        rows="position",
        columns="token",
        normalised=None,
        title="Error of each logit, in units of the tolerance",
    )
