"""What a learner wrote into a quiz: read generously, and never trusted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from grader.quiz.questions import Question, Quiz
from grader.quiz.toml import Malformed, line_of, parse

Answer = float | tuple[int, ...] | tuple[str, ...]

_MOST: Final = 64
_LARGEST: Final = 2**63
_WRITE: Final[Mapping[str, str]] = {
    "one choice": "write one letter in quotes: {one}",
    "several choices": "write those that you choose of {all}",
    "order": "write every letter once, first things first: answer = {all}",
    "number": "write a number: answer = 0.5",
    "shape": "write the sizes: answer = [3, 4]",
}


class Unreadable(Exception):
    """An answer is not of the kind that its question asks for; the text says what to write."""


@dataclass(frozen=True)
class Given:
    """What stands in the learner's file for one question.

    Attributes:
        raw: the value after ``answer =``.
        line: where it stands.
        altered: whether the options beside it are not the course's.
    """

    raw: Any
    line: int | None
    altered: bool = False

    def is_open(self, question: Question) -> bool:
        """Whether nothing was written yet. A list of no sizes is a shape, that of a scalar."""
        if isinstance(self.raw, str):
            return not self.raw.strip()
        return self.raw == [] and question.kind != "shape"


def given(source: bytes, questions: Mapping[str, Question]) -> dict[str, Given]:
    """The answers of a file, by id; ids that the course does not ask are left out.

    Raises:
        Malformed: if the file is not TOML, or has no tables ``[[question]]``.
    """
    tables, text = parse(source)
    found: dict[str, Given] = {}
    listed = tables.get("question", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Malformed("questions are tables; start each with [[question]]")
    for place, table in enumerate(listed):
        id_ = table.get("id")
        if not isinstance(id_, str):
            raise Malformed('the question has no id; copy id = "..." again', line_of(text, place))
        if id_ in found:
            raise Malformed(f"{id_[:80]} stands here twice; keep one", line_of(text, place))
        if id_ in questions:
            found[id_] = Given(
                raw=table.get("answer", ""),
                line=line_of(text, place, "answer"),
                altered=_altered(table.get("options"), questions[id_]),
            )
    return found


def _altered(options: Any, question: Question) -> bool:
    """Whether letters may mean something else than they do in the course."""
    if not isinstance(options, dict):
        return False
    texts = {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in options.items()}
    return texts != dict(question.options)


def answer(question: Question, raw: Any) -> Answer:
    """The answer in the form of its kind.

    Raises:
        Unreadable: says what to write.
    """
    if question.kind == "number":
        value: Answer | None = _number(raw)
    elif question.kind == "shape":
        value = _shape(raw)
    else:
        value = _letters(question, raw)
    if value is None:
        letters = [f'"{letter}"' for letter in question.options]
        listed = f"[{', '.join(letters)}]"
        raise Unreadable(_WRITE[question.kind].format(one=" or ".join(letters), all=listed))
    return value


def _number(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _shape(raw: Any) -> tuple[int, ...] | None:
    if isinstance(raw, str):
        if not re.fullmatch(r"[(\[]?[\d\s,]*[)\]]?", raw[: 2 * _MOST]):
            return None
        raw = [int(size) for size in re.findall(r"\d+", raw[: 2 * _MOST])]
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = [raw]
    if not isinstance(raw, list) or len(raw) > _MOST:
        return None
    whole = all(isinstance(size, int) and not isinstance(size, bool) for size in raw)
    return tuple(raw) if whole and all(0 <= size < _LARGEST for size in raw) else None


def _letters(question: Question, raw: Any) -> tuple[str, ...] | None:
    if isinstance(raw, str):
        raw = re.findall(r"[^\s,;]", raw[:_MOST])
    if not isinstance(raw, list) or not all(isinstance(letter, str) for letter in raw):
        return None
    letters = tuple(letter.strip().lower() for letter in raw[:_MOST])
    if not set(letters) <= set(question.options) or len(set(letters)) < len(letters):
        return None
    if question.kind == "one choice":
        return letters if len(letters) == 1 else None
    if question.kind == "order":
        return letters if len(letters) == len(question.options) else None
    return tuple(sorted(letters)) if letters else None


def shown(value: Answer) -> str:
    """An answer as the learner would write it."""
    if isinstance(value, float):
        return f"{value:.12g}"
    if all(isinstance(part, str) for part in value) and value:
        return ", ".join(str(part) for part in value)
    return f"({', '.join(str(part) for part in value)}{',' if len(value) == 1 else ''})"


def written(quiz: Quiz, source: bytes) -> int | None:
    """How many questions of a quiz have an answer in a file; None if it is not TOML."""
    questions = {question.id: question for question in quiz.questions}
    try:
        answers = given(source, questions)
    except Malformed:
        return None
    return sum(not answers[name].is_open(questions[name]) for name in answers)
