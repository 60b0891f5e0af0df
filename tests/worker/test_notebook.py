"""What of a notebook is run: what the exercise's function needs, and nothing else."""

from __future__ import annotations

import ast

import pytest

from grader.wire.frames import Request
from grader.worker.notebook import essential, read


def request(*cells: str) -> Request:
    """A request for ``f`` in a notebook."""
    starts, line = [], 1
    for cell in cells:
        starts.append(line)
        line += cell.count("\n") + 1
    source = "".join(f"{cell}\n" for cell in cells).encode()
    return Request(
        name="e", filename="w.ipynb", source=source, functions={"f": ()}, cells=tuple(starts)
    )


def value(*cells: str) -> object:
    """What ``f()`` returns when what it needs has run."""
    names: dict[str, object] = {}
    for code in read(request(*cells)).codes:
        exec(code, names)
    return names["f"]()  # type: ignore[operator]


F = "def f():\n    return A"


@pytest.mark.parametrize(
    "cells",
    [
        # The statements that give a name its meaning, wherever they stand.
        ("A = 3", F),
        (F, "A = 3"),
        ("A = 1", F, "A = 2\nA += 1"),
        ("B = 1\nC = B\nA = C + 2", F),
        ("A, B = 3, 4", F),
        ("if 1 < 2:\n    A = 3\nelse:\n    A = 4", F),
        ("for A in range(4):\n    pass", F),
        ("with open('/dev/null'):\n    A = 3", F),
        ("try:\n    import nowhere\nexcept ImportError:\n    A = 3", F),
        ("import math as m", "def g():\n    return m.floor(3.5)", "def f():\n    return g()"),
        ("from math import *", "def f():\n    return floor(3.5)"),
        ("class K:\n    x = 3", "def f():\n    return K().x"),
        ("def deco(g):\n    return lambda: g() + 1", "@deco\ndef f():\n    return 2"),
        ("B = 3", "def f(a=B):\n    return a"),
        ("B = 3", "def f():\n    return [B for _ in 'x'][0]"),
        ("B = 3", "f = lambda: B"),
        ("def set_it():\n    global A\n    A = 3", "set_it()", "A = 3", F),
        # Changes of what a name stands for.
        ("A = []", "A.append(3)", "def f():\n    return A[0]"),
        ("A = {}", "for k in 'ab':\n    A[k] = 3", "def f():\n    return A['b']"),
        ("class K: pass\nA = K()", "A.x = 3", "def f():\n    return A.x"),
        # The last definition counts.
        ("def f():\n    return 1", "def f():\n    return 3"),
        # An attempt that nothing used before it was replaced is not run: it may have failed.
        ("A = 1 / 0", "A = 3", F),
        ("def f(a=1 / 0):\n    return a", "A = 3", F),
        ("B = 1 / 0\nA = B", "B = 3", "A = B", "B = 1 / 0", F),
        ("import nowhere as m", "import math as m", "def f():\n    return m.floor(3.5)"),
        ("class K:\n    x = 1 / 0", "class K:\n    x = 3", "def f():\n    return K.x"),
        ("A = []", "A.nothing()", "A = []", "A.append(3)", "def f():\n    return A[0]"),
        # What was used before it was replaced is run, as is what may not replace anything.
        ("A = 2", "B = A + 1", "A = 1", "def f():\n    return B"),
        ("def g():\n    return K", "K = 3", "A = g()", "K = 4", "def g():\n    return A", F),
        ("B = [1]", "A = [3 for _ in B][0]", "B = 1 / 0", F),
        ("A = 3", "if 1 > 2:\n    A = 4", "for A in ():\n    pass", F),
        # What nobody needs is not run, or not even Python.
        ("x = 1 / 0\nassert False\nwhile True: pass", "A = 3", F, "raise SystemExit"),
        ("import nowhere", "import nowhere as plt\nplt.plot(3)", "A = 3", F),
        ("loss = 1 / 0", "A = 3\ndef f():\n    loss = A\n    return loss"),
        ("import math\nmath.nothing()", "def f():\n    return math.floor(3.5)"),
        ("this is no Python", "A = 3", F, "print f()"),
        # Magics.
        ("%matplotlib inline\nA = 3\n!pip install x[y \\\n   'z", F),
        ("%%time\nA = 3", F),
        ("%%bash\nA=4", "A = 3", F),
        ("%%writefile x.py\nA = (", "A = 3", F),
        ("if True:\n    %timeit 3\n    A = 3", F),
        ("A = 3\nB = !ls\nA?\n?A\nC = %time 3", F),
        ("A = (103\n  % 100)\ns = '''\n%d\n!x\n'''", F),
        ("from __future__ import annotations\nA = 3", "def f(x: Unknown = 3):\n    return x"),
    ],
)
def test_what_is_run(cells: tuple[str, ...]) -> None:
    """Every function returns 3, and nothing else happens."""
    assert value(*cells) == 3


def test_lines_are_those_of_the_joined_source() -> None:
    """Of code and of trees, so that a message can name cell and line."""
    book = read(request("x = 1\n", "%time\n\ndef f():\n    1 / 0"))
    (function,) = book.run.body
    assert (function.lineno, function.end_lineno) == (5, 6)
    assert book.codes[0].co_consts[0].co_firstlineno == 5


def test_what_is_not_run_is_told_apart() -> None:
    """An attempt that was replaced, and what has nothing to do with the function."""
    old, new = "def f():\n    return eval('1')", "def f():\n    return 3"
    book = read(request(old, "def other():\n    pass", new, "exec('2')"))
    assert [ast.unparse(node) for node in book.run.body] == [new]
    assert [node.lineno for node in book.rest.body] == [1, 3, 7]


def test_what_is_essential_in_a_script() -> None:
    """The same of a file: neither its training nor what it asks about itself."""
    text = "import math\nK = 2\ndef f():\n    return K\nprint(f())\nK = 3\nassert f() == 3\n"
    assert [node.lineno for node in essential(ast.parse(text).body, ["f"])] == [3, 6]


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("x = 1", "def f(:\n    pass"), 2),
        (("def f():\n    return 1", "x = 1\n@deco\ndef f():\n return ("), 6),
        (("def f():\n    return A", "import B\nA = = 3"), 4),
        (("def f():\n    return A", "import A B"), 3),
        (("print(f()", "x = 1"), 1),
        (("if True:\nA = 3", "def f():\n    return A"), 2),
    ],
)
def test_a_cell_that_cannot_be_passed_over(cells: tuple[str, ...], line: int) -> None:
    """It holds what the function is, or needs."""
    with pytest.raises(SyntaxError) as raised:
        read(request(*cells))
    assert raised.value.lineno == line
