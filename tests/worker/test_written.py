"""Forbidden names in what is written."""

from __future__ import annotations

import ast
import textwrap

import pytest

from grader.worker.forbidden import Words, operation
from grader.worker.written import forbidden_names, top_level_functions

WORDS = Words(("layer_norm", "cross_entropy", "torch.nn.init", "torch.optim"))


def found(source: str) -> list[tuple[int | None, str]]:
    """Line and full name of what is reported for a graded function ``f``."""
    tree = ast.parse(textwrap.dedent(source))
    return [(use.line, use.how) for use in forbidden_names(tree, ["f"], WORDS)]


@pytest.mark.parametrize(
    ("source", "line", "name"),
    [
        ("import torch\ndef f(x):\n    return torch.layer_norm(x)", 3, "torch.layer_norm"),
        (
            "import torch as t\ndef f(x):\n    return t.native_layer_norm(x)",
            3,
            "torch.native_layer_norm",
        ),
        (
            "import torch.nn.functional as F\ndef f(x):\n    return F.layer_norm(x)",
            3,
            "torch.nn.functional.layer_norm",
        ),
        (
            "from torch.nn.functional import layer_norm as ln\nf = lambda x: ln(x)",
            2,
            "torch.nn.functional.layer_norm",
        ),
        ("from torch import nn\ndef f(x):\n    return nn.LayerNorm(3)(x)", 3, "torch.nn.LayerNorm"),
        (
            "from torch import nn\ng = nn.LayerNorm\ndef f(x):\n    return g(3)(x)",
            2,
            "torch.nn.LayerNorm",
        ),
        (
            "def f(x):\n    import torch\n    return torch.ops.aten.layer_norm(x)",
            3,
            "torch.ops.aten.layer_norm",
        ),
        (
            "import torch.nn.functional as F\ndef f(x):\n    return getattr(F, 'layer_norm')(x)",
            3,
            "torch.nn.functional.layer_norm",
        ),
        (
            "from torch.nn.functional import *\ndef f(x):\n    return layer_norm(x)",
            3,
            "torch.nn.functional.layer_norm",
        ),
        (
            "from torch import nn\ndef f(x):\n    return nn.CrossEntropyLoss()(x)",
            3,
            "torch.nn.CrossEntropyLoss",
        ),
        ("from torch.nn import init\ndef f(x):\n    init.zeros_(x)", 3, "torch.nn.init.zeros_"),
        ("import torch\ndef f(x):\n    torch.optim.SGD([x])", 3, "torch.optim.SGD"),
        (
            "import torch\nclass H:\n    def go(self, x):\n        return torch.layer_norm(x)\n"
            "def h(x):\n    return H().go(x)\ndef f(x):\n    return h(x)",
            4,
            "torch.layer_norm",
        ),
        (
            "try:\n    from torch import layer_norm\nexcept ImportError:\n    pass\n"
            "def f(x):\n    return layer_norm(x)",
            6,
            "torch.layer_norm",
        ),
    ],
)
def test_every_way_to_write_it_is_found(source: str, line: int, name: str) -> None:
    """The full name and the line are reported, through aliases and helpers."""
    assert (line, name) in found(source)


@pytest.mark.parametrize(
    "source",
    [
        "def layer_norm(x):\n    return x\ndef f(x):\n    return layer_norm(x)",
        "import torch\ndef test():\n    torch.layer_norm(1)\ndef f(x):\n    return x",
        "import torch\ndef f(x): ...\nif __name__ == '__main__':\n    torch.layer_norm(1)",
        "from torch import layer_norm\ndef layer_norm(x): ...\ndef f(x):\n    layer_norm(x)",
        "import mylib\ndef f(x):\n    return mylib.layer_norm(x)",
        "def f(x):\n    'do not call torch.layer_norm'\n    return x.layer_normal",
        "import torch.nn.init\ndef f(x):\n    return torch.nn.Linear(2, 3)(x)",
    ],
)
def test_what_is_allowed_is_not_reported(source: str) -> None:
    """The learner's own names, unreached helpers and texts are no use."""
    assert found(source) == []


@pytest.mark.parametrize(
    "name",
    [
        "layer_norm",
        "native_layer_norm",
        "aten::native_layer_norm_backward",
        "_layer_norm",
        "layer_norm_",
    ],
)
def test_an_operation_is_known_under_every_name(name: str) -> None:
    """Prefixes and suffixes that torch adds do not hide an operation."""
    assert operation(name) == "layer_norm"


def test_a_word_with_dots_covers_what_is_inside() -> None:
    """A module's word matches the module and its parts, not its namesakes."""
    assert WORDS.of_module("torch.optim.sgd") == "torch.optim"
    assert WORDS.of_module("torch.optimal") == ""


def test_functions_are_listed_with_their_lines() -> None:
    """Top-level functions, those in branches included; methods are none."""
    tree = ast.parse(
        "if True:\n    def a():\n        pass\nclass C:\n    def m(self): ...\ndef b(): ..."
    )
    assert top_level_functions(tree) == {"a": (2, 3), "b": (6, 6)}
