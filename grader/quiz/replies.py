"""What a learner types when a question is asked: read generously, asked back where it is unclear.

A file holds TOML, a prompt anything. What comes out of here is a value that TOML can hold and that
the question can be answered with; whether it is right is not looked at.
"""

from __future__ import annotations

import math
import re
from typing import Final

from grader.quiz.questions import Question

Value = str | int | float | list[str] | list[int]
"""An answer as it stands in a quiz.toml."""

LONGEST: Final = 200
"""Characters of a reply; the longest answer of a course has some twenty."""

_LARGEST: Final = 2**63
_MOST_SIZES: Final = 64
_MINUS: Final = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})
_LETTERS: Final = re.compile(r"[a-zA-Z\s,;.>()\[\]\"'\N{RIGHTWARDS ARROW}-]*")
_SHAPE: Final = re.compile(r"(?:torch\.)?(?:size)?\s*[(\[]*([^()\[\]]*)[)\]]*", re.I)
_SIZES: Final = re.compile(r"(?:\d+(?:\s*[,;x*×]\s*|\s+|$))*")


class Unclear(Exception):
    """A reply cannot be an answer to its question, or to more than one; says what to type."""


def read(question: Question, text: str) -> Value:
    """The answer that a reply means.

    Args:
        question: what was asked.
        text: one line, as it was typed.

    Raises:
        Unclear: says what to type instead.
    """
    if len(text) > LONGEST:
        raise Unclear(f"that is longer than {LONGEST} characters; no answer is")
    text = text.strip().translate(_MINUS)
    if question.kind == "number":
        return _number(text)
    return _shape(text) if question.kind == "shape" else _letters(question, text)


def _number(text: str) -> int | float:
    # Two people who write 1,000 mean two numbers, and the grader would believe either.
    if re.fullmatch(r"[+-]?\d*,\d+", text):
        point = text.replace(",", ".")
        raise Unclear(f"a comma can be read in two ways; if you mean {point}, type it with a point")
    if re.fullmatch(r"[^%/*^]*\d\s*[%/*^].*", text):
        raise Unclear("nothing is calculated here; type the number itself, such as 0.25")
    try:
        number = float(text)
    except ValueError:
        raise Unclear("type a number, such as 0.25 or 1e-3") from None
    if not math.isfinite(number):
        raise Unclear("type a finite number, such as 0.25 or 1e-3")
    whole = re.fullmatch(r"[+-]?\d+", text)
    return int(text) if whole and abs(int(text)) < _LARGEST else number


def _shape(text: str) -> list[int]:
    inner = _SHAPE.fullmatch(text)
    if inner is None or _SIZES.fullmatch(inner[1].strip()) is None:
        raise Unclear("type the sizes, such as 3, 4; () is the shape of a scalar")
    sizes = [int(size) for size in re.findall(r"\d+", inner[1])]
    if len(sizes) > _MOST_SIZES or any(size >= _LARGEST for size in sizes):
        raise Unclear("no tensor has such a shape; type the sizes, such as 3, 4")
    return sizes


def _letters(question: Question, text: str) -> str | list[str]:
    letters: list[str] = [letter.lower() for letter in re.findall("[a-zA-Z]", text)]
    if not letters or not _LETTERS.fullmatch(text) or re.search("[a-zA-Z]{2}", text):
        letters = _run_together(question, text)
    strange = [letter for letter in letters if letter not in question.options]
    first, *_, last = question.options
    if strange:
        raise Unclear(f"there is no option {strange[0]}; the options are {first} to {last}")
    if question.kind == "order":
        if sorted(letters) != sorted(question.options):
            raise Unclear(f"type each letter from {first} to {last} once, first things first")
        return letters
    chosen = sorted(set(letters))
    if question.kind == "several choices":
        return chosen
    if len(chosen) > 1:
        raise Unclear(f"one letter is asked for; you typed {len(chosen)}")
    return chosen[0]


def _run_together(question: Question, text: str) -> list[str]:
    """Letters without anything between them, such as ``cab``; words are no letters."""
    if re.fullmatch("[a-zA-Z]+", text) and {*text.lower()} <= {*question.options}:
        return list(text.lower())
    first, *_, last = question.options
    number = "a letter" if question.kind == "one choice" else "letters"
    raise Unclear(f"type {number} from {first} to {last}")
