"""Source that is small to write and large to read: the fault of its exercise, within limits."""

from __future__ import annotations

import resource

import pytest

from grader.result import Exercise

BOMBS = {
    "parentheses": "x = " + "(" * 100_000 + ")" * 100_000,
    "brackets": "x = " + "[" * 5_000 + "]" * 5_000,
    "attributes": "x = a" + ".b" * 300_000,
    "calls": "x = a" + "()" * 200_000,
    "subscripts": "x = a" + "[0]" * 200_000,
    "unary": "x = " + "-" * 300_000 + "1",
    "not": "x = " + "not " * 100_000 + "1",
    "binary": "x = 1" + " + 1" * 150_000,
    "lambdas": "x = " + "lambda: " * 50_000 + "1",
    "elif": "if 1: pass\n" + "elif 1: pass\n" * 50_000,
    "blocks": "".join(" " * depth + "if 1:\n" for depth in range(101)) + " " * 101 + "pass",
    "f-strings": "x = " + 'f"{' * 400 + "1" + '}"' * 400,
    "power": "x = 9**9**9**9",
    "tuple": "x = (0,) * 10**9",
    "text": "x = 'a' * 10**10",
    "digits": "x = " + "1" * 500_000,
    "functions": "def f(): pass\n" * 60_000,
    "decorators": "@a\n" * 100_000 + "def f(): pass",
    "annotations": "def f(" + ",".join(f"a{n}: a" for n in range(50_000)) + "): pass",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_its_exercises_fault(graded, name: str) -> None:
    """It ends as an error of the exercise, and this process has read nothing of it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    record: Exercise = graded(whole=BOMBS[name])
    assert record.status in ("error", "failed")
    assert record.score == 0
    assert record.error is not None or all("no function" in case.message for case in record.cases)
    # Kilobytes: what the judge itself needed more.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_the_next_exercise_is_graded(graded) -> None:
    """A bomb costs nobody else anything."""
    assert graded(whole=BOMBS["power"]).score == 0
    assert graded().status == "passed"
