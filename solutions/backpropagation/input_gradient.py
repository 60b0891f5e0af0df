"""The gradient with respect to the input."""

import torch

from grader import Exercise, Inputs, View, pictures


def input_gradient(x, w, b):
    leaf = x.detach().requires_grad_()
    out = torch.tanh(leaf @ w.T + b).sum()
    return torch.autograd.grad(out, leaf)[0]


exercise = Exercise(
    input_gradient,
    title="The gradient of the input",
    hints=[
        "Which tensors take part in the graph, and which of them require grad? The caller's x does "
        "not, and should not; what could stand in for it?",
        "x.detach() is a new leaf with x's values, and may require grad. Then look for a way to "
        "get a gradient back as a value, instead of having backward() write it into every leaf.",
        "leaf = x.detach().requires_grad_(); out = torch.tanh(leaf @ w.T + b).sum(); "
        "return torch.autograd.grad(out, leaf)[0].",
    ],
)


def layer(inputs, batch=5, features=3, units=7, had=False):
    """A batch and a layer; with ``had``, its parameters hold a gradient from before."""

    def parameter(*shape):
        return inputs.parameter(inputs.normal(*shape), inputs.normal(*shape) if had else None)

    return dict(x=inputs.normal(batch, features), w=parameter(units, features), b=parameter(units))


def only_the_gradient(outputs, calls):
    """What is returned. What became of the arguments is the question of other cases."""
    if len(outputs) == 1:
        return {"gradient of x": outputs[0]["returned"]}
    return {f"gradient of x, call {k}": out["returned"] for k, out in enumerate(outputs, start=1)}


def what_became_of_x(outputs, calls):
    state = outputs[0]["x"]
    return {
        "x requires grad": state["requires_grad"],
        "x carries a .grad": state["grad"] is not None,
        "x afterwards": state["values"],
    }


def what_became_of_the_parameters(outputs, calls):
    after = {name: outputs[0][name] for name in ("w", "b")}
    return {
        **{f"{name} carries a .grad": state["grad"] is not None for name, state in after.items()},
        **{f"{name} requires grad": state["requires_grad"] for name, state in after.items()},
        **{f"{name} afterwards": state["values"] for name, state in after.items()},
    }


def the_earlier_gradients(outputs, calls):
    return {f"{name}.grad afterwards": outputs[0][name]["grad"] for name in ("w", "b")}


# Here the arguments are shown and not looked at; a gradient that is there before and after keeps
# their states comparable. Whoever uses backward() has a right answer, and earns this.
@exercise.case(
    points=4,
    shows=["x", "w", "b"],
    observe=only_the_gradient,
    hint="The gradient of which tensor is returned, and does it have x's shape?",
)
def the_gradient_is_right(inputs: Inputs):
    """the gradient of the sum with respect to x is right"""
    return layer(inputs, had=True)


# The arguments are judged once the gradient is right: whoever returns x has touched nothing.
@exercise.case(
    points=2,
    shows=["x", "w", "b"],
    observe=what_became_of_x,
    needs=[the_gradient_is_right],
    hint="After the call, print x.requires_grad and x.grad.",
)
def x_leaves_as_it_came(inputs: Inputs):
    """the caller's x neither requires grad nor has a .grad afterwards"""
    return layer(inputs, had=True)


@exercise.case(
    points=2,
    shows=["w", "b"],
    observe=what_became_of_the_parameters,
    needs=[the_gradient_is_right, x_leaves_as_it_came],
    hint="After the call, print w.grad and w.requires_grad.",
)
def the_parameters_get_no_gradient(inputs: Inputs):
    """no .grad appears on w or b, and they still require grad"""
    return layer(inputs)


@exercise.case(
    points=2,
    shows=["w", "b"],
    observe=the_earlier_gradients,
    needs=[the_gradient_is_right, x_leaves_as_it_came],
    hint="Give w a .grad before the call, and compare it afterwards.",
)
def an_earlier_gradient_stays(inputs: Inputs):
    """a gradient that w and b had before is still there, unchanged"""
    return layer(inputs, had=True)


@exercise.case(
    points=1,
    shows=["w", "b"],
    observe=only_the_gradient,
    needs=[the_gradient_is_right, x_leaves_as_it_came],
    hint="A batch of one still has two axes.",
)
def any_sizes_will_do(inputs: Inputs):
    """a batch of one, one unit, square sizes and a transposed view will do"""
    strided = layer(inputs, 4, 4, 4, had=True)
    strided["x"] = strided["x"].T
    return [
        layer(inputs, batch=1, had=True),
        layer(inputs, units=1, had=True),
        layer(inputs, 1, 1, 1, had=True),
        strided,
        {**layer(inputs, 4, 3, 5, had=True), "x": inputs.strided(inputs.normal(4, 3))},
    ]


@exercise.grows(per="sample")
def samples(inputs: Inputs):
    parameters = dict(w=inputs.normal(7, 3), b=inputs.normal(7))
    return {n: dict(x=inputs.normal(n, 3), **parameters) for n in (4, 12)}


@exercise.alternative()
def by_formula(x, w, b):
    """writes the derivative down: (1 - tanh^2) through w"""
    return (1 - torch.tanh(x @ w.T + b) ** 2) @ w


@exercise.alternative()
def by_torch_func(x, w, b):
    """asks torch.func for the gradient of a function of x"""
    return torch.func.grad(lambda batch: torch.tanh(batch @ w.T + b).sum())(x)


@exercise.alternative()
def with_parameters_detached(x, w, b):
    """lets backward() write, but only x's stand-in requires grad"""
    leaf = x.clone().requires_grad_()
    torch.tanh(leaf @ w.detach().T + b.detach()).sum().backward()
    return leaf.grad


@exercise.alternative()
def backward_for_some_inputs(x, w, b):
    """tells backward() which leaves may have a gradient"""
    leaf = torch.nn.Parameter(x.detach())
    torch.nn.functional.linear(leaf, w, b).tanh().sum().backward(inputs=[leaf])
    return leaf.grad


@exercise.alternative()
def flag_put_back(x, w, b):
    """makes x itself require grad, and undoes it whatever happens"""
    x.requires_grad_(True)
    try:
        (gradient,) = torch.autograd.grad((x @ w.T + b).tanh().sum(), x)
    finally:
        x.requires_grad_(False)
    return gradient


def pulled(x, w, b, reduce=torch.sum, activation=torch.tanh):
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(reduce(activation(leaf @ w.T + b)), leaf)[0]


@exercise.mistake(
    caught_by=the_gradient_is_right,
    hint="Yours has the shape of w. Ask for the gradient of what stands for x.",
    points_at=r"\bw\b.*grad|grad.*\bw\b",
)
def gradient_of_the_weights(x, w, b):
    """returns the gradient of w instead of x"""
    return torch.autograd.grad(torch.tanh(x @ w.T + b).sum(), w)[0]


@exercise.mistake(
    caught_by=the_gradient_is_right,
    hint="backward() itself returns None. And clone() and x * 1 of a leaf that requires grad are "
    "no leaves: .grad stays None there. Detach first, then requires_grad_(), and read .grad of "
    "that same tensor.",
    points_at=r"return",
)
def asks_a_non_leaf(x, w, b):
    """returns None: the .grad of a tensor that is no leaf, or what backward() returns"""
    leaf = x.detach().requires_grad_()
    copy = leaf.clone()
    torch.tanh(copy @ w.detach().T + b.detach()).sum().backward()
    return None


@exercise.mistake(
    caught_by=the_gradient_is_right,
    hint="The output is summed. With mean() every gradient is divided by the number of outputs.",
    points_at=r"mean",
)
def mean_for_sum(x, w, b):
    """takes the mean of the outputs instead of their sum"""
    return pulled(x, w, b, reduce=torch.mean)


@exercise.mistake(
    caught_by=the_gradient_is_right,
    hint="tanh comes before the sum: the slope 1 - tanh(...)**2 is missing, and every row of your "
    "gradient is the same.",
    points_at=r"sum\(|expand|@",
)
def tanh_missing(x, w, b):
    """leaves tanh out, so that every sample has the same gradient"""
    return pulled(x, w, b, activation=torch.nn.Identity())


@exercise.mistake(
    caught_by=the_gradient_is_right,
    hint="The derivative of tanh is 1 - tanh(z)**2: square it.",
    points_at=r"1\s*-|1\.0\s*-",
)
def square_missing(x, w, b):
    """takes 1 - tanh for the derivative of tanh"""
    return (1 - torch.tanh(x @ w.T + b)) @ w


@exercise.mistake(
    caught_by=the_gradient_is_right,
    hint="y * (1 - y) belongs to the sigmoid. The derivative of tanh is 1 - tanh(z)**2.",
    points_at=r"1\s*-|1\.0\s*-",
)
def derivative_of_the_sigmoid(x, w, b):
    """takes y * (1 - y) for the derivative of tanh: that is the sigmoid's"""
    y = torch.tanh(x @ w.T + b)
    return (y * (1 - y)) @ w


@exercise.mistake(
    caught_by=the_gradient_is_right,
    hint="Every sample has its own gradient, a row of (B, I). Do not add or average over the "
    "batch.",
    points_at=r"sum\(|mean\(",
)
def summed_over_the_batch(x, w, b):
    """adds the gradients of all samples up"""
    return pulled(x, w, b).sum(0)


@exercise.mistake(
    caught_by=x_leaves_as_it_came,
    hint="x belongs to the caller. Detach first: x.detach().requires_grad_() flips the new leaf, "
    "not x.",
    points_at=r"\bx\.requires_grad",
)
def flips_the_flag_of_x(x, w, b):
    """turns requires_grad on for the caller's x and leaves it on"""
    x.requires_grad_(True)
    return torch.autograd.grad(torch.tanh(x @ w.T + b).sum(), x)[0]


@exercise.mistake(
    caught_by=x_leaves_as_it_came,
    hint="backward() writes into x, w and b alike, and x is left requiring grad. Work on "
    "x.detach(), and take torch.autograd.grad, which writes nowhere.",
    points_at=r"\bx\.requires_grad|backward",
)
def backward_on_x_itself(x, w, b):
    """calls backward() with the caller's x as the leaf, which leaves traces everywhere"""
    x.requires_grad_(True)
    torch.tanh(x @ w.T + b).sum().backward()
    return x.grad


@exercise.mistake(
    caught_by=the_parameters_get_no_gradient,
    hint="backward() adds a gradient to every leaf that requires one, w and b included. "
    "torch.autograd.grad(out, leaf) returns only what you ask for.",
    points_at=r"backward",
)
def leaves_gradients_on_the_parameters(x, w, b):
    """calls backward(), which also writes into w.grad and b.grad"""
    leaf = x.detach().requires_grad_()
    torch.tanh(leaf @ w.T + b).sum().backward()
    return leaf.grad


@exercise.mistake(
    caught_by=the_parameters_get_no_gradient,
    hint="A .grad of zeros is not None, and zeroing throws away what was there before. Do not let "
    "a gradient get there at all: torch.autograd.grad returns it instead.",
    points_at=r"zero_|zeros",
)
def zeroes_gradients_afterwards(x, w, b):
    """zeroes w.grad and b.grad after backward(): zeros stay where there was nothing"""
    leaf = x.detach().requires_grad_()
    torch.tanh(leaf @ w.T + b).sum().backward()
    w.grad.zero_()
    b.grad.zero_()
    return leaf.grad


@exercise.mistake(
    caught_by=the_parameters_get_no_gradient,
    hint="w and b came with requires_grad and are returned without it: training would stop. "
    "Use w.detach() in the graph instead.",
    points_at=r"requires_grad_?\s*(=|\()\s*False|\bw\.requires_grad",
)
def freezes_the_parameters(x, w, b):
    """turns requires_grad off for w and b and leaves it off"""
    w.requires_grad_(False)
    b.requires_grad_(False)
    return pulled(x, w, b)


@exercise.mistake(
    caught_by=an_earlier_gradient_stays,
    hint="Setting .grad to None also throws away what somebody else had put there. Do not let a "
    "gradient get there at all.",
    points_at=r"\.grad\s*=|None",
)
def clears_gradients_afterwards(x, w, b):
    """clears w.grad and b.grad after backward(), and with them the gradients from before"""
    leaf = x.detach().requires_grad_()
    torch.tanh(leaf @ w.T + b).sum().backward()
    w.grad = b.grad = None
    return leaf.grad


@exercise.mistake(
    caught_by=any_sizes_will_do,
    hint="squeeze() takes away every axis of length one, a batch of one too. Return (B, I).",
    points_at=r"squeeze",
)
def loses_axes_of_length_one(x, w, b):
    """drops axes of length one from the answer"""
    return pulled(x, w, b).squeeze()


@exercise.picture(the_gradient_is_right)
def draw(view: View):
    """The gradient against the right one."""
    yours, expected = (answers[view.call]["returned"] for answers in (view.yours, view.expected))
    if yours.shape != expected.shape:
        return None
    return pictures.scatter(yours, expected, title="Gradient of x")
