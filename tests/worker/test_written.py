"""Forbidden names in what is written, and what is flagged for an instructor."""

from __future__ import annotations

import ast
import textwrap
import time

import pytest

from grader.wire.control import Scan
from grader.worker.forbidden import Words, operation
from grader.worker.written import search, top_level_functions
from grader.worker.written.meanings import normal

WORDS = Words(("layer_norm", "cross_entropy", "tanh", "torch.nn.init", "torch.optim"))
HEAD = (
    "import functools, importlib, operator, sys, types\n"
    "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
)
FUNCTIONAL = "torch.nn.functional"
WHOSE = "uses .layer_norm of something"


def scan(source: str, words: Words = WORDS) -> Scan:
    """What is found for a graded function ``f``."""
    return search(ast.parse(textwrap.dedent(source)), ["f"], words)


def found(source: str) -> list[tuple[int | None, str]]:
    """Line and full name of what is reported for a graded function ``f``."""
    return [(use.line, use.how) for use in scan(source).uses]


def flagged(source: str, words: Words = WORDS) -> list[str]:
    """What is flagged."""
    return [flag.what for flag in scan(source, words).flags]


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
    reported = found(source)
    assert any(at == line and how in (name, name.rpartition(".")[0]) for at, how in reported)


@pytest.mark.parametrize(
    "expression",
    [
        "getattr(F, 'layer' + '_norm')(x)",
        "getattr(F, f\"{'layer'}_norm\")(x)",
        "F.__dict__['layer_norm'](x)",
        "vars(F)['layer_norm'](x)",
        "dict(vars(F))['layer_norm'](x)",
        "{**vars(F)}['layer_norm'](x)",
        "operator.attrgetter('nn.functional.layer_norm')(torch)(x)",
        "operator.methodcaller('layer_norm', x, (3,))(F)",
        "importlib.import_module('torch.nn.functional').layer_norm(x)",
        "__import__('torch').layer_norm(x)",
        "__import__('torch.nn.functional', fromlist=['x']).layer_norm(x)",
        "__builtins__['getattr'](F, 'layer_norm')(x)",
        "sys.modules['torch.nn.functional'].layer_norm(x)",
        "torch.ops.aten.native_layer_norm(x)",
        "torch._C._nn.cross_entropy_loss(x)",
        "globals()['F'].layer_norm(x)",
        "torch.jit.script(lambda x: F.layer_norm(x))(x)",
        "functools.partial(F.layer_norm, x)()",
        "list(map(F.layer_norm, [x]))",
        "[F.layer_norm(a) for a in x]",
        "(lambda a: F.layer_norm(a))(x)",
        "(m := F).layer_norm(x)",
        "[m.layer_norm(x) for m in [F]]",
        "[F, torch][0].layer_norm(x)",
        "{'a': F}['a'].layer_norm(x)",
        "(F if x is None else torch).layer_norm(x)",
        "next(iter([F])).layer_norm(x)",
        "F.importlib.import_module('torch').layer_norm(x)",
        "torch.nn.modules.linear.init.zeros_(x)",
        "nn.modules.normalization.LayerNorm(3)(x)",
        "x.tanh()",
        "torch.Tensor.tanh(x)",
        "getattr(x, 'tanh')()",
        "F.ｌayer_norm(x)",
    ],
)
def test_every_detour_is_followed(expression: str) -> None:
    """Each of these is a use, at the line where it is written."""
    assert 6 in [line for line, _ in found(f"{HEAD}def f(x):\n    return {expression}")]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x, ln=F.layer_norm):\n    return ln(x)",
        "def f(x, m=F):\n    return m.layer_norm(x)",
        "from torch.nn.functional import layer_norm as f",
        "f = F.layer_norm",
        "class f:\n    def __new__(cls, x):\n        return F.layer_norm(x)",
        "def g(x):\n    return F.layer_norm(x)\nf = g",
        "class H:\n    m = F\ndef f(x):\n    return H.m.layer_norm(x)",
        "class H:\n    def __init__(self):\n        self.m = F\n    def go(self, x):\n"
        "        return self.m.layer_norm(x)\ndef f(x):\n    return H().go(x)",
        "class L(nn.LayerNorm): pass\ndef f(x):\n    return L(3)(x)",
        "a, b = F, torch\ndef f(x):\n    return a.layer_norm(x)",
        "@torch.jit.script\ndef h(x):\n    return torch.layer_norm(x)\ndef f(x):\n    return h(x)",
        "@F.layer_norm\ndef f(x):\n    return x",
        "def f(x, y: F.layer_norm(1) = 3):\n    return x",
        "def set_up():\n    global h\n    h = F.layer_norm\nset_up()\ndef f(x):\n    return h(x)",
        "def h(x):\n    return F.layer_norm(x)\ndef f(x):\n    return globals()['h'](x)",
        "class B: pass\nb = B()\nb.h = F.layer_norm\ndef f(x):\n    return b.h(x)",
        "d = {}\nd['h'] = F.layer_norm\ndef f(x):\n    return d['h'](x)",
        "if __name__ != 'x':\n    from torch import layer_norm as h\ndef f(x):\n    return h(x)",
        "__name__ = '__main__'\nif __name__ == '__main__':\n    h = F.layer_norm\n"
        "def f(x):\n    return h(x)",
    ],
)
def test_names_are_followed_through_the_file(source: str) -> None:
    """Defaults, helpers, classes, loops, containers and texts that run hide nothing."""
    assert found(HEAD + source)


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
        "import math\nimport numpy as np\ndef f(x):\n    return math.tanh(1) + np.tanh(1)",
        "import numpy as np\ndef f(x):\n    return np.random.default_rng(0).uniform(x)",
        "class N:\n    def layer_norm(self, x):\n        return x\n"
        "    def go(self, x):\n        return self.layer_norm(x)\ndef f(x):\n    return N().go(x)",
        "from torch import nn\ndef f(x: nn.LayerNorm | None = None) -> nn.LayerNorm:\n"
        "    y: nn.LayerNorm = x\n    return y",
        "import torch.nn.functional as F\ndef f(F):\n    return F.relu",
        "import torch.nn.functional as F\ndef f(x, kind='relu'):\n"
        "    return {'relu': F.relu, 'gelu': F.gelu}[kind](x)",
        "import torch\ndef check(x):\n    torch.layer_norm(x)\ndef f(x):\n    check = x\n"
        "    return check",
        "import torch\ndef f(x):\n    return x\nassert torch.equal(f(1), torch.layer_norm(1))",
        "class W:\n    def __init__(self, n):\n        for i in range(n):\n"
        "            setattr(self, f'w{i}', i)\n    def at(self, i):\n"
        "        return getattr(self, f'w{i}')\ndef f(x):\n    return W(2).at(1)",
        "import torch\ndef f(x):\n    torch.backends.cudnn.deterministic = True\n    return x",
        "import torch\nprint(torch.__version__)\ndef f(x):\n    # torch.layer_norm\n    return x",
        "from collections import namedtuple\nP = namedtuple('P', 'a b')\ndef f(x):\n"
        "    return P(x, x)._replace(a=1).a",
    ],
)
def test_what_is_allowed_is_neither_reported_nor_flagged(source: str) -> None:
    """The learner's own names, unreached helpers, annotations and texts are no use."""
    assert found(source) == []
    assert flagged(source) == []


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("getattr(F, name)(x)", "uses getattr"),
        ("getattr(F, 'mron_reyal'[::-1])(x)", "uses getattr"),
        ("getattr(F, '%s_norm' % 'layer')(x)", "uses getattr"),
        ("getattr(F, ''.join(['layer', '_norm']))(x)", "uses getattr"),
        ("getattr(F, {'n': 'layer_norm'}['n'])(x)", "uses getattr"),
        ("getattr(*[F, 'layer_norm'])(x)", "uses getattr"),
        ("functools.partial(getattr, F)('layer_norm')(x)", "hands getattr on"),
        ("eval('F.layer_norm')(x)", "uses eval"),
        ("torch.jit.CompilationUnit('return torch.layer_norm(x)')", "compiles TorchScript"),
        ("torch._C._jit_get_operation('aten::layer_norm')", "finds operations by a text"),
        ("importlib.import_module('.functional', 'torch.nn').relu(x)", "uses import_module"),
        ("object.__getattribute__(F, 'layer_norm')(x)", "looks up a name"),
        ("operator.itemgetter('relu')(vars(F))(x)", "looks through the names of " + FUNCTIONAL),
        ("sys.modules.get('torch').relu(x)", "looks through sys.modules"),
        ("getattr(x, name)()", "uses getattr"),
        ("exec(name)", "uses exec"),
        ("eval(input())", "uses eval"),
        ("exec(compile(name, '', 'exec'))", "uses compile"),
        ("torch.jit.CompilationUnit(name)", "compiles TorchScript"),
        ("importlib.import_module(name).relu(x)", "uses import_module"),
        ("__import__(name)", "uses __import__"),
        ("operator.attrgetter(name)(F)(x)", "uses attrgetter"),
        ("F.__getattribute__(name)(x)", "looks up a name"),
        ("F.__dict__[name](x)", "looks through the names of torch.nn.functional"),
        ("F.__dict__.get(name)(x)", "looks through the names of torch.nn.functional"),
        ("[o for n, o in vars(F).items()]", "looks through the names of torch.nn.functional"),
        ("globals()[name](x)", "looks through the names of the file"),
        ("sys.modules[name]", "looks through sys.modules"),
        ("list(map(getattr, [F], [name]))", "hands getattr on"),
        ("functools.reduce(getattr, ['a', 'b'], torch)", "hands getattr on"),
        ("x.layer_norm()", WHOSE),
        ("sys._getframe()", "reads frames"),
        ("f.__globals__['F']", "reads __globals__"),
        ("f.__annotations__['x'](x)", "reads annotations"),
        ("().__class__.__base__.__subclasses__()", "reads __subclasses__"),
        ("types.FunctionType(x, {})", "builds functions from code"),
        ("importlib.import_module('gc').get_objects()", "uses the gc module"),
        ("importlib.import_module('pickle').loads(x)", "uses pickle"),
        ("torch.load(x)", "uses torch.load"),
        ("sys.settrace(x)", "sets a trace function"),
        ("setattr(torch, 'relu', x)", "changes torch.relu"),
    ],
)
def test_what_a_text_does_not_decide_is_flagged(expression: str, what: str) -> None:
    """Each is flagged with its line and a reason, and is no use."""
    source = f"{HEAD}def f(x, name):\n    return {expression}"
    flags = {flag.what: flag for flag in scan(source).flags}
    assert what in flags
    assert flags[what].line == 6
    assert flags[what].why
    assert found(source) == []
    assert what not in flagged(source, Words(()))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("def f(x):\n    torch.tanh = x", "changes torch.tanh"),
        ("F.relu = F.gelu\ndef f(x):\n    return F.relu(x)", "changes torch.nn.functional.relu"),
        ("def f(x):\n    n = 'layer'\n    n = n + '_norm'\n    getattr(F, n)", "uses getattr"),
        ("def f(x):\n    n = 'layer'\n    n += '_norm'\n    getattr(F, n)", "uses getattr"),
        (
            "\n".join(["m0 = F", *(f"m{i + 1} = m{i}" for i in range(200))])
            + "\ndef f(x):\n    return m200.layer_norm(x)",
            WHOSE,
        ),
        (
            "import builtins\nbuiltins.zz = F.layer_norm\ndef f(x):\n    return zz(x)",
            "changes builtins.zz",
        ),
        ("def g():\n    yield F\ndef f(x):\n    for m in g():\n        m.layer_norm(x)", WHOSE),
        (
            "L = []\ndef put(to):\n    to.append(F)\nput(L)\ndef f(x):\n    L[0].layer_norm(x)",
            WHOSE,
        ),
        (
            "d = {}\nexec('from torch import layer_norm', d)\ndef f(x):\n"
            "    return d['layer_norm'](x)",
            "uses exec",
        ),
        ("def h():\n    return F\ndef f(x):\n    return h().layer_norm(x)", WHOSE),
        ("def f(x):\n    match F:\n        case m:\n            return m.layer_norm(x)", WHOSE),
        ("r = []\nr.append(F)\ndef f(x):\n    return r[0].layer_norm(x)", WHOSE),
        ("def f(x):\n    for n in ('mean', 'layer_norm'):\n        getattr(F, n)", "uses getattr"),
        (
            "def h(m, n, x):\n    return getattr(m, n)(x)\ndef f(x):\n"
            "    return h(F, 'layer_norm', x)",
            "uses getattr",
        ),
        ("e = exec\ndef f(x):\n    e('global y; y = F.layer_norm(x)')", "uses exec"),
        (
            "class A:\n    n = 'relu'\nsetattr(A, chr(110), 'layer_norm')\n"
            "def f(x):\n    return getattr(F, A.n)(x)",
            "uses getattr",
        ),
        ("exec(''.join(open('x')))\ndef f(x):\n    return h(x)", "uses exec"),
    ],
)
def test_what_happens_elsewhere_is_flagged(source: str, what: str) -> None:
    """Changes to torch, texts put together step by step, registries, long chains of names."""
    assert what in flagged(HEAD + source)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import os\ndef g():\n    os.fork()", "starts a process"),
        ("from os import system as s\ns('ls')", "starts a program"),
        ("import subprocess\nsubprocess.run(['ls'])", "starts a program"),
        ("import socket\nsocket.socket()", "opens a socket"),
        ("from socket import socket", "opens a socket"),
        ("import ctypes as c\nc.CDLL(None)", "uses ctypes"),
        ("import torch\ntorch.os.system('ls')", "starts a program"),
        ("__import__('subprocess').run(['ls'])", "starts a program"),
        ("import signal\nsignal.signal(2, None)", "uses signals"),
        ("import multiprocessing as m\nm.Process()", "starts a process"),
        ("open('x', 'w')", "opens a file"),
        ("from pathlib import Path\nPath('x').write_text('')", "works on files"),
        ("import torch\ntorch.utils.cpp_extension.load_inline('x')", "compiles machine code"),
        ("import grader.worker.written as w\nw.search = None", "reaches into the grader"),
        ("import os\nos.pidfd_open(1)", "works on the system"),
    ],
)
def test_what_reaches_for_the_machine_is_flagged_everywhere(source: str, what: str) -> None:
    """Also where nothing is forbidden and no function of the exercise is near."""
    assert what in flagged(f"{source}\ndef f(x):\n    return x", Words(()))


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['KMP_DUPLICATE_LIB_OK'] = 'TRUE'\nprint(os.path.join('a', 'b'))",
        "if __name__ == '__main__':\n    import subprocess\n    subprocess.run(['ls'])",
        "import sys\nsys.setrecursionlimit(5000)\nprint(sys.argv)",
        "import random, math, time\nrandom.seed(0)\ntime.perf_counter()",
        "import inspect\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int",
    ],
)
def test_ordinary_lines_are_not_flagged(source: str) -> None:
    """Neither what honest files do, nor what stands under the main guard."""
    assert flagged(f"{source}\ndef f(x):\n    return x") == []


def test_findings_are_bounded_and_counted() -> None:
    """No function crowds out another, and what is left out is counted."""
    many = "\n".join(f"    F.layer_norm(x, {i}); F.__call__.a{i}.layer_norm" for i in range(90))
    source = f"{HEAD}def f(x):\n{many}\ndef g(x):\n    F.layer_norm(x)\n    {'eval(x); ' * 3}"
    source += "".join(f"\n    eval(x{i})" for i in range(90))
    both = search(ast.parse(source), ["f", "g"], WORDS)
    assert {use.function for use in both.uses} == {"f", "g"}
    assert len(both.flags) == 40
    assert both.cut >= 90 - 8 + 90 - 40


@pytest.mark.parametrize(
    "source",
    [
        "\n".join(f"a{i} = (a{i + 1}, a{i + 2}) if x else a{i * 7 % 300}" for i in range(300))
        + "\ndef f(x):\n    return a0[0].layer_norm(x)",
        "a0 = ''\n"
        + "\n".join(f"a{i + 1} = " + " + ".join([f"a{i}"] * 9) for i in range(60))
        + "\ndef f(x):\n    getattr(F, a60)\n    return x.y.layer_norm",
        "def f(m):\n" + "\n".join(f"    m = m.a{i}" for i in range(300)) + "\n    m.layer_norm(1)",
        "def g(a, b, c):\n    return g(b, c, a).layer_norm(g(c, a, b))\n"
        "def f(x):\n    return g(x, f, g)",
        "d = {}\n"
        + "\n".join(f"d['k{i}'] = d" for i in range(500))
        + "\ndef f(x):\n    return d['k1']['k2'].layer_norm(x)",
    ],
)
def test_tangles_take_little_time_and_are_flagged(source: str) -> None:
    """Names that lead to each other in circles end in a flag, soon."""
    start = time.perf_counter()
    assert WHOSE in flagged(source)
    assert time.perf_counter() - start < 5


def test_a_module_has_one_name() -> None:
    """Modules on the way are called by their own names."""
    assert normal("torch.nn.modules.linear.init.zeros_") == "torch.nn.init.zeros_"
    assert normal("torch.os.system") == "os.system"
    assert normal("nowhere.at.all") == "nowhere.at.all"


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
