"""Mini-batch stochastic gradient descent.

Every valid shuffle is accepted: no case depends on the order in which a learner draws. Three ideas
make the batches visible from outside.

* Equal samples: if all rows of X and all targets are the same, every shuffle gives the same answer.
* Orthonormal rows: an update with batch B multiplies the residual of each of its samples by
  1 - 2 lr / |B| and leaves all others alone, so each residual tells what batches its sample was in.
* The share of samples that meet again in a later epoch has a known value for independent shuffles.

Draws from the global generator are let through but where the generator itself is judged, so that
this fault is reported there, and once.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from grader import Exercise, Inputs, Trajectory, View, pictures, statistics

Arguments = Mapping[str, Any]


def minibatches(n: int, batch_size: int, generator: torch.Generator) -> list[Tensor]:
    order = torch.randperm(n, generator=generator)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def minibatch_sgd(
    X: Tensor,
    y: Tensor,
    w: Tensor,
    lr: float,
    batch_size: int,
    epochs: int,
    generator: torch.Generator,
) -> Tensor:
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            residual = X[batch] @ w - y[batch]
            gradient = 2 / len(batch) * X[batch].T @ residual
            w = w - lr * gradient
    return w


exercise = Exercise(
    minibatches,
    minibatch_sgd,
    title="Mini-batch stochastic gradient descent",
    forbids=["torch.optim"],
    hints=[
        "An epoch is a shuffled row of indices that is cut into pieces. What is left over at "
        "the end is a piece too, and the next epoch needs a row of its own.",
        "torch.randperm(n, generator=generator) is the shuffled row; slices from start to "
        "start + batch_size, for start in range(0, n, batch_size), are the batches.",
        "For every epoch call minibatches again; for every batch of it: residual = X[batch] @ w "
        "- y[batch], then w = w - lr * 2 * X[batch].T @ residual / len(batch).",
    ],
)


# --- minibatches: what is cut -----------------------------------------------------------------

# (n, batch_size): a multiple, last batches of 1 and 2, fewer samples than a batch, batches of
# one. With 50 indices, drawing with replacement gives each exactly once with probability
# 50!/50^50 ~ 3e-21.
CUTS: Final = ((12, 4), (9, 4), (10, 4), (5, 8), (8, 8), (1, 1), (1, 3), (6, 1), (50, 7))


def _indices(answer: Sequence[Tensor]) -> list[int]:
    """All indices of an epoch in one list."""
    return [index for batch in answer for index in batch.flatten().tolist()]


def cuts(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "every batch is one-dimensional": all(
            batch.dim() == 1 for answer in answers for batch in answer
        )
    }
    missing = repeated = outside = False
    for answer, call in zip(answers, calls, strict=True):
        n = call["n"]
        indices = _indices(answer)
        known = {index for index in indices if 0 <= index < n}
        missing |= len(known) < n
        repeated |= any(indices.count(index) > 1 for index in known)
        outside |= not known.issuperset(indices)
        name = f"batch sizes for {n} samples in batches of {call['batch_size']}"
        seen[name] = [batch.numel() for batch in answer]
    # In this order, as whoever counts from 1 or draws each index anew also misses some.
    seen["an index is not from 0 to n - 1"] = outside
    seen["an index comes again"] = repeated
    seen["an index never comes"] = missing
    return seen


@exercise.case(
    minibatches,
    points=2,
    observe=cuts,
    allows_global_rng=True,
    hint="Count: do the sizes of your batches add up to n, and is each index in one of them?",
)
def every_index_comes_once(inputs: Inputs):
    """an epoch has every index once, and only its last batch is smaller"""
    generator = inputs.generator()
    return [dict(n=n, batch_size=size, generator=generator) for n, size in CUTS]


# --- minibatches: how it is shuffled ----------------------------------------------------------

# 12 shuffles of 100 samples into batches of 8, from every second call: the global generators, which
# are not judged here, start alike for both calls of a pair. Samples of one batch may come in any
# order, so only which samples share a batch is looked at, and the number of that batch. Standard
# deviations were simulated: 0.0017 (meet again), 0.0034 (same batch number), 0.0074 (neighbours);
# these ranges are at least 6.4 of them wide on either side, which rejects less than one right
# answer in 10^9.
SHUFFLES: Final = 12
SAMPLES: Final = 100
BATCH: Final = 8


def _batch_numbers(answer: Sequence[Tensor], n: int) -> Tensor:
    """For each sample the number of its batch, shape (n,); -1 - i for a sample i without one."""
    numbers = -1 - torch.arange(n)
    for number, batch in enumerate(answer):
        inside = batch.flatten()
        numbers[inside[(inside >= 0) & (inside < n)]] = number
    return numbers


def shuffling(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    judged = zip(answers[::2], calls[::2], strict=True)
    numbers = torch.stack([_batch_numbers(answer, call["n"]) for answer, call in judged])
    epochs, n = numbers.shape
    pairs = epochs * (epochs - 1)
    together = (numbers[:, :, None] == numbers[:, None, :]).triu(diagonal=1).double().flatten(1)
    meetings = together.sum().item()
    # The Gram matrix counts, for each pair of epochs, the pairs of samples that meet in both.
    shared = (together @ together.T).sum().item() - meetings
    again = shared / (meetings * (epochs - 1)) if meetings else 0.0
    same = (numbers[:, None] == numbers).sum().item() - epochs * n
    # The smaller last batch: of 100 samples 4 are in it, so 4 % of it come again. Over 66 pairs of
    # epochs a quarter is 18 standard deviations above that.
    last = (numbers == (n - 1) // BATCH).double()
    kept = (last @ last.T).sum().item() - last.sum().item()
    stays = kept / (pairs * (n % BATCH))
    neighbours = (numbers[:, 1:] == numbers[:, :-1]).double().mean().item()
    return {
        "share of pairs in a batch that meet again in another epoch": statistics.Statistic(
            again, 0.045, 0.095, 0.0691
        ),
        "share of samples whose batch has the same number in another epoch": statistics.Statistic(
            same / (pairs * n), 0.040, 0.120, 0.0784
        ),
        "share of the last batch that is in it again in another epoch": statistics.Statistic(
            stays, 0.0, 0.25, 0.04
        ),
        "share of neighbours i, i + 1 that are in one batch": statistics.Statistic(
            neighbours, 0.020, 0.140, 0.0691
        ),
    }


@exercise.case(
    minibatches,
    points=1,
    observe=shuffling,
    allows_global_rng=True,
    needs=[every_index_comes_once],
    hint="Shuffle the samples before you cut; shuffling finished batches, or inside them, is less.",
)
def the_samples_are_shuffled(inputs: Inputs):
    """any sample can come in any batch, with any others"""
    return [
        dict(n=SAMPLES, batch_size=BATCH, generator=inputs.generator()) for _ in range(2 * SHUFFLES)
    ]


def _equal_epochs(left: Sequence[Tensor], right: Sequence[Tensor]) -> bool:
    return len(left) == len(right) and all(map(torch.equal, left, right))


def epochs_of_generators(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    first, second, repeated, other = answers
    return {
        "the same generator state gives the same batches": _equal_epochs(first, repeated),
        "a second call goes on to other batches": not _equal_epochs(first, second),
        "another seed gives other batches": not _equal_epochs(first, other),
    }


@exercise.case(
    minibatches,
    points=1,
    observe=epochs_of_generators,
    needs=[every_index_comes_once],
    hint="Everything random needs generator=generator, and the generator must never be seeded "
    "again.",
)
def the_shuffle_comes_from_the_generator(inputs: Inputs):
    """the shuffle comes from the generator, which goes on from call to call"""
    live = inputs.generator()
    generators = (live, live, inputs.generator(like=live), inputs.generator())
    return [dict(n=64, batch_size=10, generator=generator) for generator in generators]


def number_of_batches(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    return {
        f"batches of {call['batch_size']} out of 0 samples": len(answer)
        for answer, call in zip(answers, calls, strict=True)
    }


@exercise.case(
    minibatches,
    points=1,
    observe=number_of_batches,
    allows_global_rng=True,
    needs=[every_index_comes_once],
    hint="What does your way of cutting make of an empty tensor? An empty batch is still a batch.",
)
def no_samples_give_no_batches(inputs: Inputs):
    """no samples give no batches"""
    return [dict(n=0, batch_size=size, generator=inputs.generator()) for size in (1, 4)]


# --- minibatch_sgd ----------------------------------------------------------------------------

EPOCHS: Final = 5


@exercise.case(
    minibatch_sgd,
    points=2,
    trajectory=Trajectory(state="w", count="epochs", steps=EPOCHS),
    allows_global_rng=True,
    hint="One batch that holds everything is plain gradient descent on the mean loss.",
)
def one_big_batch_is_gradient_descent(inputs: Inputs):
    """with batch_size = n every epoch is one step of full-batch gradient descent"""
    return dict(
        X=inputs.normal(3, 7).T,
        y=inputs.strided(inputs.normal(7, mean=2.0)),
        w=inputs.normal(3, mean=1.0),
        lr=0.07,
        batch_size=7,
        generator=inputs.generator(),
    )


def _one_sample_each(inputs: Inputs, n: int) -> dict[str, Tensor]:
    """Orthonormal rows and residuals of 1 to 2 at the start, so that none vanishes."""
    X = inputs.orthogonal(n, n).T
    y = inputs.normal(n)
    return dict(X=X, y=y, w=X.T @ (y + inputs.uniform(n, low=1.0, high=2.0)))


def _left(answer: Tensor, call: Arguments) -> Tensor:
    """What is left of each sample's residual, as a share, shape (n,); NaN for a wrong shape."""
    X, y, w = call["X"], call["y"], call["w"]
    if answer.shape != w.shape:
        return torch.full_like(y, torch.nan)
    return (X @ answer.to(y.dtype) - y) / (X @ w - y)


def updates(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for answer, call in zip(answers[:3], calls[:3], strict=True):
        gone = 1 - _left(answer, call)
        felt = torch.where(gone.abs() < 1e-9, 0.0, 2 * call["lr"] / gone)
        n, size, epochs = len(gone), call["batch_size"], call["epochs"]
        name = (
            f"the batch size that each sample felt: n = {n}, batches of {size}, epochs = {epochs}"
        )
        seen[name] = felt.sort().values
    name = "what one epoch leaves of the error of 7 equal samples, batches of 3"
    seen[name] = _left(answers[3], calls[3])[:1]
    return seen


@exercise.case(
    minibatch_sgd,
    points=2,
    observe=updates,
    allows_global_rng=True,
    needs=[one_big_batch_is_gradient_descent],
    hint="In every epoch each sample is used once, and counts for one part in len(batch) of an "
    "update.",
)
def each_batch_makes_one_update(inputs: Inputs):
    """each batch, the smaller last one too, makes one update with its own mean"""
    generator = inputs.generator()
    common = dict(lr=0.3, epochs=1, generator=generator)
    row = inputs.uniform(1, 4, low=0.5, high=0.8)
    return [
        {**common, **_one_sample_each(inputs, 9), "batch_size": 4},
        {**common, **_one_sample_each(inputs, 5), "batch_size": 8},
        {**common, **_one_sample_each(inputs, 6), "batch_size": 3, "epochs": 0},
        {
            **common,
            "X": row.repeat(7, 1),
            "y": inputs.uniform(1, low=3.0, high=4.0).repeat(7),
            "w": inputs.uniform(4, low=-1.0, high=0.0),
            "batch_size": 3,
            "lr": 0.1,
        },
    ]


# 96 samples in a batch of 64 and one of 32: each residual tells in how many epochs its sample
# was in the smaller one. If the shuffles are independent, a third of that batch is in it again
# in another epoch. Over two epochs the overlap is hypergeometric: more than 25 of 32 has
# probability 2e-12. Over twelve, the sum of (k_i - 4)^2 follows about 2.7 chi^2 with 95 degrees
# of freedom: the range is that from 1e-11 to 1 - 1e-11. The share from the end has a standard
# deviation of 0.0198.
LARGE: Final = 64
SMALL: Final = 32


def _times_in_the_small_batch(answer: Tensor, call: Arguments) -> Tensor:
    lr, epochs = call["lr"], call["epochs"]
    large = torch.tensor(1 - 2 * lr / LARGE).log()
    small = torch.tensor(1 - 2 * lr / SMALL).log()
    return ((_left(answer, call).log() - epochs * large) / (small - large)).round()


def _again(times: Tensor, epochs: int) -> float:
    return ((times * (times - 1)).sum() / (epochs * (epochs - 1) * SMALL)).item()


def reshuffling(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    two, twelve = map(_times_in_the_small_batch, answers, calls)
    end = (twelve[-SMALL:].sum() / (12 * SMALL)).item()
    return {
        "share of the last batch that is in it again, 2 epochs": statistics.Statistic(
            _again(two, 2), 0.0, 25.5 / 32, 1 / 3
        ),
        "share of the last batch that is in it again, 12 epochs": statistics.Statistic(
            _again(twelve, 12), 0.27, 0.43, 1 / 3
        ),
        "share of the last batch that comes from the end of the data": statistics.Statistic(
            end, 0.20, 0.465, 1 / 3
        ),
    }


@exercise.case(
    minibatch_sgd,
    points=2,
    observe=reshuffling,
    allows_global_rng=True,
    needs=[each_batch_makes_one_update],
    hint="Where is the shuffle: before the loop over the epochs, or inside it?",
)
def every_epoch_is_shuffled_anew(inputs: Inputs):
    """every epoch is shuffled anew"""
    samples = _one_sample_each(inputs, LARGE + SMALL)
    return [
        {**samples, "lr": 3.2, "batch_size": LARGE, "epochs": epochs, "generator": generator}
        for epochs, generator in ((2, inputs.generator()), (12, inputs.generator()))
    ]


def _close(left: Tensor, right: Tensor) -> bool:
    return left.shape == right.shape and torch.allclose(left, right, rtol=1e-9, atol=1e-12)


def answers_of_generators(answers: Sequence[Any], calls: Sequence[Arguments]) -> dict[str, Any]:
    first, second, repeated, other = answers
    return {
        "the same generator state gives the same weights": _close(first, repeated),
        "a second call goes on to other weights": not _close(first, second),
        "another seed gives other weights": not _close(first, other),
    }


@exercise.case(
    minibatch_sgd,
    points=1,
    observe=answers_of_generators,
    needs=[one_big_batch_is_gradient_descent],
    hint="Hand on the generator that you were given, and never seed it (or another one) yourself.",
)
def the_batches_come_from_the_generator(inputs: Inputs):
    """the batches come from the generator, which goes on from call to call"""
    # Two epochs of 16 samples have the same batches by chance with probability (6! 6! 4! / 16!)^2,
    # which is 4e-13.
    live = inputs.generator()
    generators = (live, live, inputs.generator(like=live), inputs.generator())
    common = dict(X=inputs.normal(16, 4), y=inputs.normal(16), w=inputs.normal(4))
    return [
        dict(**common, lr=0.05, batch_size=6, epochs=2, generator=generator)
        for generator in generators
    ]


@exercise.grows(minibatch_sgd, per="sample")
def samples(inputs: Inputs):
    common = dict(w=inputs.normal(3), lr=0.05, epochs=2)
    return {
        n: dict(
            X=inputs.normal(n, 3),
            y=inputs.normal(n),
            **common,
            batch_size=n,
            generator=inputs.generator(),
        )
        for n in (4, 12)
    }


# --- other right ways -------------------------------------------------------------------------


@exercise.alternative(minibatches)
def split_of_a_permutation(n, batch_size, generator):
    """cuts with Tensor.split and returns a tuple"""
    return torch.randperm(n, generator=generator).split(batch_size) if n else ()


@exercise.alternative(minibatches)
def argsort_of_uniform_keys(n, batch_size, generator):
    """sorts random keys, and cuts with a mask"""
    order = torch.argsort(torch.rand(n, generator=generator))
    number = torch.arange(n) // batch_size
    return [order[number == k] for k in range(-(-n // batch_size))]


@exercise.alternative(minibatches)
def data_loader(n, batch_size, generator):
    """lets a DataLoader shuffle and cut"""
    if n == 0:
        return []
    return list(DataLoader(range(n), batch_size, shuffle=True, generator=generator))


@exercise.alternative(minibatches)
def shuffle_of_a_list(n, batch_size, generator):
    """shuffles a Python list, seeded by a draw from the generator"""
    seed = int(torch.randint(2**62, (), generator=generator))
    rest = list(range(n))
    random.Random(seed).shuffle(rest)
    batches = []
    while rest:
        batches.append(torch.tensor(rest[:batch_size]))
        rest = rest[batch_size:]
    return batches


@exercise.alternative(minibatches)
def batch_by_batch_number(n, batch_size, generator):
    """deals batch numbers to the samples, so the indices of a batch come in order"""
    number = torch.arange(n)[torch.randperm(n, generator=generator)] // batch_size
    return [torch.nonzero(number == k).flatten() for k in range(-(-n // batch_size))]


@exercise.alternative(minibatches)
def numpy_permutation(n, batch_size, generator):
    """permutes with NumPy, seeded by a draw from the generator"""
    seed = torch.randint(2**31, (1,), generator=generator).item()
    order = numpy.random.default_rng(seed).permutation(n)
    cuts = range(batch_size, n, batch_size)
    return [torch.from_numpy(part) for part in numpy.split(order, cuts)] if n else []


@exercise.alternative(minibatches)
def exchange_by_exchange(n, batch_size, generator):
    """the shuffle of Fisher and Yates, written out"""
    order = list(range(n))
    for last in range(n - 1, 0, -1):
        other = int(torch.randint(last + 1, (1,), generator=generator))
        order[last], order[other] = order[other], order[last]
    return [torch.tensor(order[k : k + batch_size]) for k in range(0, n, batch_size)]


@exercise.alternative(minibatch_sgd)
def with_autograd(X, y, w, lr, batch_size, epochs, generator):
    """autograd and a parameter that is updated in place"""
    w = w.detach().clone().requires_grad_()
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size, generator):
            loss = ((X[batch] @ w - y[batch]) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
            w.grad = None
    return w


@exercise.alternative(minibatch_sgd)
def from_a_loader(X, y, w, lr, batch_size, epochs, generator):
    """one DataLoader over the samples themselves, which reshuffles at every pass"""
    loader = DataLoader(
        TensorDataset(X, y), batch_size=batch_size, shuffle=True, generator=generator
    )
    for _ in range(epochs):
        for inputs, targets in loader:
            w = w - lr * 2 * torch.mean(inputs * (inputs @ w - targets)[:, None], dim=0)
    return w


@exercise.alternative(minibatch_sgd)
def functional_gradient(X, y, w, lr, batch_size, epochs, generator):
    """torch.func.grad of the loss of a shuffled slice"""
    gradient = torch.func.grad(lambda w, x, t: torch.nn.functional.mse_loss(x @ w, t))
    for _ in range(epochs):
        order = torch.argsort(torch.rand(len(y), generator=generator))
        shuffled, targets = X[order], y[order]
        for start in range(0, len(y), batch_size):
            part = slice(start, start + batch_size)
            w = w - lr * gradient(w, shuffled[part], targets[part])
    return w


@exercise.alternative(minibatch_sgd)
def sample_by_sample(X, y, w, lr, batch_size, epochs, generator):
    """sums the gradient of a batch sample by sample, and divides at its end"""
    w = w.clone()
    for _ in range(epochs):
        for batch in torch.randperm(len(y), generator=generator).split(batch_size):
            total = torch.zeros_like(w)
            for i in batch.tolist():
                total += 2 * (torch.dot(X[i], w) - y[i]) * X[i]
            w -= lr * total / len(batch)
    return w


@exercise.alternative(minibatch_sgd)
def as_a_linear_map(X, y, w, lr, batch_size, epochs, generator):
    """writes each update as an affine map of the weights"""
    for _ in range(epochs):
        for batch in minibatches(X.shape[0], batch_size, generator):
            x = X[batch]
            shrink = torch.eye(X.shape[1]) - 2 * lr / x.shape[0] * x.T @ x
            w = torch.einsum("ij,j->i", shrink, w) + 2 * lr / x.shape[0] * (y[batch] @ x)
    return w


# --- mistakes: minibatches --------------------------------------------------------------------


@exercise.mistake(
    minibatches,
    caught_by=every_index_comes_once,
    hint="n // batch_size batches leave out what remains. The remainder is a batch too: step "
    "through range(0, n, batch_size), and leave drop_last off.",
    points_at=r"//|drop_last",
)
def drops_the_last_batch(n, batch_size, generator):
    """drops the last batch when it is not full"""
    order = torch.randperm(n, generator=generator)
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(n // batch_size)]


@exercise.mistake(
    minibatches,
    caught_by=every_index_comes_once,
    hint="Independent draws repeat some indices and miss others (about a third of them). An epoch "
    "needs a permutation: torch.randperm.",
    points_at=r"randint|multinomial|choices",
)
def draws_with_replacement(n, batch_size, generator):
    """draws every index anew, so that some come twice and some never"""
    order = torch.randint(0, n, (n,), generator=generator)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


@exercise.mistake(
    minibatches,
    caught_by=every_index_comes_once,
    hint="The last batch may be smaller. Filling it up uses some samples twice in one epoch.",
    points_at=r"%|cat\(|pad",
)
def fills_up_the_last_batch(n, batch_size, generator):
    """fills the last batch up to batch_size with indices that were used already"""
    order = torch.randperm(n, generator=generator)
    slots = torch.arange(-(-n // batch_size) * batch_size)
    return list(order[slots % n].split(batch_size))


@exercise.mistake(
    minibatches,
    caught_by=every_index_comes_once,
    hint="tensor_split and array_split are told how many pieces to make, and even them out. The "
    "size is what is given here: Tensor.split, or slices of batch_size.",
    points_at=r"tensor_split|array_split",
)
def evens_out_the_batches(n, batch_size, generator):
    """makes the batches equally large instead of leaving the rest to the last one"""
    order = torch.randperm(n, generator=generator)
    return list(order.tensor_split(-(-n // batch_size)))


@exercise.mistake(
    minibatches,
    caught_by=every_index_comes_once,
    hint="chunk(k) makes k pieces of a like size. The size is what is given here: "
    "Tensor.split(batch_size), or slices of batch_size.",
    points_at=r"chunk",
)
def asks_for_a_number_of_batches(n, batch_size, generator):
    """tells chunk how many batches to make, which makes smaller ones of them all"""
    order = torch.randperm(n, generator=generator)
    return list(order.chunk(-(-n // batch_size))) if n else []


@exercise.mistake(
    minibatches,
    caught_by=the_samples_are_shuffled,
    hint="0, 1, 2, ... stay together as they are stored. Cut a torch.randperm(n, "
    "generator=generator), not a range, and index with it.",
    points_at=r"arange|range\(",
)
def never_shuffles(n, batch_size, generator):
    """cuts the batches out of 0 ... n - 1 as they stand, so the same samples share a batch"""
    order = torch.arange(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


@exercise.mistake(
    minibatches,
    caught_by=the_samples_are_shuffled,
    hint="The batches come in random order, but each holds the same neighbours every time. Shuffle "
    "the samples first, then cut.",
    points_at=r"randperm|shuffle",
)
def shuffles_whole_batches(n, batch_size, generator):
    """shuffles the order of the batches, not the samples in them"""
    batches = [torch.arange(k, min(k + batch_size, n)) for k in range(0, n, batch_size)]
    order = torch.randperm(n // batch_size, generator=generator).tolist()
    return [batches[k] for k in order] + batches[n // batch_size :]


@exercise.mistake(
    minibatches,
    caught_by=the_shuffle_comes_from_the_generator,
    hint="Give generator=generator to randperm, rand or DataLoader. Without it torch draws from "
    "the global generator, and with a seed of your own every shuffle is the same.",
    points_at=r"rand|shuffle",
)
def ignores_the_generator(n, batch_size, generator):
    """does not draw from the generator that it was given"""
    order = torch.randperm(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


@exercise.mistake(
    minibatches,
    caught_by=the_shuffle_comes_from_the_generator,
    hint="initial_seed() is where the generator began: whoever seeds with it gets the same "
    "shuffle in every epoch. Draw from the generator itself.",
    points_at=r"initial_seed|manual_seed",
)
def starts_the_generator_again(n, batch_size, generator):
    """seeds again with the generator's first seed, so that every call shuffles alike"""
    again = torch.Generator().manual_seed(generator.initial_seed())
    return list(torch.randperm(n, generator=again).split(batch_size)) if n else []


@exercise.mistake(
    minibatches,
    caught_by=no_samples_give_no_batches,
    hint="split makes one empty piece of an empty tensor. Return an empty list for n = 0, or "
    "slice in a loop over range(0, n, batch_size).",
    points_at=r"split|chunk",
)
def makes_an_empty_batch(n, batch_size, generator):
    """makes one empty batch when there are no samples"""
    return list(torch.randperm(n, generator=generator).split(batch_size))


# --- mistakes: minibatch_sgd ------------------------------------------------------------------


def _gradient(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return 2 / len(y) * X.T @ (X @ w - y)


@exercise.mistake(
    minibatch_sgd,
    caught_by=one_big_batch_is_gradient_descent,
    hint="The loss of a batch is a mean, so its gradient is divided by the number of samples in "
    "it.",
    points_at=r"sum|\.T\b|@",
)
def sums_over_the_batch(X, y, w, lr, batch_size, epochs, generator):
    """sums the gradients of a batch instead of averaging them"""
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            w = w - lr * len(batch) * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=one_big_batch_is_gradient_descent,
    hint="backward() adds to .grad. Set it to None (or zero it) after every update.",
    points_at=r"backward|\+=",
)
def accumulates_gradients(X, y, w, lr, batch_size, epochs, generator):
    """never clears the gradient, so that each update repeats all earlier ones"""
    total = torch.zeros_like(w)
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            total = total + _gradient(X[batch], y[batch], w)
            w = w - lr * total
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=one_big_batch_is_gradient_descent,
    hint="The derivative of a square has a factor 2: the gradient is 2/len(batch) * X.T @ "
    "residual.",
    points_at=r"\.T\b|@|mean",
)
def drops_the_factor_two(X, y, w, lr, batch_size, epochs, generator):
    """leaves the factor 2 of the squared error's gradient out"""
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            w = w - lr / 2 * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=one_big_batch_is_gradient_descent,
    hint="The gradient points uphill; subtract it. (Or is the residual y - X @ w? Then mind the "
    "sign.)",
    points_at=r"\+",
)
def ascends(X, y, w, lr, batch_size, epochs, generator):
    """adds the gradient, and climbs"""
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            w = w + lr * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=each_batch_makes_one_update,
    hint="What remains after the full batches is a batch too; with fewer samples than "
    "batch_size it is the only one.",
    points_at=r"//|drop_last",
)
def leaves_the_last_batch_out(X, y, w, lr, batch_size, epochs, generator):
    """makes no update with the last batch when it is not full"""
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            if len(batch) == batch_size:
                w = w - lr * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=each_batch_makes_one_update,
    hint="Divide by the number of samples that the batch has, len(batch), not by batch_size.",
    points_at=r"/\s*batch_size",
)
def divides_by_batch_size(X, y, w, lr, batch_size, epochs, generator):
    """divides the smaller last batch by batch_size too"""
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            share = len(batch) / batch_size
            w = w - lr * share * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=each_batch_makes_one_update,
    hint="Divide by the number of samples in the batch, not in the data set.",
    points_at=r"/\s*(n\b|len\(|X\.shape)",
)
def divides_by_n(X, y, w, lr, batch_size, epochs, generator):
    """divides the gradient of a batch by the number of all samples"""
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            share = len(batch) / len(y)
            w = w - lr * share * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=each_batch_makes_one_update,
    hint="Each batch makes its own update, with its own samples only: index X and y with the "
    "batch.",
    points_at=r"\bw\s*(=|-=)",
)
def updates_once_per_epoch(X, y, w, lr, batch_size, epochs, generator):
    """makes one update per epoch, with the gradient of all samples"""
    for _ in range(epochs):
        minibatches(len(y), batch_size, generator)
        w = w - lr * _gradient(X, y, w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=each_batch_makes_one_update,
    hint="Look at the indentation: the update belongs inside the loop over the batches.",
    points_at=r"\bw\s*(=|-=)",
)
def updates_with_the_last_batch_only(X, y, w, lr, batch_size, epochs, generator):
    """updates after the loop over the batches, so that only the last one counts"""
    for _ in range(epochs):
        gradient = torch.zeros_like(w)
        for batch in minibatches(len(y), batch_size, generator):
            gradient = _gradient(X[batch], y[batch], w)
        w = w - lr * gradient
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=each_batch_makes_one_update,
    hint="Clear the gradient after every batch, not only once per epoch.",
    points_at=r"zero|None",
)
def clears_gradients_once_per_epoch(X, y, w, lr, batch_size, epochs, generator):
    """clears the gradient only at the start of an epoch, so that batches add up within it"""
    for _ in range(epochs):
        total = torch.zeros_like(w)
        for batch in minibatches(len(y), batch_size, generator):
            total = total + _gradient(X[batch], y[batch], w)
            w = w - lr * total
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=one_big_batch_is_gradient_descent,
    hint="Row and target of a sample belong together: index X and y with the same batch.",
    points_at=r"\by\[|split|zip",
)
def shuffles_rows_without_targets(X, y, w, lr, batch_size, epochs, generator):
    """shuffles the rows and leaves the targets as they are stored"""
    for _ in range(epochs):
        start = 0
        for batch in minibatches(len(y), batch_size, generator):
            targets = y[start : start + len(batch)]
            w = w - lr * _gradient(X[batch], targets, w)
            start += len(batch)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=one_big_batch_is_gradient_descent,
    hint="A column (b, 1) less a row (b,) is (b, b): every prediction is held against every "
    "target. X[batch] @ w has shape (b,) as it is, and so has y[batch]; leave them so.",
    points_at=r"unsqueeze|None\]|view\(|reshape\(|@",
)
def broadcasts_the_residual(X, y, w, lr, batch_size, epochs, generator):
    """holds every prediction against every target: a column less a row is a square"""
    for _ in range(epochs):
        for batch in minibatches(len(y), batch_size, generator):
            mean = y[batch].mean().expand(len(batch))
            w = w - lr * _gradient(X[batch], mean, w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=every_epoch_is_shuffled_anew,
    hint="Make the batches inside the loop over the epochs: one shuffle serves one epoch.",
    points_at=r"minibatches\(|randperm",
)
def keeps_one_order(X, y, w, lr, batch_size, epochs, generator):
    """shuffles once, and goes through the same batches in every epoch"""
    batches = minibatches(len(y), batch_size, generator)
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=every_epoch_is_shuffled_anew,
    hint="Nothing is shuffled: slices of X and y as they are stored give the same batches for "
    "ever. Index with a permutation.",
    points_at=r"range\(|split",
)
def takes_samples_as_stored(X, y, w, lr, batch_size, epochs, generator):
    """never shuffles: the batches are slices of the data as it is stored"""
    for _ in range(epochs):
        for batch in torch.arange(len(y)).split(batch_size):
            w = w - lr * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=every_epoch_is_shuffled_anew,
    hint="A generator that is seeded inside the loop repeats itself. Seed nothing: it goes on "
    "alone.",
    points_at=r"seed|set_state",
)
def seeds_again_every_epoch(X, y, w, lr, batch_size, epochs, generator):
    """seeds the generator again in every epoch, so that all epochs are shuffled alike"""
    for _ in range(epochs):
        again = torch.Generator().manual_seed(generator.initial_seed())
        for batch in minibatches(len(y), batch_size, again):
            w = w - lr * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=the_batches_come_from_the_generator,
    hint="Give the generator to what shuffles. Without it torch draws from the global "
    "generator, and seeds of your own give every learner the same batches.",
    points_at=r"rand|shuffle|minibatches\(",
)
def leaves_the_generator_unused(X, y, w, lr, batch_size, epochs, generator):
    """does not draw from the generator that it was given"""
    for _ in range(epochs):
        for batch in torch.randperm(len(y)).split(batch_size):
            w = w - lr * _gradient(X[batch], y[batch], w)
    return w


@exercise.mistake(
    minibatch_sgd,
    caught_by=the_batches_come_from_the_generator,
    hint="initial_seed() is where the generator began. Draw from the generator itself: it "
    "remembers how far it has come.",
    points_at=r"initial_seed|manual_seed",
)
def starts_every_call_alike(X, y, w, lr, batch_size, epochs, generator):
    """seeds again with the generator's first seed, so that every call learns alike"""
    again = torch.Generator().manual_seed(generator.initial_seed())
    return minibatch_sgd(X, y, w, lr, batch_size, epochs, again)


# --- pictures ---------------------------------------------------------------------------------


@exercise.picture(one_big_batch_is_gradient_descent)
def draw(view: View):
    call = view.calls[0]
    yours, expected = view.yours[:EPOCHS], view.expected[:EPOCHS]

    def losses(states: Sequence[Tensor]) -> list[float]:
        return [((call["X"] @ w - call["y"]) ** 2).mean().item() for w in states]

    comparable = all(w.shape == call["w"].shape for w in yours)
    return pictures.descent(
        yours,
        expected,
        tolerance=view.tolerance,
        title="weights after each epoch, one batch of all samples",
        loss_yours=losses(yours) if comparable else None,
        loss_expected=losses(expected),
    )
