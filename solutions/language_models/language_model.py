"""A recurrent language model, and its loss."""

import torch
import torch.nn.functional as F

from grader import Exercise, Inputs, View, pictures


def lm_logits(tokens, parameters):
    return F.linear(states(tokens, parameters), parameters["w_out"], parameters["b_out"])


def states(tokens, parameters):
    """The state after each token, (B, T, H)."""
    x = parameters["embedding"][tokens]
    h = x.new_zeros(x.shape[0], parameters["w_hh"].shape[0])
    collected = []
    for t in range(x.shape[1]):
        h = step(x[:, t, :], h, parameters)
        collected.append(h)
    return torch.stack(collected, dim=1)


def step(x, h, parameters):
    driven = x @ parameters["w_ih"].T + h @ parameters["w_hh"].T
    return torch.tanh(driven + parameters["b"])


def lm_loss(logits, tokens):
    predicted, wanted = logits[:, :-1, :], tokens[:, 1:]
    return F.cross_entropy(predicted.flatten(0, 1), wanted.flatten())


exercise = Exercise(
    lm_logits,
    lm_loss,
    title="Language model",
    hints=[
        "Take one sentence of three tokens. Which states does the model pass through, and which "
        "token does each of its logits speak of?",
        "embedding[tokens] is (B, T, E); loop over axis 1 and keep the state. For the loss, drop "
        "the logits that have no answer and the token that nobody predicts.",
        "Collect h = tanh(x[:, t] @ w_ih.T + h @ w_hh.T + b), stack with dim=1, then @ w_out.T + "
        "b_out. The loss is the cross_entropy of logits[:, :-1].flatten(0, 1) against "
        "tokens[:, 1:].flatten().",
    ],
)


def model(inputs, vocabulary, width, hidden):
    """Parameters that keep tanh where it bends but is not flat."""
    return dict(
        embedding=inputs.normal(vocabulary, width),
        w_ih=inputs.normal(hidden, width, std=0.7 / width**0.5),
        w_hh=inputs.normal(hidden, hidden, std=0.9 / hidden**0.5),
        b=inputs.normal(hidden, mean=0.3, std=0.3),
        w_out=inputs.normal(vocabulary, hidden),
        b_out=inputs.normal(vocabulary, mean=0.5),
    )


def text(inputs, batch, length, vocabulary):
    """Tokens, id 0 among them: it is a token like any other."""
    tokens = inputs.integers(batch, length, high=vocabulary)
    tokens[-1, -1] = 0
    return tokens


def logits_call(inputs, batch, length, vocabulary, width, hidden):
    parameters = model(inputs, vocabulary, width, hidden)
    return dict(tokens=text(inputs, batch, length, vocabulary), parameters=parameters)


def loss_call(inputs, batch, length, vocabulary):
    logits = inputs.normal(batch, length, vocabulary, std=2.0)
    return dict(logits=logits, tokens=text(inputs, batch, length, vocabulary))


@exercise.case(lm_logits, points=2, hint="Follow one sentence: token, embedding, state, logits.")
def logits_at_every_position(inputs: Inputs):
    """every position gets the logits that follow from the tokens read so far"""
    return logits_call(inputs, 2, 5, 7, 3, 4)


def positions_that_change(outputs, calls):
    """Where the logits of the two calls differ, as sentences of zeros and ones."""
    first, second = outputs
    if first.shape != second.shape or first.dim() != 3:
        return {"number of axes": first.dim(), "positions whose logits change": []}
    differ = ((first - second).abs() > 1e-9).any(2)
    return {"number of axes": 3, "positions whose logits change": differ.long().tolist()}


@exercise.case(
    lm_logits,
    points=1,
    observe=positions_that_change,
    hint="Replace one token by another. At which positions may the logits change?",
)
def a_token_changes_only_what_follows(inputs: Inputs):
    """another token at t changes the logits of its sentence from t on, and none before"""
    call = logits_call(inputs, 3, 5, 7, 3, 4)
    changed = call["tokens"].clone()
    changed[1, 2] = (changed[1, 2] + 1) % 7
    return [call, dict(tokens=changed, parameters=call["parameters"])]


@exercise.case(
    lm_logits,
    points=1,
    hint="What becomes of each shape when two of the sizes are equal, or one of them is 1?",
)
def any_size_of_model_and_batch(inputs: Inputs):
    """any sizes will do: all of them equal, one sentence, one token, one unit, transposed tokens"""
    sizes = [(4, 4, 4, 4, 4), (1, 3, 5, 2, 4), (3, 1, 5, 4, 2), (1, 1, 2, 1, 1), (2, 19, 3, 2, 5)]
    turned = logits_call(inputs, 3, 3, 5, 2, 4)
    turned["tokens"] = turned["tokens"].T
    return [*(logits_call(inputs, *size) for size in sizes), turned]


@exercise.case(
    lm_logits,
    points=2,
    gradients=["parameters"],
    needs=[logits_at_every_position],
    hint="The last logits depend on the first token's embedding: nothing may be detached.",
)
def gradients_reach_every_parameter(inputs: Inputs):
    """gradients reach all six parameters, through all steps"""
    repeated = logits_call(inputs, 2, 5, 7, 3, 4)
    repeated["tokens"][0, :3] = repeated["tokens"][0, 3]
    return [repeated, logits_call(inputs, 1, 2, 3, 2, 2)]


@exercise.case(
    lm_loss,
    points=2,
    hint="Which token do the logits at t speak of? How many have one? And cross_entropy takes "
    "logits of (N, V) with N tokens: it looks for the classes on axis 1.",
)
def logits_meet_the_next_token(inputs: Inputs):
    """the loss is the mean over all predictions of the next token"""
    return loss_call(inputs, 3, 5, 7)


@exercise.case(
    lm_loss,
    points=1,
    hint="Square shapes hide a wrong axis or a wrong order of flattening.",
)
def a_loss_of_any_size(inputs: Inputs):
    """any sizes will do: all of them equal, two tokens, one sentence, views with gaps"""
    sizes = [(4, 4, 4), (3, 2, 5), (1, 2, 3), (1, 7, 2), (5, 3, 2)]
    viewed = loss_call(inputs, 3, 4, 5)
    viewed = {name: inputs.strided(viewed[name]) for name in viewed}
    viewed["tokens"] = viewed["tokens"].long()
    turned = dict(logits=inputs.normal(4, 3, 5).transpose(0, 1), tokens=text(inputs, 4, 3, 5).T)
    return [*(loss_call(inputs, *size) for size in sizes), viewed, turned]


@exercise.case(
    lm_loss,
    points=1,
    gradients=["logits"],
    needs=[logits_meet_the_next_token],
    hint="Stay in tensors from the logits to the answer.",
)
def the_loss_carries_gradient(inputs: Inputs):
    """the gradient reaches all logits but those of the last position"""
    return [loss_call(inputs, 3, 5, 7), loss_call(inputs, 1, 2, 3)]


@exercise.grows(lm_logits, per="sentence")
def sentences(inputs: Inputs):
    return {n: logits_call(inputs, n, 3, 5, 2, 3) for n in (4, 12)}


@exercise.grows(lm_loss, per="position")
def positions(inputs: Inputs):
    return {n: loss_call(inputs, 2, n, 5) for n in (4, 12)}


@exercise.alternative(lm_logits)
def library_kernel(tokens, parameters):
    """lets torch's recurrent kernel run, without a module that would draw weights"""
    b = parameters["b"]
    weights = [parameters["w_ih"], parameters["w_hh"], b, torch.zeros_like(b)]
    x = F.embedding(tokens, parameters["embedding"])
    start = x.new_zeros(1, len(tokens), len(b))
    outputs, _ = torch.rnn_tanh(x, start, weights, True, 1, 0.0, False, False, True)
    return outputs @ parameters["w_out"].T + parameters["b_out"]


@exercise.alternative(lm_logits)
def one_hot_tokens(tokens, parameters):
    """multiplies one-hot rows by a table of what each token contributes"""
    table = parameters["embedding"] @ parameters["w_ih"].T + parameters["b"]
    hot = F.one_hot(tokens, len(table)).to(table.dtype)
    h = table.new_zeros(len(tokens), table.shape[1])
    logits = []
    for driven in torch.einsum("btv,vh->tbh", hot, table):
        h = torch.tanh(driven + F.linear(h, parameters["w_hh"]))
        logits.append(F.linear(h, parameters["w_out"], parameters["b_out"]))
    return torch.stack(logits).transpose(0, 1)


@exercise.alternative(lm_logits)
def sentence_by_sentence(tokens, parameters):
    """reads one sentence at a time, with column vectors"""
    embedding, w_ih, w_hh, b, w_out, b_out = (
        parameters[name] for name in ("embedding", "w_ih", "w_hh", "b", "w_out", "b_out")
    )
    rows = []
    for sentence in tokens.tolist():
        h = torch.zeros(len(b), dtype=b.dtype)
        for token in sentence:
            h = torch.tanh(w_ih @ embedding[token] + w_hh @ h + b)
            rows.append(w_out @ h + b_out)
    return torch.stack(rows).reshape(*tokens.shape, len(b_out))


@exercise.alternative(lm_loss)
def gathered(logits, tokens):
    """gathers log-probabilities"""
    chosen = logits.log_softmax(-1)[:, :-1].gather(2, tokens[:, 1:, None])
    return -chosen.mean()


@exercise.alternative(lm_loss)
def classes_second(logits, tokens):
    """hands cross_entropy the classes on axis 1"""
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:])


@exercise.alternative(lm_loss)
def position_by_position(logits, tokens):
    """adds the losses of the positions up and averages once"""
    length = tokens.shape[1]
    each = [F.cross_entropy(logits[:, t], tokens[:, t + 1]) for t in range(length - 1)]
    return sum(each) / len(each)


@exercise.alternative(lm_loss)
def last_token_ignored(logits, tokens):
    """moves the tokens to the left and has cross_entropy ignore the place that is left empty"""
    nothing = torch.full_like(tokens[:, :1], -100)
    wanted = torch.cat([tokens[:, 1:], nothing], dim=1)
    return F.cross_entropy(logits.reshape(-1, logits.shape[2]), wanted.reshape(-1))


def out(h, parameters):
    return h @ parameters["w_out"].T + parameters["b_out"]


def without(parameters, *names):
    """The parameters, with some of them zero."""
    return parameters | {name: torch.zeros_like(parameters[name]) for name in names}


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="Every token starts from the zero state, so the model knows one word of context. Make h "
    "before the loop, and replace it in each step.",
    points_at=r"zeros|tanh",
)
def state_not_carried(tokens, parameters):
    """starts every step from the zero state"""
    return lm_logits(tokens, without(parameters, "w_hh"))


@exercise.mistake(
    lm_logits,
    caught_by=a_token_changes_only_what_follows,
    hint="The logits at t know the tokens after t: they could copy their answer. Read from t = 0 "
    "on, in one direction.",
    points_at=r"flip|reversed|bidirectional|-\s*1",
)
def looks_at_the_future(tokens, parameters):
    """reads the text from its end, so that logits know what they must predict"""
    return lm_logits(tokens.flip(1), parameters).flip(1)


@exercise.mistake(
    lm_logits,
    caught_by=a_token_changes_only_what_follows,
    hint="Position t reads token t + 1, the one it must predict. The shift belongs into the loss, "
    "not into the input.",
    points_at=r"1\s*:|roll|\+\s*1",
)
def reads_the_answer(tokens, parameters):
    """reads the next token at each position, the one it must predict"""
    return lm_logits(tokens.roll(-1, 1), parameters)


@exercise.mistake(
    lm_logits,
    caught_by=a_token_changes_only_what_follows,
    hint="The logits at t come from the state *after* token t. The loss does the shifting; if the "
    "model shifts too, it predicts two tokens ahead.",
    points_at=r"append|zeros|-\s*1",
)
def state_before_the_token(tokens, parameters):
    """takes the logits at t from the state before token t"""
    h = states(tokens, parameters)
    return out(torch.cat([torch.zeros_like(h[:, :1]), h[:, :-1]], 1), parameters)


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="Logits for every position are wanted, (B, T, V): collect the state after each step.",
    points_at=r"return",
)
def last_position_only(tokens, parameters):
    """returns the logits of the last position only"""
    return lm_logits(tokens, parameters)[:, -1]


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="Return the logits as they are: cross_entropy applies the softmax itself.",
    points_at=r"softmax",
)
def probabilities(tokens, parameters):
    """returns probabilities instead of logits"""
    return lm_logits(tokens, parameters).softmax(-1)


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="Return the logits as they are, without log_softmax: the loss sees to that.",
    points_at=r"log_softmax|logsumexp",
)
def log_probabilities(tokens, parameters):
    """returns log-probabilities instead of logits"""
    return lm_logits(tokens, parameters).log_softmax(-1)


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="tanh is missing from the step: without it the whole recurrence is one linear map.",
    points_at=r"w_hh",
)
def no_tanh(tokens, parameters):
    """takes the sum itself as the next state, without tanh"""
    x = parameters["embedding"][tokens] @ parameters["w_ih"].T + parameters["b"]
    h, collected = torch.zeros_like(x[:, 0]), []
    for now in x.unbind(1):
        h = now + h @ parameters["w_hh"].T
        collected.append(h)
    return out(torch.stack(collected, 1), parameters)


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="The last layer has a bias too: b_out says how frequent each token is.",
    points_at=r"w_out",
)
def output_bias_missing(tokens, parameters):
    """leaves b_out out"""
    return lm_logits(tokens, without(parameters, "b_out"))


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="b is missing from the state: tanh(x @ w_ih.T + h @ w_hh.T + b).",
    points_at=r"tanh",
)
def state_bias_missing(tokens, parameters):
    """leaves b out"""
    return lm_logits(tokens, without(parameters, "b"))


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="h @ w_hh.T, not h @ w_hh: the matrix is square, so no shape warns you.",
    points_at=r"w_hh",
)
def recurrent_weight_transposed(tokens, parameters):
    """multiplies by w_hh where its transpose belongs"""
    return lm_logits(tokens, parameters | {"w_hh": parameters["w_hh"].T})


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="reshape and view do not swap axes: from (T, B, ...) they make rows that mix sentences. "
    "Stack with dim=1, or transpose.",
    points_at=r"reshape|view",
)
def reshaped_for_transposed(tokens, parameters):
    """stacks time in front, then reshapes where it should swap the axes"""
    logits = lm_logits(tokens, parameters)
    return logits.transpose(0, 1).reshape(logits.shape)


@exercise.mistake(
    lm_logits,
    caught_by=logits_at_every_position,
    hint="Axis 0 of tokens is the batch, axis 1 time: x[:, t], not x[t], and no batch_first=False.",
    points_at=r"RNN\(|for .* in|x\[",
)
def batch_as_time(tokens, parameters):
    """runs along the batch as if it were time"""
    return lm_logits(tokens.T, parameters).transpose(0, 1)


@exercise.mistake(
    lm_logits,
    caught_by=gradients_reach_every_parameter,
    hint="The state is detached between the steps, so no token learns from what comes later.",
    points_at=r"detach|\.data\b|no_grad",
)
def detached_between_steps(tokens, parameters):
    """detaches the state after every step"""
    x = parameters["embedding"][tokens]
    h, collected = x.new_zeros(len(x), len(parameters["b"])), []
    for now in x.unbind(1):
        collected.append(step(now, h, parameters))
        h = collected[-1].detach()
    return out(torch.stack(collected, 1), parameters)


@exercise.mistake(
    lm_logits,
    caught_by=gradients_reach_every_parameter,
    hint="The embedding is learnt like the rest: index the parameter itself, without detach or "
    ".data (nn.Embedding.from_pretrained freezes it).",
    points_at=r"detach|\.data\b|from_pretrained|no_grad|torch\.tensor",
)
def embedding_detached(tokens, parameters):
    """cuts the embedding off from its gradient"""
    return lm_logits(tokens, parameters | {"embedding": parameters["embedding"].detach()})


@exercise.mistake(
    lm_logits,
    caught_by=gradients_reach_every_parameter,
    hint="padding_idx=0 keeps row 0 of the embedding from learning. Here id 0 is a token like any "
    "other.",
    points_at=r"padding_idx",
)
def token_zero_never_learns(tokens, parameters):
    """treats token 0 as padding, whose embedding gets no gradient"""
    embedding = parameters["embedding"]
    frozen = torch.cat([embedding[:1].detach(), embedding[1:]])
    return lm_logits(tokens, parameters | {"embedding": frozen})


def surprises(logits, tokens):
    """Of each next token, (B, T - 1)."""
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="none")


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="The logits at t have just read token t. Compare them with token t + 1: logits[:, :-1] "
    "with tokens[:, 1:].",
    points_at=r"cross_entropy|gather|nll_loss",
)
def no_shift(logits, tokens):
    """compares the logits at t with token t, which the model has just read"""
    return F.cross_entropy(logits.flatten(0, 1), tokens.flatten())


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="You shifted the other way: logits at t + 1 would predict the past. The logits lose their "
    "last position, the tokens their first.",
    points_at=r"1\s*:|:\s*-\s*1",
)
def shifted_the_other_way(logits, tokens):
    """compares the logits at t + 1 with token t"""
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), tokens[:, :-1].flatten())


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="roll brings the first token round to the end, and the last logits are asked to predict "
    "it. Cut both off instead.",
    points_at=r"roll|cat\(",
)
def wraps_around(logits, tokens):
    """has the last position predict the first token"""
    return F.cross_entropy(logits.flatten(0, 1), tokens.roll(-1, 1).flatten())


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="Flattened first and shifted then, the last position of each sentence predicts the first "
    "token of the next one. Shift along axis 1, then flatten.",
    points_at=r"\[\s*:\s*-\s*1\s*\]|\[\s*1\s*:\s*\]",
)
def shifted_after_flattening(logits, tokens):
    """flattens before it shifts, so that a sentence's end predicts the next one's beginning"""
    return F.cross_entropy(logits.flatten(0, 1)[:-1], tokens.flatten()[1:])


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="Your loss is in bits. Here it is in nats, as cross_entropy gives it: the natural "
    "logarithm, no log2 and no division by log 2.",
    points_at=r"log2|log\(\s*2",
)
def in_bits(logits, tokens):
    """gives the loss in bits instead of nats"""
    return lm_loss(logits, tokens) / torch.log(logits.new_tensor(2.0))


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="Divide by the number of predictions, B * (T - 1): reduction='mean'. A sum grows with the "
    "batch.",
    points_at=r"sum",
)
def sum_for_mean(logits, tokens):
    """adds the losses up instead of averaging them"""
    return surprises(logits, tokens).sum()


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="The mean runs over time too: divide by B * (T - 1), not by B.",
    points_at=r"sum|shape\[0\]|len\(|size\(0\)",
)
def mean_over_sentences_only(logits, tokens):
    """adds up over time and averages over sentences only"""
    return surprises(logits, tokens).sum(1).mean()


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="A sentence of T tokens holds T - 1 predictions. Divide by B * (T - 1).",
    points_at=r"numel|shape|size|/",
)
def divides_by_all_tokens(logits, tokens):
    """divides by the number of tokens, B * T, not of predictions"""
    return surprises(logits, tokens).sum() / tokens.numel()


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="cross_entropy applies log_softmax itself: give it the logits, not probabilities.",
    points_at=r"softmax",
)
def softmax_twice(logits, tokens):
    """hands probabilities to a loss that takes logits"""
    return lm_loss(logits.softmax(-1), tokens)


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="The probabilities of one position add up to 1 over the vocabulary: softmax over axis -1.",
    points_at=r"softmax",
)
def softmax_over_time(logits, tokens):
    """takes the softmax over time instead of the vocabulary"""
    chosen = logits[:, :-1].log_softmax(1).gather(2, tokens[:, 1:, None])
    return -chosen.mean()


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="The logits are flattened sentence by sentence, the tokens position by position. Flatten "
    "both in the same order.",
    points_at=r"\.T\b|\.t\(\)|transpose|permute",
)
def flattened_in_two_orders(logits, tokens):
    """flattens logits and tokens in different orders, so that sentences mix"""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].T.flatten())


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="Here id 0 is a token like any other: leave ignore_index out.",
    points_at=r"ignore_index|!=\s*0|>\s*0",
)
def token_zero_ignored(logits, tokens):
    """takes token 0 for padding and leaves it out"""
    wanted = tokens[:, 1:].flatten()
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), wanted, ignore_index=0)


@exercise.mistake(
    lm_loss,
    caught_by=logits_meet_the_next_token,
    hint="That is the perplexity. The loss is the mean itself, without exp.",
    points_at=r"exp",
)
def perplexity_for_loss(logits, tokens):
    """returns the perplexity, exp of the loss"""
    return lm_loss(logits, tokens).exp()


@exercise.mistake(
    lm_loss,
    caught_by=the_loss_carries_gradient,
    hint=".item(), float(), detach and torch.tensor(...) cut the graph: return the tensor "
    "as it is.",
    points_at=r"\.item\(|float\(|detach|torch\.tensor\(|no_grad|\.data\b",
)
def graph_is_cut(logits, tokens):
    """returns a tensor that has lost its gradient"""
    return lm_loss(logits, tokens).detach()


@exercise.picture(gradients_reach_every_parameter, the_loss_carries_gradient)
def draw(view: View):
    """The first gradient that came out wrong, against the right one."""
    for name, (yours, expected) in view.gradients.items():
        if getattr(yours, "shape", None) == getattr(expected, "shape", ()):
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
