"""Notebooks from the file to the record: what counts, and how places in them are called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Course
from grader.judge import grade
from grader.pool import Pool
from grader.result import Exercise, Result
from grader.settings import Settings
from grader.submission import collect
from grader.writers import html, terminal

DOUBLE = "def double(x, times=2.0):\n    return x * times"
SHUFFLED = "def shuffled(x, generator):\n    return x[torch.randperm(len(x), generator=generator)]"
POSITIVE = (
    "def positive(number):\n    if number < 0:\n        raise ValueError('negative')\n"
    "    return number"
)


@pytest.fixture
def of_cells(
    course: Course, fork_pool: Pool, settings: Settings, tmp_path: Path
) -> Callable[..., Result]:
    """The result of a notebook of these cells."""

    def of_cells(*cells: str) -> Result:
        code = [{"cell_type": "code", "source": text} for text in cells]
        path = tmp_path / "work.ipynb"
        path.write_text(json.dumps({"nbformat": 4, "cells": code}))
        return grade(collect(course, [path]), fork_pool, settings)

    return of_cells


def only(result: Result) -> Exercise:
    """The record of the one exercise."""
    (record,) = result.exercises
    return record


def test_what_people_do_in_notebooks_costs_nothing(of_cells: Callable[..., Result]) -> None:
    """Magics, plots, training, failures and half-finished cells that no function needs."""
    record = only(
        of_cells(
            "%matplotlib inline\n!pip install torch\nimport torch\nimport nowhere.pyplot as plt",
            DOUBLE,
            "x = torch.ones(3)\ndouble(x).show()\nplt.plot(x)",
            "while True:\n    double(x)",
            SHUFFLED,
            "%%time\n" + POSITIVE,
            "for i in range(3:",
        )
    )
    assert record.error is None
    assert record.status == "passed"
    assert record.code is not None
    assert record.code.cells[0] == (2, 1)


def test_a_failing_call_names_cell_and_line(of_cells: Callable[..., Result]) -> None:
    """In the message, in the lines around it, and in the place to open."""
    wrong = "\n\ndef double(x, times=2.0):\n    y = x\n    return y @ torch.ones(3)\n"
    result = of_cells("import torch", SHUFFLED, POSITIVE, wrong, "last = 1")
    record = only(result)
    seen = next(case for case in record.cases if case.name == "twice_as_much")
    assert seen.message.startswith("RuntimeError at cell 4, line 5: ")
    assert seen.evidence is not None
    assert seen.evidence.excerpt is not None
    # The lines of other cells are not beside it.
    assert seen.evidence.excerpt.cells == ((4, 3), (4, 4), (4, 5))
    assert record.cell == (4, 5)
    assert "from work" not in seen.reproduction
    text = terminal.render(result, width=100)
    assert "work.ipynb, cell 4, line 5" in text
    assert "    > 4:5 │     return y @ torch.ones(3)" in text
    assert "▸ 4:5" in html.render(result)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            "x = 1\n" + DOUBLE.replace("x *", "(x *"),
            "Python cannot read the file at cell 2, line 3: '(' was never closed",
        ),
        (
            "def double(x, times=2.0):\nreturn x",
            "Python cannot read the file at cell 2, line 2: expected an indented block after "
            "function definition in cell 2, line 1",
        ),
        (
            "N = 1 / 0\ndef double(x, times=N):\n    return x",
            "the file stops at cell 2, line 1 while it is imported: ZeroDivisionError: "
            "division by zero",
        ),
        (
            "from mine import N\ndef double(x, times=N):\n    return x",
            "an import fails at cell 2, line 1: No module named 'mine'",
        ),
    ],
)
def test_what_cannot_be_loaded_names_cell_and_line(
    of_cells: Callable[..., Result], cell: str, said: str
) -> None:
    """Python's own line numbers are translated too."""
    record = only(of_cells("import torch", cell, SHUFFLED, POSITIVE))
    assert record.error is not None
    assert said in record.error.message
    assert record.cell is not None
    assert record.cell[0] == 2


def test_a_forbidden_operation_names_cell_and_line(of_cells: Callable[..., Result]) -> None:
    """As in a file, and only where a function of the exercise reaches it."""
    wrong = "def double(x, times=2.0):\n    x.cumsum(0)\n    return x * times"
    record = only(of_cells("import torch", wrong, SHUFFLED, POSITIVE, "torch.ones(3).cumsum(0)"))
    seen = next(case for case in record.cases if case.name == "twice_as_much")
    assert seen.message.startswith("uses cumsum at cell 2, line 2")
    assert record.cases[-1].status == "passed"


def test_what_is_not_run_is_nobodys_business(of_cells: Callable[..., Result]) -> None:
    """Neither an attempt with something forbidden, replaced since, nor what other cells do."""
    old = "def double(x, times=2.0):\n    return x.cumsum(0)"
    record = only(of_cells("import torch", old, DOUBLE, SHUFFLED, POSITIVE, "exec('1')"))
    assert record.status == "passed"
    assert record.flags == ()


def test_what_is_flagged_names_cell_and_line(of_cells: Callable[..., Result]) -> None:
    """The instructor opens the notebook, not the cells one after the other."""
    odd = f"\nexec('K = 1')\n{DOUBLE}".replace("x * times", "x * times * K")
    result = of_cells("import torch", f"K = eval('1')\n{odd}", SHUFFLED, POSITIVE)
    (flag,) = only(result).flags
    assert flag.cell == (2, 1)
    assert "for the instructor: uses eval at cell 2, line 1" in terminal.render(result)


def test_a_function_without_a_cell_is_not_started(of_cells: Callable[..., Result]) -> None:
    """A notebook has no stubs; but a name that is nearly right was meant to be it."""
    record = only(of_cells("import torch", DOUBLE, SHUFFLED.replace("shuffled", "shufled")))
    said = {case.function: (case.status, case.message) for case in record.cases}
    assert said["double"][0] == "passed"
    assert said["positive"] == ("not_started", "positive is not started: no cell defines it")
    assert said["shuffled"] == (
        "error",
        "there is no function shuffled, but there is shufled: rename it to shuffled",
    )
