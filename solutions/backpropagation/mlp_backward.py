"""Backpropagation through a network with one hidden layer, by hand."""

import numpy
import torch
import torch.nn.functional as F

from grader import Exercise, Inputs, View, pictures


def mlp_backward(x, targets, w1, b1, w2, b2):
    z = x @ w1.T + b1
    h = z.clamp(min=0)
    probabilities = torch.softmax(h @ w2.T + b2, dim=1)
    d_logits = (probabilities - F.one_hot(targets, len(b2))) / len(x)
    d_z = (d_logits @ w2) * (z > 0)
    return {
        "w1": d_z.T @ x,
        "b1": d_z.sum(0),
        "w2": d_logits.T @ h,
        "b2": d_logits.sum(0),
        "x": d_z @ w1,
    }


exercise = Exercise(
    mlp_backward,
    title="Backpropagation by hand",
    # torch.no_grad lives in torch.autograd.grad_mode and is allowed, so not all of torch.autograd.
    # torch.func.grad, vjp and jvp run in eager_transforms; vmap, which is allowed, does not.
    forbids=[
        "backward",
        "torch.autograd.grad",
        "torch.autograd.backward",
        "torch.autograd.graph",
        "torch.autograd.functional",
        "torch.autograd.forward_ad",
        "torch.autograd.Variable",
        "torch._functorch.eager_transforms",
        # The names that learners write for them, so that messages can say these.
        "torch.func.grad",
        "torch.func.grad_and_value",
        "torch.func.vjp",
        "torch.func.jvp",
        "torch.func.jacrev",
        "torch.func.jacfwd",
        "torch.func.hessian",
        "torch.func.linearize",
    ],
    hints=[
        "Run the forward pass and keep z, h and the logits: the backward pass needs all three. "
        "Then write the shape of every gradient on paper before you write any code.",
        "Start from d_logits = (softmax - one_hot) / B. A layer y = a @ w.T + b turns dy into "
        "dw = dy.T @ a, db = dy.sum(0) and da = dy @ w. The ReLU keeps dy where its input was > 0.",
        "d_w2 = d_logits.T @ h, d_b2 = d_logits.sum(0), d_h = d_logits @ w2, d_z = d_h * (z > 0), "
        "d_w1 = d_z.T @ x, d_b1 = d_z.sum(0), d_x = d_z @ w1; return them as a dict with the keys "
        "w1, b1, w2, b2 and x.",
    ],
)


def network(inputs, batch=7, features=3, hidden=11, classes=4):
    """A batch in which every class is somebody's target, and a network for it."""
    spare = inputs.integers(max(batch - classes, 0), high=classes)
    targets = torch.cat([torch.arange(classes), spare])[:batch]
    return dict(
        x=inputs.normal(batch, features),
        targets=targets[inputs.permutation(batch)],
        w1=inputs.normal(hidden, features),
        b1=inputs.normal(hidden),
        w2=inputs.normal(classes, hidden),
        b2=inputs.normal(classes),
    )


def only(*names):
    """Looks at some of the gradients, so that one wrong layer does not hide what is right."""

    def observe(outputs, calls):
        return {f"gradient of {name}": outputs[0][name] for name in names}

    return observe


@exercise.case(
    points=3,
    observe=only("w2", "b2"),
    hint="The last layer comes first. Is d_logits right: softmax, less one_hot, divided by B?",
)
def the_output_layer(inputs: Inputs):
    """the gradients of w2 and b2 are right"""
    return network(inputs)


@exercise.case(
    points=3,
    observe=only("w1", "b1"),
    hint="What reaches z is what left h, d_logits @ w2, and only where z > 0.",
)
def the_hidden_layer(inputs: Inputs):
    """the gradients of w1 and b1 are right: they come through w2 and the ReLU"""
    return network(inputs)


@exercise.case(
    points=1,
    observe=only("x"),
    hint="One more step back than d_w1: from d_z through w1.",
)
def the_input(inputs: Inputs):
    """the gradient of x is right, a row for each sample"""
    return network(inputs)


def gradient_of_the_first_sample(outputs, calls):
    return {"gradient of x, first row": outputs[0]["x"].flatten()[:3]}


@exercise.case(
    points=1,
    observe=gradient_of_the_first_sample,
    hint="Where z is exactly 0, nothing goes back.",
)
def nothing_passes_at_exactly_zero(inputs: Inputs):
    """a unit whose input is exactly 0 passes no gradient on"""
    arguments = network(inputs)
    # Whole numbers are exact: the first sample meets 0 in every hidden unit.
    arguments["x"] = inputs.integers(7, 3, low=1, high=5).double()
    arguments["w1"] = inputs.integers(11, 3, low=1, high=5).double()
    arguments["b1"] = -(arguments["w1"] @ arguments["x"][0])
    return arguments


@exercise.case(
    points=2,
    needs=[the_output_layer, the_hidden_layer, the_input],
    hint="exp(1000) is inf and exp(-1000) is 0. Subtract each row's own maximum first.",
)
def large_logits_do_no_harm(inputs: Inputs):
    """logits of 1000 and -1000 give finite, exact gradients"""
    high, low, mixed = (network(inputs) for _ in range(3))
    high["b2"] = high["b2"] + 1000
    low["b2"] = low["b2"] - 1000
    # Unit 0 is 2 or 0: rows near +1000 and rows near -1000 stand in one batch. The other weights
    # are large as well: in a sum of nearly equal large terms, right answers would differ too.
    mixed["x"][:, 0] = torch.arange(7) % 2 * 2.0
    mixed["w1"][0], mixed["b1"][0] = torch.eye(3, dtype=torch.float64)[0], 0.0
    mixed["w2"] *= 30
    mixed["w2"][:, 0] += 1000
    mixed["b2"] -= 1000
    h = (mixed["x"] @ mixed["w1"].T + mixed["b1"]).clamp(min=0)
    mixed["targets"] = (h @ mixed["w2"].T + mixed["b2"]).argmin(1)
    return [high, low, mixed]


@exercise.case(
    points=1,
    needs=[the_output_layer, the_hidden_layer, the_input],
    hint="Print the shape of your one-hot targets when every target is 0.",
)
def any_sizes_will_do(inputs: Inputs):
    """a batch of one, classes that nobody has, square layers and transposed views will do"""
    absent, strided = network(inputs), network(inputs, 5, 5, 5, 5)
    absent["targets"] = torch.zeros(7, dtype=torch.int64)
    for name in ("x", "w1", "w2"):
        strided[name] = strided[name].T
    return [network(inputs, batch=1), absent, strided, network(inputs, 2, 1, 3, 2)]


@exercise.grows(per="sample")
def samples(inputs: Inputs):
    return {n: network(inputs, batch=n) for n in (4, 12)}


@exercise.alternative()
def in_numpy(x, targets, w1, b1, w2, b2):
    """is written in NumPy"""
    x, targets, w1, b1, w2, b2 = (tensor.numpy() for tensor in (x, targets, w1, b1, w2, b2))
    z = x @ w1.T + b1
    logits = numpy.maximum(z, 0) @ w2.T + b2
    error = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    error /= error.sum(axis=1, keepdims=True)
    error[numpy.arange(len(x)), targets] -= 1
    error /= len(x)
    inner = numpy.where(z > 0, error @ w2, 0)
    found = dict(w1=inner.T @ x, b1=inner.sum(0), w2=error.T @ numpy.maximum(z, 0))
    found.update(b2=error.sum(0), x=inner @ w1)
    return {name: torch.from_numpy(numpy.ascontiguousarray(g)) for name, g in found.items()}


@exercise.alternative()
def sample_by_sample(x, targets, w1, b1, w2, b2):
    """adds the gradients of one sample after the other"""
    total = {name: torch.zeros_like(t) for name, t in dict(w1=w1, b1=b1, w2=w2, b2=b2).items()}
    rows = []
    for sample, target in zip(x, targets.tolist(), strict=True):
        z = torch.mv(w1, sample) + b1
        h = torch.relu(z)
        error = torch.exp(F.log_softmax(torch.mv(w2, h) + b2, dim=0))
        error[target] -= 1
        inner = torch.where(z > 0, w2.T @ error, torch.zeros_like(z))
        for name, gradient in dict(b1=inner, b2=error).items():
            total[name] += gradient / len(x)
        total["w1"] += torch.outer(inner, sample) / len(x)
        total["w2"] += torch.outer(error, h) / len(x)
        rows.append(w1.T @ inner / len(x))
    return {**total, "x": torch.stack(rows)}


@exercise.alternative()
def by_einsum(x, targets, w1, b1, w2, b2):
    """sums products with einsum under no_grad, and divides by B at the end"""
    with torch.no_grad():
        z = torch.einsum("bi,hi->bh", x, w1) + b1
        h = F.relu(z)
        logits = torch.einsum("bh,ch->bc", h, w2) + b2
        error = torch.exp(logits - logits.logsumexp(1, keepdim=True))
        error -= torch.eye(len(b2), dtype=error.dtype)[targets]
        inner = torch.einsum("bc,ch->bh", error, w2) * torch.heaviside(z, torch.zeros_like(z[:1]))
        found = {
            "w1": torch.einsum("bh,bi->hi", inner, x),
            "b1": torch.einsum("bh->h", inner),
            "w2": torch.einsum("bc,bh->ch", error, h),
            "b2": torch.einsum("bc->c", error),
            "x": torch.einsum("bh,hi->bi", inner, w1),
        }
    return {name: gradient / len(x) for name, gradient in found.items()}


@exercise.alternative()
def with_bias_as_a_column(x, targets, w1, b1, w2, b2):
    """takes each bias as one more column of its weight"""
    inputs = torch.cat([x, torch.ones_like(x[:, :1])], 1)
    z = inputs @ torch.cat([w1, b1[:, None]], 1).T
    hidden = torch.cat([z.relu(), torch.ones_like(z[:, :1])], 1)
    error = (hidden @ torch.cat([w2, b2[:, None]], 1).T).softmax(-1).div(len(x))
    error = error.scatter_add(1, targets[:, None], torch.full_like(error[:, :1], -1 / len(x)))
    outer = error.T @ hidden
    inner = (error @ w2).masked_fill(z <= 0, 0)
    first = inner.T @ inputs
    return {
        "x": inner @ w1,
        "w1": first[:, :-1],
        "b1": first[:, -1],
        "w2": outer[:, :-1],
        "b2": outer[:, -1],
    }


def backward(x, targets, w1, b1, w2, b2, *, error=None, rectified=None, mask=None, inner=None):
    """The backward pass with some of its parts replaced by wrong ones."""
    z = x @ w1.T + b1
    h = z.relu()
    if error is None:
        error = (torch.softmax(h @ w2.T + b2, 1) - F.one_hot(targets, len(b2))) / len(x)
    d_h = error @ w2
    d_z = d_h * (z > 0 if mask is None else mask(z, d_h))
    d_z = d_z if inner is None else inner(d_z)
    return {
        "w1": d_z.T @ x,
        "b1": d_z.sum(0),
        "w2": error.T @ (h if rectified is None else z),
        "b2": error.sum(0),
        "x": d_z @ w1,
    }


def scores(x, w1, b1, w2, b2):
    return (x @ w1.T + b1).relu() @ w2.T + b2


@exercise.mistake(
    caught_by=the_output_layer,
    hint="The loss is a mean over the batch, so its gradient is divided by B: once, at d_logits.",
    points_at=r"softmax|one_hot|-= ?1\b",
)
def never_divides_by_b(x, targets, w1, b1, w2, b2):
    """leaves out the division by B that comes from the mean"""
    return {k: g * len(x) for k, g in mlp_backward(x, targets, w1, b1, w2, b2).items()}


@exercise.mistake(
    caught_by=the_output_layer,
    hint="The mean runs over the B samples, not over all B * C logits: divide by x.shape[0].",
    points_at=r"mean|numel",
)
def divides_by_all_logits(x, targets, w1, b1, w2, b2):
    """divides by B * C, the number of logits, instead of B"""
    return {k: g / len(b2) for k, g in mlp_backward(x, targets, w1, b1, w2, b2).items()}


@exercise.mistake(
    caught_by=the_output_layer,
    hint="The cross-entropy's gradient is softmax - one_hot: the target's probability less 1.",
    points_at=r"softmax|exp\(",
)
def one_hot_missing(x, targets, w1, b1, w2, b2):
    """sends the softmax back without subtracting one_hot(targets)"""
    error = torch.softmax(scores(x, w1, b1, w2, b2), 1) / len(x)
    return backward(x, targets, w1, b1, w2, b2, error=error)


@exercise.mistake(
    caught_by=the_output_layer,
    hint="The logits of one sample are a row: softmax over dim=1. Over dim=0 the samples of the "
    "batch compete with each other.",
    points_at=r"softmax|sum\(\s*(dim=|axis=)?0|max\(",
)
def softmax_over_the_batch(x, targets, w1, b1, w2, b2):
    """takes the softmax over the batch instead of the classes"""
    error = torch.softmax(scores(x, w1, b1, w2, b2), 0) - F.one_hot(targets, len(b2))
    return backward(x, targets, w1, b1, w2, b2, error=error / len(x))


@exercise.mistake(
    caught_by=the_output_layer,
    hint="Yours points downhill: it is softmax - one_hot, in this order.",
    points_at=r"one_hot|-",
)
def sign_turned_round(x, targets, w1, b1, w2, b2):
    """has every gradient with the opposite sign"""
    return {k: -g for k, g in mlp_backward(x, targets, w1, b1, w2, b2).items()}


@exercise.mistake(
    caught_by=the_output_layer,
    hint="w2 was multiplied by h, the output of the ReLU, so d_w2 = d_logits.T @ h. Yours has z, "
    "which may be negative.",
    points_at=r"w2.*=|\.T\s*@",
)
def w2_from_the_pre_activation(x, targets, w1, b1, w2, b2):
    """takes the gradient of w2 from z instead of h = relu(z)"""
    return backward(x, targets, w1, b1, w2, b2, rectified=False)


@exercise.mistake(
    caught_by=the_output_layer,
    hint="d_logits holds the 1/B already. A bias adds to every sample, so sum over the batch.",
    points_at=r"mean\(",
)
def bias_gradients_averaged(x, targets, w1, b1, w2, b2):
    """averages the bias gradients over the batch, which divides them by B once more"""
    found = mlp_backward(x, targets, w1, b1, w2, b2)
    return {k: g / len(x) if k in ("b1", "b2") else g for k, g in found.items()}


@exercise.mistake(
    caught_by=the_output_layer,
    hint="b2 has shape (C,), your gradient (B, C). The bias was broadcast over the batch; going "
    "back, broadcasting becomes a sum: sum(0).",
    points_at=r"b[12]",
)
def bias_gradients_not_summed(x, targets, w1, b1, w2, b2):
    """returns bias gradients with a row for each sample, never summed over the batch"""
    found = mlp_backward(x, targets, w1, b1, w2, b2)
    error = torch.softmax(scores(x, w1, b1, w2, b2), 1) - F.one_hot(targets, len(b2))
    return {**found, "b2": error / len(x), "b1": (error / len(x)) @ w2 * (x @ w1.T + b1 > 0)}


@exercise.mistake(
    caught_by=the_output_layer,
    hint="A gradient has the shape of its parameter: w2 is (C, H), so d_logits.T @ h, not "
    "h.T @ d_logits.",
    points_at=r"\.T\s*@|\.t\(\)",
)
def weight_gradients_transposed(x, targets, w1, b1, w2, b2):
    """returns both weight gradients transposed"""
    found = mlp_backward(x, targets, w1, b1, w2, b2)
    return {**found, "w1": found["w1"].T, "w2": found["w2"].T}


@exercise.mistake(
    caught_by=the_hidden_layer,
    hint="Between h and z stands the ReLU. Its derivative is 1 where z > 0 and 0 elsewhere: "
    "multiply d_h by it.",
    points_at=r"@\s*w2\b(?!\.T)",
)
def relu_mask_missing(x, targets, w1, b1, w2, b2):
    """goes back through the ReLU as if it were not there"""
    return backward(x, targets, w1, b1, w2, b2, mask=lambda z, d_h: torch.ones_like(z))


@exercise.mistake(
    caught_by=the_hidden_layer,
    hint="The mask asks about the forward pass: was z > 0? The sign of the gradient itself plays "
    "no part.",
    points_at=r">\s*0|<=?\s*0|relu|clamp",
)
def relu_mask_from_the_gradient(x, targets, w1, b1, w2, b2):
    """masks by the sign of the gradient instead of the sign of z"""
    return backward(x, targets, w1, b1, w2, b2, mask=lambda z, d_h: d_h > 0)


@exercise.mistake(
    caught_by=the_hidden_layer,
    hint="The ReLU's derivative is 1 or 0, whatever the size of z: multiply by (z > 0), not by h.",
    points_at=r"\*\s*\(?h\b|\bh\s*\*|relu|clamp",
)
def multiplies_by_the_relu(x, targets, w1, b1, w2, b2):
    """multiplies by relu(z) itself where the derivative, 1 or 0, belongs"""
    return backward(x, targets, w1, b1, w2, b2, mask=lambda z, d_h: z.relu())


@exercise.mistake(
    caught_by=the_hidden_layer,
    hint="The 1/B came in with d_logits and is in all that follows. Do not divide again.",
    points_at=r"/",
)
def divides_by_b_again(x, targets, w1, b1, w2, b2):
    """divides by B once more at the hidden layer"""
    return backward(x, targets, w1, b1, w2, b2, inner=lambda d_z: d_z / len(x))


@exercise.mistake(
    caught_by=the_input,
    hint="x lies before the ReLU too: continue from d_z, the masked one, not from d_h.",
    points_at=r"@\s*w1\b(?!\.T)",
)
def input_gradient_past_the_relu(x, targets, w1, b1, w2, b2):
    """takes the gradient of x from d_h, before the ReLU's mask"""
    found = mlp_backward(x, targets, w1, b1, w2, b2)
    error = torch.softmax(scores(x, w1, b1, w2, b2), 1) - F.one_hot(targets, len(b2))
    return {**found, "x": error / len(x) @ w2 @ w1}


@exercise.mistake(
    caught_by=nothing_passes_at_exactly_zero,
    hint="At z = 0 the derivative is 0 here, as in torch: write z > 0, not z >= 0.",
    points_at=r">=|<\s*0",
)
def one_at_zero(x, targets, w1, b1, w2, b2):
    """lets the gradient pass where z is exactly 0"""
    return backward(x, targets, w1, b1, w2, b2, mask=lambda z, d_h: z >= 0)


@exercise.mistake(
    caught_by=large_logits_do_no_harm,
    hint="exp(1000) is inf, and inf / inf is NaN. Subtract the row's maximum before exp, or use "
    "torch.softmax.",
    points_at=r"exp\(",
)
def exponentials_overflow(x, targets, w1, b1, w2, b2):
    """takes exponentials of the logits as they are, so that large ones become inf"""
    powers = scores(x, w1, b1, w2, b2).exp()
    error = (powers / powers.sum(1, keepdim=True) - F.one_hot(targets, len(b2))) / len(x)
    return backward(x, targets, w1, b1, w2, b2, error=error)


@exercise.mistake(
    caught_by=large_logits_do_no_harm,
    hint="One maximum for the whole batch leaves other rows with exp(-2000) = 0, and 0 / 0. "
    "Each row has its own: max over dim=1, keepdim=True.",
    points_at=r"max\(",
)
def one_maximum_for_all_rows(x, targets, w1, b1, w2, b2):
    """subtracts the batch's largest logit instead of each row's own"""
    logits = scores(x, w1, b1, w2, b2)
    powers = (logits - logits.max()).exp()
    error = (powers / powers.sum(1, keepdim=True) - F.one_hot(targets, len(b2))) / len(x)
    return backward(x, targets, w1, b1, w2, b2, error=error)


@exercise.mistake(
    caught_by=any_sizes_will_do,
    hint="one_hot without num_classes counts up to the largest target in this batch. Say "
    "num_classes=len(b2).",
    points_at=r"one_hot|max\(\)",
)
def as_many_classes_as_targets_show(x, targets, w1, b1, w2, b2):
    """takes the largest target for the last class, so that one_hot may be too narrow"""
    error = torch.softmax(scores(x, w1, b1, w2, b2), 1) - F.one_hot(targets)
    return backward(x, targets, w1, b1, w2, b2, error=error / len(x))


@exercise.picture(the_output_layer, the_hidden_layer, the_input)
def draw(view: View):
    """The first gradient of the case that is wrong, against the right one."""
    names = {the_output_layer.name: ("w2", "b2"), the_hidden_layer.name: ("w1", "b1")}
    yours, expected = view.yours[view.call], view.expected[view.call]
    for name in names.get(view.case, ("x",)):
        mine, right = yours[name], expected[name]
        if mine.shape != right.shape:
            return None
        if (mine - right).abs().max() > 1e-9 * right.abs().max():
            return pictures.scatter(mine, right, title=f"Gradient of {name}")
    return None
