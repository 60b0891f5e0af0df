"""Calls in a real worker: values, gradients, faults, global state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from grader.inputs import Generator, Inputs
from grader.pool import Report
from grader.wire.frames import Answer
from grader.wire.values import decode, gradients

Run = Callable[..., Report]
X = torch.arange(6, dtype=torch.float64).reshape(2, 3)


def only(report: Report) -> Answer:
    """The single answer of a report that finished."""
    assert report.end == "finished", report
    assert report.loaded is not None
    assert report.loaded.fault is None
    (answer,) = report.answers
    return answer


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -2.5,
        float("inf"),
        "text",
        [1, (2, {"a": X}), []],
        X,
        X.to(torch.int32),
        X > 2,
    ],
)
def test_values_are_echoed(run: Run, value: Any) -> None:
    """What goes in comes out."""
    answer = only(run("def f(x):\n    return x", {"x": value}))
    assert str(decode(answer.values[0])) == str(value)
    assert str(decode(answer.inputs_after[0]["x"])) == str(value)


def test_inputs_keep_their_strides(run: Run) -> None:
    """A view with gaps is a view with gaps for the learner."""
    source = "def f(x):\n    return x.is_contiguous(), x.stride()"
    answer = only(run(source, {"x": Inputs.strided(X)}))
    assert decode(answer.values[0]) == (False, (6, 2))


def test_each_call_has_fresh_inputs(run: Run) -> None:
    """What one call did to its inputs does not reach the next, and is shown."""
    source = "def f(x):\n    x += 1\n    return x.sum()"
    answer = only(run(source, {"x": X}, {"x": X}, together=True))
    assert [float(decode(value)) for value in answer.values] == [21.0, 21.0]
    assert torch.equal(decode(answer.inputs_after[0]["x"]), X + 1)


def test_generators_live_through_a_task(run: Run) -> None:
    """Two calls share a generator, another case starts afresh."""
    source = "import torch\ndef f(g):\n    return torch.rand(2, generator=g)"
    arguments = [{"g": Generator(1, 3)}, {"g": Generator(1, 3)}]
    first, second = (decode(v) for v in only(run(source, *arguments, together=True)).values)
    live = torch.Generator().manual_seed(3)
    assert torch.equal(first, torch.rand(2, generator=live, dtype=torch.float64))
    assert torch.equal(second, torch.rand(2, generator=live, dtype=torch.float64))
    apart = run(source, *arguments).answers
    assert apart[0].values == apart[1].values


def test_gradients_match_the_judges(run: Run) -> None:
    """Worker and judge pull the same upstream gradient back."""
    source = "def f(x, y):\n    return (x ** 3 * y, [x.sum()])"
    y = X + 1
    answer = only(run(source, {"x": X, "y": y}, gradients=["x", "y"]))
    leaves = [X.clone().requires_grad_(), y.clone().requires_grad_()]
    value = (leaves[0] ** 3 * leaves[1], [leaves[0].sum()])
    assert answer.gradients is not None
    for name, expected in zip("xy", gradients(value, leaves, seed=7), strict=True):
        assert expected is not None
        assert torch.equal(decode(answer.gradients[0][name]), expected)


def test_a_cut_graph_and_a_broken_backward_are_told_apart(run: Run) -> None:
    """No gradient is None; an exception on the way is a text."""
    cut = only(run("def f(x):\n    return x.detach() * 2", {"x": X}, gradients=["x"]))
    assert cut.gradients == ({"x": None},)
    source = """
        import torch
        class Bad(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * 2
            @staticmethod
            def backward(ctx, g):
                raise ValueError("lost the input")
        def f(x):
            return Bad.apply(x)
    """
    broken = only(run(source, {"x": X}, gradients=["x"]))
    assert broken.gradient_problem == "ValueError: lost the input"
    assert len(broken.values) == 1


@pytest.mark.parametrize(
    ("source", "kind", "line", "says"),
    [
        ("def f(x):\n    return 1 / 0", "other", 2, "division by zero"),
        (
            "def g(x):\n    raise NotImplementedError\ndef f(x):\n    return g(x)",
            "not_implemented",
            2,
            "",
        ),
        ("def f(x):\n    exit(3)", "other", 2, "3"),
        ("def f(x):\n    raise KeyboardInterrupt", "other", 2, ""),
        ("def f(x):\n    return f(x)", "recursion", 2, "maximum recursion"),
        ("import torch\ndef f(x):\n    return torch.ones(3) @ torch.ones(4)", "other", 3, "size"),
        ("import torch\ndef f(x):\n    return torch.empty(10**12)", "memory", 3, "memory"),
        ("def f(x):\n    return bytearray(10**11)", "memory", 2, ""),
        ("def f(x):\n    import nonsense", "import", 2, "nonsense"),
        ("def f(x, y):\n    return x", "signature", None, "it asks for y"),
        ("f = 3", "signature", None, "not a function but int"),
        ("def F(x):\n    return x", "signature", None, "there is no function f"),
        (
            "class E(Exception):\n    def __str__(self):\n        raise ValueError\n"
            "def f(x):\n    raise E",
            "other",
            5,
            "cannot be shown",
        ),
    ],
)
def test_exceptions_are_described(
    run: Run, source: str, kind: str, line: int | None, says: str
) -> None:
    """Kind, message and the learner's own line; the next case is still run."""
    report = run(source, {"x": X}, {"x": X})
    assert report.end == "finished"
    assert len(report.answers) == 2
    for answer in report.answers:
        assert answer.raised is not None
        assert (answer.raised.kind, answer.raised.line) == (kind, line)
        assert says in answer.raised.message


def test_only_the_learners_frames_and_shapes_are_told(run: Run) -> None:
    """The trace holds the learner's lines; the shapes are those of the innermost function."""
    source = """
        import torch
        def project(q, k):
            return torch.nn.functional.linear(q, k)

        def f(x):
            return project(x, x.T)
    """
    raised = only(run(source, {"x": X})).raised
    assert raised is not None
    assert raised.trace == ((7, "f"), (4, "project"))
    assert (raised.line, raised.function) == (4, "project")
    assert raised.shapes == {"q": "float64 (2, 3)", "k": "float64 (3, 2)"}


def test_short_texts_and_shapes_are_told_in_full(run: Run) -> None:
    """What kind of thing a text is says nothing; a long one is not repeated."""
    source = "def f(name, shape, more): raise KeyError(name)"
    arguments = {"name": "leaky", "shape": (4, 3), "more": "x" * 99}
    raised = only(run(source, arguments)).raised
    assert raised is not None
    assert raised.shapes == {"name": "'leaky'", "shape": "(4, 3)", "more": "str"}


def test_not_implemented_by_torch_is_not_a_stub(run: Run) -> None:
    """Only the learner's own line makes an exercise "not started"."""
    source = "import torch\ndef f(x):\n    return torch.nn.Module()(x)"
    raised = only(run(source, {"x": X})).raised
    assert raised is not None
    assert (raised.type, raised.kind) == ("NotImplementedError", "other")


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("def f(x)\n    return x", "syntax", 1),
        ("x = '\0'", "syntax", None),
        ("import torch\nimport nonsense", "import", 2),
        ("a = 1\nb = a / 0", "other", 2),
        ("import sys\nsys.exit(0)", "other", 2),
    ],
)
def test_faults_of_the_file_are_told(run: Run, source: str, kind: str, line: int | None) -> None:
    """A file that cannot be loaded gives a fault and no answers."""
    report = run(source, {"x": X})
    assert report.end == "finished"
    assert report.loaded is not None
    assert report.loaded.fault is not None
    assert (report.loaded.fault.kind, report.loaded.fault.line) == (kind, line)
    assert report.answers == ()


def test_a_syntax_error_shows_its_line(run: Run) -> None:
    """The text of the line comes along."""
    loaded = run("def f(x)\n    return x", {"x": X}).loaded
    assert loaded is not None
    assert loaded.fault is not None
    assert loaded.fault.text == "def f(x)"


def test_facts_about_functions(run: Run) -> None:
    """Lines, signature, and how the exercise's parameters fit."""
    loaded = run(
        "import torch\n\ndef f(inp, w=2):\n    return inp\ndef g(): ...", {"x": X, "y": 1}
    ).loaded
    assert loaded is not None
    facts = loaded.functions["f"]
    assert (facts.line, facts.last_line, facts.signature) == (3, 4, "(inp, w=2)")
    assert (facts.accepts, facts.parameters) == ("position", ("inp", "w"))
    assert loaded.defined == ("f", "g")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("torch.rand(1)", "the global random generator (torch)"),
        ("torch.manual_seed(0)", "the global random generator (torch)"),
        ("x.clone().normal_()", "the global random generator (torch)"),
        ("numpy.random.rand()", "the global random generator (numpy)"),
        ("random.random()", "the global random generator (random)"),
        ("torch.set_default_dtype(torch.float32)", "the default dtype"),
        ("torch.set_default_device('meta')", "the default device"),
        ("torch.set_grad_enabled(False)", "grad mode"),
        ("torch.use_deterministic_algorithms(True)", "deterministic mode"),
        ("torch.set_num_threads(3)", "the number of threads"),
        ("torch.autograd.set_detect_anomaly(True)", "anomaly mode"),
    ],
)
def test_changed_globals_are_told_and_restored(run: Run, line: str, name: str) -> None:
    """Each global thing has a name; the next call finds it as it was."""
    source = (
        "import random, numpy, torch\ncalls = 0\ndef f(x):\n    global calls\n    calls += 1\n"
        f"    if calls == 1:\n        {line}\n    return x * 2"
    )
    first, second = run(source, {"x": X}, {"x": X}, gradients=["x"]).answers
    assert first.globals_changed == (name,)
    assert second.globals_changed == ()
    assert decode(second.values[0]).dtype is torch.float64
    assert second.gradients is not None
    assert second.gradients[0]["x"] is not None


def test_draws_may_be_allowed(run: Run) -> None:
    """A case may allow the global generators; other changes are still told."""
    source = "import torch\ndef f(x):\n    torch.set_num_threads(2)\n    return torch.rand(2)"
    answer = only(run(source, {"x": X}, allows_global_rng=True))
    assert answer.globals_changed == ("the number of threads",)


def test_a_run_repeats(run: Run) -> None:
    """Global draws give the same values in every call and every run."""
    source = "import torch\ndef f(x):\n    return torch.rand(2)"
    answers = [*run(source, {"x": X}, {"x": X}).answers, *run(source, {"x": X}).answers]
    assert len({answer.values for answer in answers}) == 1


LOADER = """
    import torch
    from torch.utils.data import DataLoader
    def f(x, g):
        batches = list(DataLoader(x, batch_size=1, shuffle=True, generator=g))
        batches += list(DataLoader(x, batch_size=1))
        {more}
        return torch.cat(batches)
"""


def test_the_seed_that_a_loader_draws_is_not_charged(run: Run) -> None:
    """DataLoader draws a seed for its workers; the learner cannot help it."""
    arguments = {"x": X, "g": Generator(1, 1)}
    assert only(run(LOADER.format(more=""), arguments)).globals_changed == ()
    charged = only(run(LOADER.format(more="torch.rand(1)"), arguments))
    assert charged.globals_changed == ("the global random generator (torch)",)


def test_a_shuffle_without_the_generator_is_charged(run: Run) -> None:
    """The order of the samples is the learner's business: it must come from their generator."""
    source = """
        import torch
        from torch.utils.data import DataLoader
        def f(x, g):
            return torch.cat(list(DataLoader(x, shuffle=True)))
    """
    answer = only(run(source, {"x": X, "g": Generator(1, 1)}))
    assert answer.globals_changed == ("the global random generator (torch)",)
