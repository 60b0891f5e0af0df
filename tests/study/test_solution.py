"""The source that `dlgrade solution` shows: the author's functions and what they need, no more."""

from __future__ import annotations

import ast
import builtins
import dis
import inspect
from pathlib import Path

import pytest

from grader.course import Entry, find, load
from grader.errors import CourseError
from grader.solution import source

AUTHOR = '''"""Two functions."""

import math
from collections.abc import Mapping, Sequence

import numpy
import torch as t

from grader import Exercise

# How often.
TIMES: int = 2
FACTOR = TIMES + math.floor(1.5)
UNUSED = numpy.float64(1)


def helper(x: Sequence[float]):
    table = {"a": 1}
    return t.tensor(x) * FACTOR


# What it is for.
@t.no_grad()
def double(x, table=None):
    def inner(y):
        return helper(y)

    return inner(x)


def unrelated(x):
    return Mapping


exercise = Exercise(double)


@exercise.case(points=1)
def helper(inputs):
    """a case that is called like the helper"""


@exercise.mistake(hint="no")
def wrong(x, table=None):
    """is wrong"""
    return helper(x) + 1
'''
SHOWN = """import math
from collections.abc import Sequence

import torch as t


# How often.
TIMES: int = 2
FACTOR = TIMES + math.floor(1.5)


def helper(x: Sequence[float]):
    table = {"a": 1}
    return t.tensor(x) * FACTOR


# What it is for.
@t.no_grad()
def double(x, table=None):
    def inner(y):
        return helper(y)

    return inner(x)
"""


def entry(folder: Path, text: str) -> Entry:
    """An exercise that asks for ``double`` and whose author wrote this."""
    stub, solution = folder / "stub.py", folder / "solution.py"
    stub.write_text('"""Two."""\n\n\ndef double(x, table=None):\n    raise NotImplementedError\n')
    solution.write_text(text)
    return Entry("topic", "double", stub, solution)


def test_functions_and_what_they_need(tmp_path: Path) -> None:
    """Imports, constants, helpers and comments; no cases, mistakes or other functions."""
    assert source(entry(tmp_path, AUTHOR)) == SHOWN


@pytest.mark.parametrize(
    ("text", "said"),
    [("def double(:\n", "is not Python"), ("double = make()\n", "does not define double")],
)
def test_an_author_who_wrote_otherwise(tmp_path: Path, text: str, said: str) -> None:
    """What cannot be shown is the course's fault, and named."""
    text = text.replace("double = make()", "twice = make()")
    with pytest.raises(CourseError, match=said):
        source(entry(tmp_path, text))


@pytest.mark.parametrize("one", find().entries, ids=lambda one: one.label)
def test_the_bundled_solutions_stand_alone(one: Entry) -> None:
    """What is shown runs, is the author's own code, and holds no case and no mistake."""
    text = source(one)
    names: dict[str, object] = {}
    exec(compile(text, one.name, "exec"), names)
    exercise = load(one)
    for name, function in exercise.functions.items():
        assert inspect.getsource(function).strip() in text
        assert _unknown(names[name]) == set()
    shown = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    hidden = {*exercise.cases, *exercise.mistakes, *exercise.alternatives}
    assert shown & hidden == set()


def _unknown(function: object) -> set[str]:
    """The global names that a function needs and that are not there."""
    assert inspect.isfunction(function)
    plain = inspect.unwrap(function)
    known = {*plain.__globals__, *dir(builtins)}
    codes = [plain.__code__]
    for code in codes:
        codes += [inner for inner in code.co_consts if inspect.iscode(inner)]
    return {
        step.argval
        for code in codes
        for step in dis.get_instructions(code)
        if step.opname == "LOAD_GLOBAL" and step.argval not in known
    }


def test_a_missing_name_would_be_seen() -> None:
    """The look at the bundled solutions finds what it looks for."""
    names: dict[str, object] = {}
    exec("def double(x):\n    return [lambda: helper(y) for y in x]\n", names)
    assert _unknown(names["double"]) == {"helper"}
