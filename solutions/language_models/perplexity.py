"""Perplexity of a batch, and of a corpus that comes in batches."""

import math

import torch
import torch.nn.functional as F

from grader import Exercise, Inputs, View, pictures


def total_surprise(logits, targets, ignore_index):
    counted = targets != ignore_index
    surprise = F.cross_entropy(logits[counted], targets[counted], reduction="sum")
    return surprise, counted.sum()


def perplexity(logits, targets, ignore_index=-100):
    surprise, count = total_surprise(logits, targets, ignore_index)
    return torch.exp(surprise / count)


def corpus_perplexity(batches, ignore_index=-100):
    totals = [total_surprise(logits, targets, ignore_index) for logits, targets in batches]
    surprise = sum(surprise for surprise, _ in totals)
    return torch.exp(surprise / sum(count for _, count in totals))


exercise = Exercise(
    perplexity,
    corpus_perplexity,
    title="Perplexity",
    hints=[
        "Compute the worked example with pencil and paper. What is added up, by how much is it "
        "divided, and how often do you exponentiate?",
        "log_softmax over the last axis gives stable log-probabilities. Pick each target's, keep "
        "only the places where targets != ignore_index, and take one mean over all of them.",
        "counted = targets != ignore_index; cross_entropy(logits[counted], targets[counted]) is "
        "the mean, exp of it the answer. For a corpus use reduction='sum', add up sums and counts "
        "of all batches, divide once, then exp.",
    ],
)

V = 7


def padded(inputs, lengths, pad):
    """A batch of sentences of these lengths, with logits that are badly wrong on the padding."""
    longest = max(lengths)
    real = torch.arange(longest) < torch.tensor(lengths)[:, None]
    targets = inputs.integers(len(lengths), longest, low=1, high=V - 1).where(real, pad)
    logits = inputs.normal(len(lengths), longest, V, std=2.0)
    bad = inputs.uniform(len(lengths), longest, V, low=-9.0, high=9.0)
    bad[..., pad if pad in range(V) else 0] = -9.0
    return logits.where(real[..., None], bad), targets


def extreme(inputs):
    """257 tokens: one misjudged by 2e4 nats, others certain, or with logits around 1e4 or -1e4."""
    logits = inputs.normal(1, 257, 3)
    targets = inputs.integers(1, 257, high=3)
    logits[0, 3] = torch.tensor([-1e4, 1e4, 0.0])
    targets[0, 3] = 0
    logits[0, 5] = torch.tensor([-1e4, 1e4, -1e4])
    targets[0, 5] = 1
    logits[0, 7:11] += 1e4
    logits[0, 11:17] -= 1e4
    return logits, targets


def shifted(inputs):
    """Tokens whose logits lie around 1e4 or -1e4; together they cost far more than 709 nats."""
    logits = inputs.normal(3, 101, V, std=5.0)
    logits[0] += 1e4
    logits[1] -= 1e4
    return logits, inputs.integers(3, 101, high=V)


@exercise.case(
    perplexity,
    points=2,
    hint="exp of what, and the mean over what? cross_entropy takes logits of (N, V) with N "
    "targets; and a tiny constant inside log, as in log(p + 1e-9), is an error that shows.",
)
def exp_of_the_mean_surprise(inputs: Inputs):
    """perplexity is exp of the mean negative log-likelihood of all tokens"""
    targets = inputs.integers(3, 5, high=V)
    targets[1, 2] = 0  # a token like any other, though many take it for padding
    return dict(logits=inputs.normal(3, 5, V, std=2.0), targets=targets)


@exercise.case(
    perplexity,
    points=2,
    needs=[exp_of_the_mean_surprise],
    hint="Padding enters neither the sum nor the number you divide by.",
)
def padding_does_not_count(inputs: Inputs):
    """padding enters neither the sum nor the count, and sentences differ in length"""
    logits, targets = padded(inputs, [5, 1, 3], pad=0)
    return dict(logits=logits, targets=targets, ignore_index=0)


@exercise.case(
    perplexity,
    points=1,
    needs=[padding_does_not_count],
    hint="ignore_index is -100 unless given; it may be negative, so it cannot be looked up. If the "
    "error is tiny: is there a constant inside log, as in log(p + 1e-12)?",
)
def any_id_can_mark_padding(inputs: Inputs):
    """the padding id is -100 unless another one is given, negative or the id of a token"""
    calls = []
    for pad in (-100, -1, V - 1, 0):
        logits, targets = padded(inputs, [2, 5, 4], pad=pad)
        named = {} if pad == -100 else {"ignore_index": pad}
        calls.append(dict(logits=logits, targets=targets, **named))
    return calls


@exercise.case(
    perplexity,
    points=1,
    needs=[padding_does_not_count],
    hint="The classes are on the last axis, whatever comes before it.",
)
def any_leading_axes(inputs: Inputs):
    """logits may have any number of leading axes, also none"""
    shapes = [(2, 3, 4), (11,), (), (1,), (1, 1), (5, V), (V,), (V, V)]
    calls = [
        dict(logits=inputs.normal(*shape, V, std=2.0), targets=inputs.integers(*shape, high=V))
        for shape in shapes
    ]
    gapped = inputs.strided(inputs.normal(2, 3, V, std=2.0))
    return [*calls, dict(logits=gapped, targets=inputs.integers(2, 3, high=V))]


@exercise.case(
    perplexity,
    points=1,
    needs=[exp_of_the_mean_surprise],
    hint="Is there an exp of a logit, or a log of a probability that may be 0?",
)
def large_logits_do_no_harm(inputs: Inputs):
    """logits of 1e4 and -1e4 give a finite, exact answer"""
    names = "logits", "targets"
    return [dict(zip(names, build(inputs), strict=True)) for build in (shifted, extreme)]


@exercise.case(
    perplexity,
    points=1,
    gradients=["logits"],
    needs=[padding_does_not_count],
    hint="Stay in tensors from the logits to the answer.",
)
def the_answer_carries_gradient(inputs: Inputs):
    """the gradient reaches the logits of the counted tokens, and is 0 on padding"""
    logits, targets = padded(inputs, [2, 5, 3], pad=0)
    return dict(logits=logits, targets=targets, ignore_index=0)


def corpus(inputs, *shapes, classes=V):
    """One batch per shape, each worse predicted than the one before."""
    return [
        (
            inputs.normal(*shape, classes, std=1.0 + 1.5 * index),
            inputs.integers(*shape, high=classes),
        )
        for index, shape in enumerate(shapes)
    ]


@exercise.case(
    corpus_perplexity,
    points=2,
    hint="A batch of 22 tokens must weigh more than one of 3. What do you have to carry along?",
)
def every_token_weighs_the_same(inputs: Inputs):
    """every token of the corpus weighs the same, however large its batch"""
    return dict(batches=corpus(inputs, (2, 5), (3, 1), (2, 11)))


@exercise.case(
    corpus_perplexity,
    points=1,
    needs=[every_token_weighs_the_same],
    hint="By how many tokens do you divide, and does the padding id reach every batch?",
)
def padding_in_batches_does_not_count(inputs: Inputs):
    """batches with more padding weigh less: only counted tokens count"""
    batches = [padded(inputs, lengths, pad=0) for lengths in ([5, 1, 1], [3, 2], [11, 4, 7, 1])]
    return dict(batches=batches, ignore_index=0)


@exercise.case(
    corpus_perplexity,
    points=1,
    needs=[padding_in_batches_does_not_count],
    hint="What is the mean of no values at all?",
)
def an_empty_batch_adds_nothing(inputs: Inputs):
    """a batch of padding only, or of nothing, changes nothing"""
    calls = []
    for pad in (-100, -1, V - 1):
        tokens = padded(inputs, [2, 5, 4], pad=pad)
        only_padding = (inputs.normal(2, 3, V), torch.full((2, 3), pad))
        nothing = (inputs.normal(0, V), inputs.integers(0, high=V))
        one = (inputs.normal(V), inputs.integers(high=V - 1))
        named = {} if pad == -100 else {"ignore_index": pad}
        calls.append(dict(batches=[only_padding, tokens, nothing, one, only_padding], **named))
    return calls


@exercise.case(
    corpus_perplexity,
    points=1,
    needs=[every_token_weighs_the_same],
    hint="Is there an exp of a logit, or a log of a probability that may be 0?",
)
def large_logits_in_batches_do_no_harm(inputs: Inputs):
    """logits of 1e4 and -1e4 in a batch give a finite, exact answer"""
    return [
        dict(batches=[shifted(inputs), *corpus(inputs, (2, 3))]),
        dict(batches=[extreme(inputs), *corpus(inputs, (2, 3), classes=3)]),
    ]


@exercise.case(
    corpus_perplexity,
    points=1,
    gradients=["batches"],
    needs=[every_token_weighs_the_same],
    hint="Add tensors up, not their items.",
)
def gradient_reaches_every_batch(inputs: Inputs):
    """the gradient reaches the logits of every batch"""
    return dict(batches=corpus(inputs, (2, 5), (3, 1), (2, 3)))


@exercise.grows(perplexity, per="sentence")
def sentences(inputs: Inputs):
    return {
        n: dict(logits=inputs.normal(n, 3, V), targets=inputs.integers(n, 3, high=V))
        for n in (4, 12)
    }


@exercise.grows(corpus_perplexity, per="token of a batch")
def tokens_of_a_batch(inputs: Inputs):
    return {n: dict(batches=corpus(inputs, (n,))) for n in (4, 12)}


@exercise.alternative(perplexity)
def flat_cross_entropy(logits, targets, ignore_index=-100):
    """flattens everything and lets cross_entropy ignore the padding"""
    flat = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(flat, targets.reshape(-1), ignore_index=ignore_index).exp()


@exercise.alternative(perplexity)
def gathered(logits, targets, ignore_index=-100):
    """gathers log-probabilities under a mask"""
    mask = targets.ne(ignore_index)
    index = targets.masked_fill(~mask, 0).unsqueeze(-1)
    chosen = logits.log_softmax(-1).gather(-1, index).squeeze(-1)
    return torch.exp(-(chosen * mask).sum() / mask.sum())


@exercise.alternative(perplexity)
def token_by_token(logits, targets, ignore_index=-100):
    """loops over tokens and multiplies their roots"""
    rows = logits.reshape(-1, logits.shape[-1])
    pairs = [(row, int(t)) for row, t in zip(rows, targets.reshape(-1), strict=True)]
    kept = [(row, t) for row, t in pairs if t != ignore_index]
    surprises = [torch.logsumexp(row, 0) - row[t] for row, t in kept]
    return torch.exp(torch.stack(surprises).mean())


@exercise.alternative(perplexity)
def with_one_hot(logits, targets, ignore_index=-100):
    """picks targets by a product with one-hot rows, in bits and powers of two"""
    counted = (targets != ignore_index).to(logits.dtype)
    hot = F.one_hot(targets.clamp(0, logits.shape[-1] - 1), logits.shape[-1]).to(logits.dtype)
    log_probabilities = logits - logits.logsumexp(-1, keepdim=True)
    bits = -torch.einsum("...v,...v->...", hot, log_probabilities) / math.log(2)
    return 2 ** ((bits * counted).sum() / counted.sum())


@exercise.alternative(perplexity)
def shifted_by_hand(logits, targets, ignore_index=-100):
    """subtracts the largest logit by hand"""
    counted = targets != ignore_index
    kept, wanted = logits[counted], targets[counted]
    moved = kept - kept.max(-1, keepdim=True).values.detach()
    surprise = moved.exp().sum(-1).log() - moved[torch.arange(len(wanted)), wanted]
    return surprise.mean().exp()


@exercise.alternative(perplexity)
def as_distribution(logits, targets, ignore_index=-100):
    """asks a categorical distribution"""
    counted = targets != ignore_index
    categorical = torch.distributions.Categorical(logits=logits[counted])
    return (-categorical.log_prob(targets[counted]).mean()).exp()


@exercise.alternative(corpus_perplexity)
def concatenated(batches, ignore_index=-100):
    """makes one row of all tokens"""
    logits = torch.cat([one.reshape(-1, one.shape[-1]) for one, _ in batches])
    targets = torch.cat([one.reshape(-1) for _, one in batches])
    return F.cross_entropy(logits, targets, ignore_index=ignore_index).exp()


@exercise.alternative(corpus_perplexity)
def weighted_logs(batches, ignore_index=-100):
    """weighs the logarithms of the batches' perplexities by their counts"""
    total, tokens = 0.0, 0
    for logits, targets in batches:
        count = int((targets != ignore_index).sum())
        if count:
            total = total + perplexity(logits, targets, ignore_index).log() * count
            tokens += count
    return torch.exp(total / tokens)


@exercise.alternative(corpus_perplexity)
def running_mean(batches, ignore_index=-100):
    """keeps a running mean"""
    mean, seen = torch.zeros(()), 0
    for logits, targets in batches:
        flat = logits.reshape(-1, logits.shape[-1]).log_softmax(-1)
        for row, target in zip(flat, targets.reshape(-1).tolist(), strict=True):
            if target != ignore_index:
                seen += 1
                mean = mean + (-row[target] - mean) / seen
    return mean.exp()


@exercise.alternative(corpus_perplexity)
def all_surprises(batches, ignore_index=-100):
    """collects the surprise of every token, then averages once"""
    surprises = []
    for logits, targets in batches:
        counted = targets != ignore_index
        kept, wanted = logits[counted], targets[counted]
        chosen = kept.gather(1, wanted[:, None])[:, 0]
        surprises.append(torch.logsumexp(kept, 1) - chosen)
    return torch.cat(surprises).mean().exp()


@exercise.alternative(corpus_perplexity)
def geometric_mean(batches, ignore_index=-100):
    """multiplies the batches' perplexities, each to the power of its share of the tokens"""
    counts = [int((targets != ignore_index).sum()) for _, targets in batches]
    product = torch.ones(())
    for (logits, targets), count in zip(batches, counts, strict=True):
        if count > 0:
            product = product * perplexity(logits, targets, ignore_index) ** (count / sum(counts))
    return product


def surprises(logits, targets, ignore_index):
    """Negative log-likelihoods, 0 on padding, and whether each token counts."""
    counted = targets != ignore_index
    index = targets.where(counted, 0).unsqueeze(-1)
    chosen = logits.log_softmax(-1).gather(-1, index).squeeze(-1)
    return -chosen * counted, counted


def sentence_means(logits, targets, ignore_index):
    surprise, counted = surprises(logits, targets, ignore_index)
    return surprise.sum(-1) / counted.sum(-1)


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="cross_entropy and log_softmax work in nats: undo a natural logarithm with exp, not with "
    "2 ** x (that belongs to log2).",
    points_at=r"\b2(\.0)?\s*\*\*|exp2|pow\(\s*2",
)
def base_two(logits, targets, ignore_index=-100):
    """raises 2, not e, to a mean that is in nats"""
    return 2 ** perplexity(logits, targets, ignore_index).log()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="Your mean is in bits (log2) and the base is e. Use one logarithm and its own inverse: "
    "log and exp.",
    points_at=r"log2|log\(2",
)
def exp_of_bits(logits, targets, ignore_index=-100):
    """takes exp of a mean that is in bits"""
    return torch.exp(perplexity(logits, targets, ignore_index).log2())


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="That is the cross-entropy, in nats. One step is left: exp.",
    points_at=r"return",
)
def no_exp(logits, targets, ignore_index=-100):
    """returns the mean surprise itself, without exp"""
    return perplexity(logits, targets, ignore_index).log()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="exp of the mean *log*-likelihood is below 1. Surprise is its negative: mind the sign.",
    points_at=r"exp\(",
)
def sign_forgotten(logits, targets, ignore_index=-100):
    """takes exp of the log-likelihood, not of its negative"""
    return 1 / perplexity(logits, targets, ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="Averaging probabilities lets a few sure tokens hide the others. Average the logarithms, "
    "then take exp.",
    points_at=r"mean\(",
)
def average_of_probabilities(logits, targets, ignore_index=-100):
    """averages the probabilities and takes 1 over that"""
    surprise, counted = surprises(logits, targets, ignore_index)
    return 1 / (-surprise[counted]).exp().mean()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="exp comes after the mean: take the mean of the surprises first, then exp once.",
    points_at=r"exp\(",
)
def mean_of_token_perplexities(logits, targets, ignore_index=-100):
    """takes exp of every token's surprise and averages that"""
    surprise, counted = surprises(logits, targets, ignore_index)
    return surprise[counted].exp().mean()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="exp of the summed surprise grows with the length of the text. Divide by the number of "
    "counted tokens first.",
    points_at=r"sum",
)
def sum_for_mean(logits, targets, ignore_index=-100):
    """takes exp of the sum, not of the mean"""
    return surprises(logits, targets, ignore_index)[0].sum().exp()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="Perplexity is per token: divide by the number of counted tokens, not by the number of "
    "sentences.",
    points_at=r"len\(|shape\[0\]|size\(0\)|sum\(",
)
def divides_by_sentences(logits, targets, ignore_index=-100):
    """divides by the number of sentences, not of tokens"""
    surprise, _ = surprises(logits, targets, ignore_index)
    return (surprise.sum() / len(targets)).exp()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="A mean of perplexities is not the perplexity. Add up the surprise of all tokens of all "
    "sentences, divide once, take exp once.",
    points_at=r"mean\(",
)
def mean_of_sentence_perplexities(logits, targets, ignore_index=-100):
    """averages the perplexities of the sentences"""
    return sentence_means(logits, targets, ignore_index).exp().mean()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="cross_entropy does its own log_softmax and wants logits. After a softmax it sees values "
    "between 0 and 1, and the answer barely depends on the model.",
    points_at=r"softmax",
)
def softmax_twice(logits, targets, ignore_index=-100):
    """applies softmax before cross-entropy, which applies it again"""
    return perplexity(logits.softmax(-1), targets, ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="In (B, T, V), axis 1 is time. The probabilities of one token add up to 1 along the last "
    "axis: dim=-1.",
    points_at=r"dim=\s*1\b|softmax\([^)]*\b1\s*\)",
)
def softmax_over_time(logits, targets, ignore_index=-100):
    """normalises over axis 1, which is time, not over the vocabulary"""
    return perplexity_of(logits.log_softmax(1), targets, ignore_index)


def perplexity_of(log_probabilities, targets, ignore_index):
    counted = targets != ignore_index
    chosen = log_probabilities[counted].gather(-1, targets[counted].unsqueeze(-1))
    return (-chosen.mean()).exp()


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="Nothing says that token 0 is padding. Leave out the places where targets == "
    "ignore_index, which is -100 unless another one is given, and no others.",
    points_at=r"ignore_index\s*=\s*0|[!=]=\s*0|>\s*0|nonzero",
)
def token_zero_left_out(logits, targets, ignore_index=-100):
    """leaves out token 0, which is a token like any other here"""
    return perplexity(logits, targets.masked_fill(targets == 0, ignore_index), ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="Logits and targets are aligned already: the logits at t are for the target at t. Do not "
    "shift again.",
    points_at=r":\s*-\s*1|1\s*:",
)
def shifts_again(logits, targets, ignore_index=-100):
    """compares the logits at t with the target at t + 1"""
    return perplexity(logits[..., :-1, :], targets[..., 1:], ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=exp_of_the_mean_surprise,
    hint="The last token is text too: the model has to predict where the sentence ends. Keep it.",
    points_at=r":\s*-\s*1",
)
def last_token_left_out(logits, targets, ignore_index=-100):
    """leaves out the last token of every sentence"""
    return perplexity(logits[..., :-1, :], targets[..., :-1], ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=padding_does_not_count,
    hint="The places where targets == ignore_index are padding: leave them out of the sum and of "
    "the count. Does ignore_index reach your loss?",
    points_at=r"cross_entropy|nll_loss|gather",
)
def padding_counted(logits, targets, ignore_index=-100):
    """scores the padding as if it were text"""
    return perplexity(logits, targets.clamp(min=0), -100)


@exercise.mistake(
    perplexity,
    caught_by=padding_does_not_count,
    hint="The sum leaves padding out, the divisor does not: divide by the number of counted "
    "tokens, (targets != ignore_index).sum().",
    points_at=r"mean\(|numel|size|len\(",
)
def divides_by_padding_too(logits, targets, ignore_index=-100):
    """leaves padding out of the sum but divides by all places"""
    return surprises(logits, targets, ignore_index)[0].mean().exp()


@exercise.mistake(
    perplexity,
    caught_by=padding_does_not_count,
    hint="Averaging sentence by sentence makes a token of a short sentence weigh more. Take one "
    "mean over all counted tokens.",
    points_at=r"mean\(",
)
def mean_of_sentence_means(logits, targets, ignore_index=-100):
    """averages the mean surprises of the sentences, so short ones weigh too much"""
    return sentence_means(logits, targets, ignore_index).mean().exp()


@exercise.mistake(
    perplexity,
    caught_by=padding_does_not_count,
    hint="Logits of 0 still cost log V each. The mask belongs on the losses, and the count must "
    "leave padding out as well.",
    points_at=r"logits\s*\*|\*\s*logits",
)
def masks_the_logits(logits, targets, ignore_index=-100):
    """sets the logits of padding to 0 and counts it all the same"""
    counted = (targets != ignore_index).unsqueeze(-1)
    return perplexity(logits * counted, targets.clamp(min=0), -100)


@exercise.mistake(
    perplexity,
    caught_by=any_id_can_mark_padding,
    hint="-100 is no place in a row of V values: replace padded targets by any valid id, or drop "
    "those places, before you gather.",
    points_at=r"gather",
)
def padding_is_gathered(logits, targets, ignore_index=-100):
    """looks up the padded targets before it leaves them out, and -100 cannot be looked up"""
    chosen = logits.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return (-chosen[targets != ignore_index].mean()).exp()


@exercise.mistake(
    perplexity,
    caught_by=any_id_can_mark_padding,
    hint="-100 is no place in a row of V values: replace padded targets by any valid id, or drop "
    "those places, before you index.",
    points_at=r"arange|\[.*targets.*\]",
)
def padding_is_indexed(logits, targets, ignore_index=-100):
    """indexes with the padded targets before it leaves them out, and -100 is out of range"""
    rows = logits.log_softmax(-1).reshape(-1, logits.shape[-1])
    flat = targets.reshape(-1)
    chosen = rows[torch.arange(len(flat)), flat]
    return (-chosen[flat != ignore_index].mean()).exp()


@exercise.mistake(
    perplexity,
    caught_by=any_leading_axes,
    hint="Not all logits are (B, T, V). V is logits.shape[-1]; reshape(-1, V) flattens whatever "
    "comes before it.",
    points_at=r"=\s*logits\.(shape|size\(\))\s*$",
)
def three_axes_only(logits, targets, ignore_index=-100):
    """takes it for granted that logits have three axes"""
    sentences, length, classes = logits.shape
    flat = logits.reshape(sentences * length, classes)
    return perplexity(flat, targets.reshape(-1), ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=large_logits_do_no_harm,
    hint="A softmax rounds to 0 where the model is sure of something else, and log 0 is -inf. Use "
    "log_softmax or cross_entropy: they never leave the logarithm.",
    points_at=r"softmax",
)
def log_of_softmax(logits, targets, ignore_index=-100):
    """takes the logarithm of a softmax that has rounded to 0"""
    return perplexity_of(logits.softmax(-1).log(), targets, ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=large_logits_do_no_harm,
    hint="exp(1e4) is inf. Use log_softmax, logsumexp or cross_entropy, which subtract the largest "
    "logit first.",
    points_at=r"exp\(",
)
def exp_overflows(logits, targets, ignore_index=-100):
    """takes exp of the logits, which overflows"""
    weights = logits.exp()
    return perplexity_of((weights / weights.sum(-1, keepdim=True)).log(), targets, ignore_index)


@exercise.mistake(
    perplexity,
    caught_by=the_answer_carries_gradient,
    hint=".item(), float(), detach and torch.tensor(...) cut the graph: use torch.exp on the "
    "tensor itself.",
    points_at=r"\.item\(|float\(|detach|torch\.tensor\(|no_grad|math\.exp",
)
def graph_is_cut(logits, targets, ignore_index=-100):
    """returns a new tensor that has lost its gradient"""
    return perplexity(logits, targets, ignore_index).detach()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="A mean of perplexities is not the perplexity. Carry the summed surprise and the count of "
    "tokens from batch to batch; divide and take exp at the end.",
    points_at=r"mean\(|/\s*len\(",
)
def mean_of_batch_perplexities(batches, ignore_index=-100):
    """averages the perplexities of the batches"""
    return torch.stack([perplexity(*batch, ignore_index) for batch in batches]).mean()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="A mean of batch means lets a small batch weigh as much as a large one. Add up sums and "
    "counts, and divide once.",
    points_at=r"mean\(|/\s*len\(",
)
def mean_of_batch_means(batches, ignore_index=-100):
    """averages the mean surprises of the batches, so small ones weigh too much"""
    means = [perplexity(*batch, ignore_index).log() for batch in batches]
    return torch.stack(means).mean().exp()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="The weights are right, but perplexities are averaged where their logarithms should be: "
    "add up the surprise, and take exp last.",
    points_at=r"\*",
)
def weighted_mean_of_perplexities(batches, ignore_index=-100):
    """averages the perplexities of the batches, weighted by their tokens"""
    counts = [int((targets != ignore_index).sum()) for _, targets in batches]
    pairs = zip(batches, counts, strict=True)
    return sum(perplexity(*batch, ignore_index) * n for batch, n in pairs) / sum(counts)


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="A mean of perplexities is not the perplexity, for sentences as for batches. Add up the "
    "surprise of all tokens, divide once, take exp once.",
    points_at=r"mean\(|/\s*len\(",
)
def corpus_mean_of_sentence_perplexities(batches, ignore_index=-100):
    """averages the perplexities of all sentences"""
    return torch.cat([sentence_means(*batch, ignore_index).exp() for batch in batches]).mean()


def corpus_total(batches, ignore_index):
    return sum(surprises(*batch, ignore_index)[0].sum() for batch in batches)


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="Perplexity is per token: divide the summed surprise by the number of counted tokens, not "
    "by the number of batches.",
    points_at=r"len\(\s*batches",
)
def divides_by_batches(batches, ignore_index=-100):
    """divides the summed surprise by the number of batches"""
    return (corpus_total(batches, ignore_index) / len(batches)).exp()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="Perplexity is per token: divide the summed surprise by the number of counted tokens, not "
    "by the number of sentences.",
    points_at=r"shape\[0\]|size\(0\)|len\(",
)
def corpus_divides_by_sentences(batches, ignore_index=-100):
    """divides the summed surprise by the number of sentences"""
    sentences = sum(len(targets) for _, targets in batches)
    return (corpus_total(batches, ignore_index) / sentences).exp()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="The surprise is in nats: undo the natural logarithm with exp, not with 2 ** x.",
    points_at=r"\b2(\.0)?\s*\*\*|exp2|pow\(\s*2",
)
def corpus_base_two(batches, ignore_index=-100):
    """raises 2, not e, to a mean that is in nats"""
    return 2 ** corpus_perplexity(batches, ignore_index).log()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="That is the mean surprise of the corpus, in nats. One step is left: exp.",
    points_at=r"return",
)
def corpus_no_exp(batches, ignore_index=-100):
    """returns the mean surprise itself, without exp"""
    return corpus_perplexity(batches, ignore_index).log()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="exp of the summed surprise grows with the corpus. Divide by the number of counted tokens "
    "first.",
    points_at=r"return",
)
def corpus_sum_for_mean(batches, ignore_index=-100):
    """takes exp of the sum, not of the mean"""
    return corpus_total(batches, ignore_index).exp()


@exercise.mistake(
    corpus_perplexity,
    caught_by=every_token_weighs_the_same,
    hint="Each batch replaces what came before it. Add to the sum and to the count: +=, not =.",
    points_at=r"=",
)
def only_the_last_batch(batches, ignore_index=-100):
    """returns the perplexity of the last batch alone"""
    return perplexity(*batches[-1], ignore_index)


@exercise.mistake(
    corpus_perplexity,
    caught_by=padding_in_batches_does_not_count,
    hint="Padding is no text: hand ignore_index on to whatever scores a batch, and leave padding "
    "out of the count.",
    points_at=r"perplexity\(|cross_entropy|nll_loss",
)
def corpus_padding_counted(batches, ignore_index=-100):
    """scores the padding as if it were text"""
    clamped = [(logits, targets.clamp(min=0)) for logits, targets in batches]
    return corpus_perplexity(clamped, -100)


@exercise.mistake(
    corpus_perplexity,
    caught_by=padding_in_batches_does_not_count,
    hint="The sum leaves padding out, the divisor does not: count (targets != ignore_index), not "
    "numel.",
    points_at=r"numel|size|len\(|shape",
)
def corpus_divides_by_padding_too(batches, ignore_index=-100):
    """leaves padding out of the sum but divides by all places"""
    places = sum(targets.numel() for _, targets in batches)
    return (corpus_total(batches, ignore_index) / places).exp()


@exercise.mistake(
    corpus_perplexity,
    caught_by=padding_in_batches_does_not_count,
    hint="A batch's mean is over its counted tokens, so its weight is their number, not numel.",
    points_at=r"numel|size|len\(|shape",
)
def weighted_by_places(batches, ignore_index=-100):
    """weighs the batches by all their places, padding included"""
    total, places = 0.0, 0
    for logits, targets in batches:
        total = total + perplexity(logits, targets, ignore_index).log() * targets.numel()
        places += targets.numel()
    return torch.exp(total / places)


@exercise.mistake(
    corpus_perplexity,
    caught_by=an_empty_batch_adds_nothing,
    hint="The mean of no tokens is NaN, and NaN times 0 is still NaN. Add up sums "
    "(reduction='sum'), or pass over a batch without counted tokens.",
    points_at=r"mean\(|cross_entropy|perplexity\(",
)
def empty_batch_is_nan(batches, ignore_index=-100):
    """takes the mean of an empty batch, which is NaN"""
    total, tokens = 0.0, 0
    for logits, targets in batches:
        count = (targets != ignore_index).sum()
        total = total + perplexity(logits, targets, ignore_index).log() * count
        tokens = tokens + count
    return torch.exp(total / tokens)


@exercise.mistake(
    corpus_perplexity,
    caught_by=large_logits_in_batches_do_no_harm,
    hint="A softmax rounds to 0 where the model is sure of something else, and log 0 is -inf. Use "
    "log_softmax or cross_entropy: they never leave the logarithm.",
    points_at=r"softmax",
)
def corpus_log_of_softmax(batches, ignore_index=-100):
    """takes the logarithm of a softmax that has rounded to 0"""
    logarithms = [(logits.softmax(-1).log(), targets) for logits, targets in batches]
    rows = torch.cat([one.reshape(-1, one.shape[-1]) for one, _ in logarithms])
    return perplexity_of(rows, torch.cat([t.reshape(-1) for _, t in logarithms]), ignore_index)


@exercise.mistake(
    corpus_perplexity,
    caught_by=gradient_reaches_every_batch,
    hint=".item(), float() and int() turn a tensor into a number and cut the graph. Add the "
    "tensors up, and take torch.exp of the quotient.",
    points_at=r"\.item\(|float\(|detach|torch\.tensor\(|no_grad|math\.exp",
)
def corpus_graph_is_cut(batches, ignore_index=-100):
    """returns a new tensor that has lost its gradient"""
    return corpus_perplexity(batches, ignore_index).detach()


@exercise.picture(
    exp_of_the_mean_surprise,
    padding_does_not_count,
    any_id_can_mark_padding,
    any_leading_axes,
    large_logits_do_no_harm,
    every_token_weighs_the_same,
    padding_in_batches_does_not_count,
    an_empty_batch_adds_nothing,
    large_logits_in_batches_do_no_harm,
)
def draw(view: View):
    """The surprise of every token, and the means that your answer and the right one imply."""
    pairs = [(float(y), float(e)) for y, e in zip(view.yours, view.expected, strict=False)]
    wrong = [index for index, pair in enumerate(pairs) if not math.isclose(*pair, rel_tol=1e-9)]
    index = wrong[0] if wrong else 0
    call = view.calls[index]
    batches = call.get("batches") or [(call["logits"], call["targets"])]
    pad = call.get("ignore_index", -100)
    alone = len(batches) == 1 and batches[0][1].dim() == 2
    scored = [surprise_of_all(logits, targets, pad) for logits, targets in batches]
    return pictures.tokens(
        scored[0][0] if alone else torch.cat([nll.reshape(-1) for nll, _ in scored]),
        counted=scored[0][1] if alone else torch.cat([kept.reshape(-1) for _, kept in scored]),
        title="Surprise of each token, and the means",
        yours=pairs[index][0],
        expected=pairs[index][1],
    )


def surprise_of_all(logits, targets, pad):
    """The surprise at every place, padding included (as class 0 where its id is no class)."""
    valid = targets.clamp(0, logits.shape[-1] - 1)
    chosen = logits.log_softmax(-1).gather(-1, valid.unsqueeze(-1)).squeeze(-1)
    return -chosen, targets != pad


@exercise.picture(the_answer_carries_gradient)
def draw_gradients(view: View):
    """The gradient of the logits against the right one; on padding it is 0."""
    for name, (yours, expected) in view.gradients.items():
        if yours is not None and yours.shape == expected.shape:
            return pictures.scatter(yours, expected, title=f"Gradient of {name}")
    return None
