"""Seeing which operations run, and which of them are forbidden."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from grader.pool import Report
from grader.wire.frames import Answer
from grader.wire.values import decode

Run = Callable[..., Report]
X = torch.arange(6, dtype=torch.float64).reshape(2, 3)
HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def answer_to(run: Run, source: str, *forbids: str) -> Answer:
    """The answer of ``f(X)``."""
    report = run(HEAD + source, {"x": X}, forbids=forbids)
    (answer,) = report.answers
    assert answer.raised is None, answer.raised
    return answer


@pytest.mark.parametrize(
    "expression",
    [
        "F.layer_norm(x, (3,))",
        "torch.layer_norm(x, (3,))",
        "torch.native_layer_norm(x, (3,), None, None, 1e-5)[0]",
        "torch.ops.aten.native_layer_norm(x, (3,), None, None, 1e-5)[0]",
        "torch.ops.aten.layer_norm.default(x, (3,))",
        "nn.LayerNorm(3)(x)",
        "torch.func.functional_call(nn.LayerNorm(3), {}, (x,))",
        "getattr(F, 'layer' + '_norm')(x, (3,))",
        "hidden(x, (3,))",
        "torch.vmap(lambda row: F.layer_norm(row, (3,)))(x)",
        "torch.func.grad(lambda a: F.layer_norm(a, (3,)).sum())(x)",
        "nn.TransformerEncoderLayer(3, 1, 4, batch_first=True)(x[None])",
    ],
)
def test_a_forbidden_operation_is_seen_however_it_is_called(run: Run, expression: str) -> None:
    """The author's word and the learner's line are reported."""
    source = f"hidden = F.layer_norm\ndef f(x):\n    return {expression}"
    uses = answer_to(run, source, "layer_norm").forbidden
    assert {(use.name, use.line) for use in uses} == {("layer_norm", 6)}


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("nn.init.kaiming_normal_(x.clone())", "torch.nn.init"),
        ("nn.Linear(3, 2).weight", "torch.nn.init"),
        ("step(x)", "torch.optim"),
    ],
)
def test_a_forbidden_module_is_seen_from_inside(run: Run, expression: str, word: str) -> None:
    """Operations that run inside a forbidden module are charged to the learner's line."""
    source = (
        "def step(x):\n    w = x.clone().requires_grad_()\n    w.grad = x\n"
        f"    torch.optim.SGD([w], lr=1.0).step()\n    return w\ndef f(x):\n    return {expression}"
    )
    uses = answer_to(run, source, "torch.nn.init", "torch.optim").forbidden
    assert {use.name for use in uses} == {word}


@pytest.mark.parametrize(
    "source",
    [
        "def layer_norm(x):\n    return x - x.mean()\ndef f(x):\n    return layer_norm(x)",
        "def f(x):\n    return torch.rms_norm(x, (3,))",
        "def f(x):\n    return nn.functional.softmax(x, -1) @ x.T",
    ],
)
def test_what_is_allowed_is_not_charged(run: Run, source: str) -> None:
    """The learner's own function of a forbidden name is not the forbidden one."""
    assert answer_to(run, source, "layer_norm", "torch.nn.init", "torch.optim").forbidden == ()


def test_the_engine_is_not_charged_for_derivatives(run: Run) -> None:
    """A forbidden operation that only autograd runs is the derivative of another."""
    source = """
def f(x):
    y = x.clone().requires_grad_()
    torch.autograd.grad(torch.tanh(y @ y.T).sum(), y)
    return torch.autograd.grad((y.exp()).sum(), y)[0]
"""
    uses = answer_to(run, source, "mul", "mm").forbidden
    assert [(use.how, use.line) for use in uses] == [("aten::mm", 7)]


def test_operations_are_counted_with_their_first_line(run: Run) -> None:
    """A loop shows as a count; the line is where it was first called."""
    source = "def f(x):\n    for _ in range(40):\n        x = x * 1.5\n    return torch.exp(x)"
    operations = {each.name: each for each in answer_to(run, source).operations}
    assert (operations["aten::mul"].count, operations["aten::mul"].line) == (40, 6)
    assert (operations["aten::exp"].count, operations["aten::exp"].line) == (1, 7)
    assert "torch.exp" not in operations
    operations = {each.name: each for each in answer_to(run, source, "layer_norm").operations}
    assert operations["torch.exp"].count == 1


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("torch.vmap(lambda row: row.sum())(x)", X.sum(1)),
        ("torch.func.grad(lambda a: (a ** 2).sum())(x)", 2 * X),
        ("torch.func.jacrev(lambda a: a * 2)(x[0])", 2 * torch.eye(3, dtype=torch.float64)),
        ("torch.func.jvp(torch.sin, (x,), (x,))[1]", X * X.cos()),
        (
            "torch.autograd.functional.jacobian(lambda a: a * 2, x[0])",
            2 * torch.eye(3, dtype=torch.float64),
        ),
        ("torch.stack(list(torch.utils.data.DataLoader(x, batch_size=None)))", X),
    ],
)
def test_transforms_work_under_observation(
    run: Run, expression: str, expected: torch.Tensor
) -> None:
    """Looking on changes nothing about what is computed."""
    answer = answer_to(run, f"def f(x):\n    return {expression}", "layer_norm", "torch.optim")
    assert torch.equal(decode(answer.values[0]), expected)
    assert answer.globals_changed == ()


def test_a_small_case_is_observed_quickly(run: Run) -> None:
    """A case of a few operations takes a few milliseconds at most, evidence included."""
    source = HEAD + "def f(x):\n    return (x - x.mean(-1, keepdim=True)) / x.std()"
    answers = run(source, *[{"x": X}] * 30, forbids=["layer_norm"], gradients=["x"]).answers
    times = sorted(answer.duration_s for answer in answers)
    assert times[len(times) // 2] < 0.01
