"""Gradients of a hidden value and of the input."""

import torch

from grader import Exercise, Inputs, View, pictures


def hidden_gradients(x, w1, w2):
    leaf = x.detach().requires_grad_()
    h = torch.tanh(leaf @ w1.T)
    loss = (h @ w2.T).pow(2).mean()
    return torch.autograd.grad(loss, (h, leaf))


exercise = Exercise(
    hidden_gradients,
    title="Gradients of hidden values",
    hints=[
        "h is not a leaf: after backward() its .grad is None unless you asked for it before. And "
        "h has a graph only if something before it requires grad.",
        "Let x.detach() require grad, build h and the loss from it, and use h.retain_grad() before "
        "backward(), a hook on h, or torch.autograd.grad for both tensors.",
        "leaf = x.detach().requires_grad_(); h = torch.tanh(leaf @ w1.T); "
        "loss = (h @ w2.T).pow(2).mean(); return torch.autograd.grad(loss, (h, leaf)).",
    ],
)

PARTS = ("dh", "dx")


def arguments(inputs, batch=5, features=3, hidden=7, outputs=11):
    return dict(
        x=inputs.normal(batch, features),
        w1=inputs.normal(hidden, features, std=0.5),
        w2=inputs.normal(outputs, hidden),
    )


def part(answer, name):
    """One of the pair; nothing if the pair is too short."""
    index = PARTS.index(name)
    return answer[index] if index < len(answer) else None


def only(name):
    """Looks at one of the two gradients, and not at what became of the arguments."""

    def observe(outputs, calls):
        return {name: part(outputs[0]["returned"], name)}

    return observe


def the_arguments(outputs, calls):
    after = {name: outputs[0][name] for name in ("x", "w1", "w2")}
    return {
        **{f"{name} requires grad": state["requires_grad"] for name, state in after.items()},
        **{f"{name} carries a .grad": state["grad"] is not None for name, state in after.items()},
        **{f"{name} afterwards": state["values"] for name, state in after.items()},
    }


@exercise.case(
    points=4,
    shows=["x", "w1", "w2"],
    observe=only("dh"),
    hint="dh belongs to what comes out of tanh. Which lines lie between it and the loss?",
)
def the_gradient_of_h(inputs: Inputs):
    """dh is the gradient with respect to h, the output of tanh"""
    return arguments(inputs)


@exercise.case(
    points=3,
    shows=["x", "w1", "w2"],
    observe=only("dx"),
    hint="From h back to x the way leads through tanh and w1.",
)
def the_gradient_of_x(inputs: Inputs):
    """dx is the gradient with respect to x: on from dh, through tanh and w1"""
    return arguments(inputs)


@exercise.case(
    points=2,
    shows=["x", "w1", "w2"],
    observe=the_arguments,
    hint="After the call, print requires_grad and .grad of all three arguments.",
)
def the_arguments_leave_as_they_came(inputs: Inputs):
    """x, w1 and w2 neither require grad nor have a .grad afterwards"""
    return arguments(inputs)


@exercise.case(
    points=1,
    needs=[the_gradient_of_h, the_gradient_of_x, the_arguments_leave_as_they_came],
    hint="Try a batch of one sample, and a single output.",
)
def any_sizes_will_do(inputs: Inputs):
    """a batch of one, a single output, square sizes and transposed views will do"""
    strided = {name: tensor.T for name, tensor in arguments(inputs, 4, 4, 4, 4).items()}
    return [
        arguments(inputs, batch=1),
        arguments(inputs, outputs=1),
        arguments(inputs, 3, 2, 2, 5),
        strided,
    ]


@exercise.grows(per="sample")
def samples(inputs: Inputs):
    return {n: arguments(inputs, batch=n) for n in (4, 12)}


@exercise.alternative()
def by_formula(x, w1, w2):
    """writes both gradients down"""
    h = torch.tanh(x @ w1.T)
    out = h @ w2.T
    d_h = 2 / out.numel() * out @ w2
    return d_h, (d_h * (1 - h.square())) @ w1


@exercise.alternative()
def retained(x, w1, w2):
    """retains the gradient of h"""
    leaf = torch.nn.Parameter(x.clone())
    h = torch.tanh(leaf @ w1.T)
    h.retain_grad()
    (h @ w2.T).pow(2).mean().backward()
    return h.grad, leaf.grad


@exercise.alternative()
def by_a_hook(x, w1, w2):
    """has a hook note the gradient of h, and returns a list"""
    seen = []
    leaf = x.clone().requires_grad_()
    h = torch.tanh(torch.nn.functional.linear(leaf, w1))
    h.register_hook(seen.append)
    torch.nn.functional.linear(h, w2).square().mean().backward()
    return [seen[0], leaf.grad]


@exercise.alternative()
def in_two_halves(x, w1, w2):
    """cuts the graph at h, and pulls the gradient of h through the first half"""
    h, pull = torch.func.vjp(lambda batch: torch.tanh(batch @ w1.T), x)
    d_h = torch.func.grad(lambda hidden: (hidden @ w2.T).pow(2).mean())(h)
    return d_h, pull(d_h)[0]


def of(x, w1, w2, reduce=torch.mean, through=lambda h: 1 - h**2):
    """Both gradients, with a wrong reduction or a wrong derivative of tanh."""
    h = torch.tanh(x @ w1.T).requires_grad_()
    (d_h,) = torch.autograd.grad(reduce((h @ w2.T).pow(2)), h)
    return d_h, (d_h * through(h.detach())) @ w1


@exercise.mistake(
    caught_by=the_gradient_of_h,
    hint="You have the gradient before tanh, x @ w1.T. h comes after it: keep the gradient of the "
    "tensor that tanh returns.",
    points_at=r"retain_grad|register_hook|1\s*-",
)
def gradient_of_the_pre_activation(x, w1, w2):
    """returns the gradient before tanh, of x @ w1.T, instead of h"""
    h = torch.tanh(x @ w1.T)
    d_h, d_x = of(x, w1, w2)
    return d_h * (1 - h**2), d_x


@exercise.mistake(
    caught_by=the_gradient_of_h,
    hint="h is no leaf: its .grad stays None. Call h.retain_grad() before backward(), or ask "
    "torch.autograd.grad.",
    points_at=r"\.grad\b",
)
def h_not_retained(x, w1, w2):
    """reads .grad of h, which is no leaf, without retaining it, and gets None"""
    return None, of(x, w1, w2)[1]


@exercise.mistake(
    caught_by=the_gradient_of_h,
    hint="Zeros are what you put there, not what was computed: h.grad is filled only if "
    "h.retain_grad() was called before backward().",
    points_at=r"zeros",
)
def zeros_for_h(x, w1, w2):
    """returns zeros for the gradient of h"""
    d_h, d_x = of(x, w1, w2)
    return torch.zeros_like(d_h), d_x


@exercise.mistake(
    caught_by=the_gradient_of_h,
    hint="The loss is the mean of the squares. With sum() both gradients are B * O times too "
    "large.",
    points_at=r"sum\(",
)
def sum_for_mean(x, w1, w2):
    """sums the squares instead of averaging them"""
    return of(x, w1, w2, reduce=torch.sum)


@exercise.mistake(
    caught_by=the_gradient_of_h,
    hint="mean() averages over all B * O entries, not only over the batch.",
    points_at=r"/|mean\(|sum\(",
)
def mean_over_the_batch_only(x, w1, w2):
    """divides by the batch size B instead of all B * O entries"""
    return of(x, w1, w2, reduce=lambda squares: squares.sum() / len(squares))


@exercise.mistake(
    caught_by=the_gradient_of_h,
    hint="The derivative of a square has a factor 2.",
    points_at=r"/|numel|mean",
)
def factor_two_missing(x, w1, w2):
    """leaves the factor 2 of the square's derivative out"""
    return of(x, w1, w2, reduce=lambda squares: squares.mean() / 2)


@exercise.mistake(
    caught_by=the_gradient_of_h,
    hint="The pair is (dh, dx), in this order.",
    points_at=r"return",
)
def the_pair_swapped(x, w1, w2):
    """returns (dx, dh) instead of (dh, dx)"""
    d_h, d_x = of(x, w1, w2)
    return d_x, d_h


@exercise.mistake(
    caught_by=the_gradient_of_x,
    hint="Between h and x stands tanh: multiply dh by its derivative, 1 - h**2, before w1.",
    points_at=r"@\s*w1\b(?!\.T)",
)
def tanh_skipped_on_the_way_back(x, w1, w2):
    """goes back from h to x without the derivative of tanh"""
    return of(x, w1, w2, through=torch.ones_like)


@exercise.mistake(
    caught_by=the_gradient_of_x,
    hint="The derivative of tanh, in terms of its output h, is 1 - h**2.",
    points_at=r"1\s*-",
)
def derivative_of_the_sigmoid(x, w1, w2):
    """takes h * (1 - h) for the derivative of tanh: that is the sigmoid's"""
    return of(x, w1, w2, through=lambda h: h * (1 - h))


@exercise.mistake(
    caught_by=the_gradient_of_x,
    hint="A detached h is a new leaf: the graph ends there and nothing comes back to x. Keep h in "
    "the graph of a leaf that has x's values and requires grad, and retain the gradient of h.",
    points_at=r"detach|\.data\b|tensor\(",
)
def graph_cut_at_h(x, w1, w2):
    """returns None for dx: the graph ends before it reaches x"""
    return of(x, w1, w2)[0], None


@exercise.mistake(
    caught_by=the_arguments_leave_as_they_came,
    hint="x belongs to the caller. x.detach().requires_grad_() flips the new leaf, not x.",
    points_at=r"\bx\.requires_grad",
)
def flips_the_flag_of_x(x, w1, w2):
    """turns requires_grad on for the caller's x and leaves it on"""
    x.requires_grad_()
    return hidden_gradients(x, w1, w2)


@exercise.mistake(
    caught_by=the_arguments_leave_as_they_came,
    hint="x is left requiring grad, and with a .grad. Work on x.detach().requires_grad_() and read "
    "the gradient of that leaf.",
    points_at=r"\bx\.requires_grad|backward",
)
def backward_on_x_itself(x, w1, w2):
    """calls backward() with the caller's x as the leaf, which leaves its traces there"""
    x.requires_grad_()
    h = torch.tanh(x @ w1.T)
    h.retain_grad()
    (h @ w2.T).pow(2).mean().backward()
    return h.grad, x.grad


@exercise.mistake(
    caught_by=any_sizes_will_do,
    hint="squeeze() takes away every axis of length one, a batch of one too.",
    points_at=r"squeeze",
)
def loses_axes_of_length_one(x, w1, w2):
    """drops axes of length one from both gradients"""
    return tuple(gradient.squeeze() for gradient in of(x, w1, w2))


@exercise.picture(the_gradient_of_h, the_gradient_of_x)
def draw(view: View):
    """The gradient that the case looks at, against the right one."""
    name = "dh" if view.case == the_gradient_of_h.name else "dx"
    yours = part(view.yours[view.call]["returned"], name)
    expected = part(view.expected[view.call]["returned"], name)
    if yours is None or yours.shape != expected.shape:
        return None
    return pictures.scatter(yours, expected, title=name)
