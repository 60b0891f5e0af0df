"""What may be typed at a prompt, and what is asked back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.quiz import Question
from grader.quiz.answers import answer
from grader.quiz.questions import Kind
from grader.quiz.replies import Unclear, read

KINDS: tuple[Kind, ...] = ("one choice", "several choices", "number", "shape", "order")


def asked(kind: Kind) -> Question:
    """A question of a kind, with three options if it has any."""
    options = {} if kind in ("number", "shape") else {"a": "x", "b": "y", "c": "z"}
    return Question(
        id="q",
        kind=kind,
        asks="?",
        options=options,
        tolerance=0.01 if kind == "number" else 0.0,
        points=1.0,
        answer=(),
        compute="",
        why={},
        hint="",
    )


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        ("one choice", "b", "b"),
        ("one choice", " B. ", "b"),
        ("one choice", "(b)", "b"),
        ("one choice", "'b'", "b"),
        ("several choices", "a c", ["a", "c"]),
        ("several choices", "c,a", ["a", "c"]),
        ("several choices", "CA", ["a", "c"]),
        ("several choices", '["a", "c"]', ["a", "c"]),
        ("several choices", "b b", ["b"]),
        ("order", "c a b", ["c", "a", "b"]),
        ("order", "cab", ["c", "a", "b"]),
        ("order", "c > a > b", ["c", "a", "b"]),
        ("order", "c -> a -> b", ["c", "a", "b"]),
        ("number", "1e-3", 0.001),
        ("number", "0.5", 0.5),
        ("number", ".5", 0.5),
        ("number", "150", 150),
        ("number", "\N{MINUS SIGN}2", -2),
        ("shape", "3, 4", [3, 4]),
        ("shape", "[3, 4]", [3, 4]),
        ("shape", "(3,)", [3]),
        ("shape", "3x4", [3, 4]),
        ("shape", "3 × 4", [3, 4]),
        ("shape", "torch.Size([3, 4])", [3, 4]),
        ("shape", "3 4", [3, 4]),
        ("shape", "()", []),
    ],
)
def test_what_is_meant(kind: Kind, typed: str, meant: Any) -> None:
    """However it is typed, the value is the one that TOML would hold."""
    value = read(asked(kind), typed)
    assert (type(meant), meant) == (type(value), value)


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("one choice", "a c", "one letter is asked for; you typed 2"),
        ("one choice", "e", "there is no option e; the options are a to c"),
        ("one choice", "maybe b", "type a letter from a to c"),
        ("one choice", "1", "type a letter from a to c"),
        ("several choices", "first", "type letters from a to c"),
        ("order", "a b", "type each letter from a to c once, first things first"),
        ("order", "a b b", "type each letter from a to c once, first things first"),
        ("number", "0,5", "in two ways; if you mean 0.5, type it with a point"),
        ("number", "1,000", "in two ways; if you mean 1.000, type it with a point"),
        ("number", "3/4", "nothing is calculated here"),
        ("number", "75 %", "nothing is calculated here"),
        ("number", "half", "type a number, such as 0.25 or 1e-3"),
        ("number", "nan", "type a finite number"),
        ("number", "1e999", "type a finite number"),
        ("shape", "3.5, 4", "type the sizes, such as 3, 4"),
        ("shape", "-1, 4", "type the sizes, such as 3, 4"),
        ("shape", "99999999999999999999", "no tensor has such a shape"),
        ("shape", " ".join("1" * 65), "no tensor has such a shape"),
        ("number", "9" * 1_000_000, "longer than 200 characters"),
    ],
)
def test_what_is_asked_back(kind: Kind, typed: str, said: str) -> None:
    """What is no answer, or could be two, is not guessed at: it is said what to type."""
    with pytest.raises(Unclear) as caught:
        read(asked(kind), typed)
    assert said in str(caught.value)


@given(st.sampled_from(KINDS), st.text(max_size=30))
def test_whatever_is_typed_can_be_graded_or_is_asked_back(kind: Kind, typed: str) -> None:
    """No text makes the reading fail, and what it gives is an answer of the question's kind."""
    question = asked(kind)
    try:
        value = read(question, typed)
    except Unclear as unclear:
        assert str(unclear)
        return
    answer(question, value)


@given(
    st.sampled_from(KINDS),
    st.text(alphabet="0123456789abcABC ,;.x[]()'\"->eE+", min_size=1, max_size=12),
)
def test_what_looks_like_an_answer_can_be_graded(kind: Kind, typed: str) -> None:
    """The same for texts that are nearly answers."""
    test_whatever_is_typed_can_be_graded_or_is_asked_back.hypothesis.inner_test(kind, typed)  # type: ignore[attr-defined]
