"""The two files of a quiz as one frozen record. What is wrong in them is a `CourseError`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec

from grader.course import Entry
from grader.errors import CourseError
from grader.quiz.toml import Malformed, line_of, parse

Kind = Literal["one choice", "several choices", "number", "shape", "order"]

RIGHT: Final = "answer"
"""The name that a snippet gives the right value; any other name is a known wrong one."""

_CHOSEN: Final = frozenset({"one choice", "several choices", "order"})
_LEAST_OPTIONS: Final = 3


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question as the learner gets it."""

    id: str
    kind: Kind
    asks: str
    options: dict[str, str] = {}
    tolerance: float | None = None
    points: float = 1.0
    answer: str | list[str] = ""


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only the course knows of it."""

    id: str
    why: dict[str, str]
    answer: str | list[str] = ""
    compute: str = ""
    hint: str = ""


class _Questions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    question: list[_Asked]


class _Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: list[_Key]


@dataclass(frozen=True)
class Question:
    """A question with its key.

    Attributes:
        id: unique in the course.
        kind: how it is answered.
        asks: the text.
        options: letter → text; empty for a number and a shape.
        tolerance: by how much a number may differ.
        points: what it is worth.
        answer: the right letters, in the right order if that matters; empty where it is computed.
        compute: the snippet that computes the right value and known wrong ones.
        why: a reason for each option, or for each value that the snippet names.
        hint: what to think of, for a wrong answer that no reason fits.
    """

    id: str
    kind: Kind
    asks: str
    options: Mapping[str, str]
    tolerance: float
    points: float
    answer: tuple[str, ...]
    compute: str
    why: Mapping[str, str]
    hint: str


@dataclass(frozen=True)
class Quiz:
    """The quiz of a topic.

    Attributes:
        topic: folder name.
        title: what it is about.
        questions: in the author's order.
        key: the file with the answers, for messages.
    """

    topic: str
    title: str
    questions: tuple[Question, ...]
    key: Path


def load(entry: Entry) -> Quiz:
    """Reads both files of a quiz; runs nothing.

    Raises:
        CourseError: names the file, the line and the cure.
    """
    asked = _read(entry.stub, _Questions)
    keys = _read(entry.solution, _Keys)
    _check_ids([question.id for question in asked.question], entry.stub)
    _check_ids([key.id for key in keys.question], entry.solution)
    known = {key.id: key for key in keys.question}
    for lost in known.keys() - {question.id for question in asked.question}:
        raise CourseError(f"answers {lost}, which {entry.stub} does not ask", entry.solution)
    for question in asked.question:
        if question.id not in known:
            raise CourseError(
                f'has no answer to {question.id}; write [[question]] id = "{question.id}" and a '
                "reason for every option",
                entry.solution,
            )
    return Quiz(
        topic=entry.topic,
        title=asked.title.strip(),
        questions=tuple(
            _joined(question, known[question.id], entry) for question in asked.question
        ),
        key=entry.solution,
    )


T = TypeVar("T")


def _read(path: Path, kind: type[T]) -> T:
    try:
        tables, text = parse(path.read_bytes())
    except OSError as error:
        raise CourseError(f"cannot be read: {error.strerror or error}", path) from error
    except Malformed as error:
        raise CourseError(str(error), path) from error
    try:
        return msgspec.convert(tables, kind)
    except msgspec.ValidationError as error:
        raise CourseError(_placed(str(error), tables, text), path) from error


def _placed(message: str, tables: Mapping[str, Any], text: str) -> str:
    """A message of msgspec with the line of the question that it speaks of."""
    said, _, where = message.partition(" - at ")
    match = re.match(r"`\$\.question\[(\d+)\]\.?([\w\[\].]*)`", where)
    if match is None:
        return f"{said}; a quiz has a title and tables [[question]]"
    place, field = int(match[1]), match[2]
    key = field.partition("[")[0].partition(".")[0]
    unknown = re.search(r"unknown field `(\w+)`", said)
    line = line_of(text, place, unknown[1] if unknown else key)
    name = tables["question"][place].get("id", place + 1)
    return f"line {line}: question {name}{f', {field}' if field else ''}: {said}"


def _check_ids(ids: Sequence[str], path: Path) -> None:
    for place, id_ in enumerate(ids):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", id_):
            raise CourseError(f"{id_!r} is no id; use small letters, digits and underscores", path)
        if id_ in ids[:place]:
            raise CourseError(f"two questions are called {id_}; rename one", path)
    if not ids:
        raise CourseError("asks nothing; write a table [[question]]", path)


def _joined(asked: _Asked, key: _Key, entry: Entry) -> Question:
    question = Question(
        id=asked.id,
        kind=asked.kind,
        asks=_flowing(asked.asks),
        options={letter: " ".join(text.split()) for letter, text in asked.options.items()},
        tolerance=asked.tolerance or 0.0,
        points=asked.points,
        answer=tuple([key.answer] if isinstance(key.answer, str) and key.answer else key.answer),
        compute=key.compute,
        why={about: " ".join(text.split()) for about, text in key.why.items()},
        hint=" ".join(key.hint.split()),
    )
    if asked.answer:
        raise CourseError(f'gives away {asked.id}; write answer = ""', entry.stub)
    for path, problem in _faults(question, asked, entry):
        raise CourseError(f"question {question.id}: {problem}", path)
    return question


def _flowing(text: str) -> str:
    """Prose without the line breaks of its file; blank and indented lines stay, for code."""
    return re.sub(r"(?<=\S)\n(?=\S)", " ", text.strip())


def _faults(question: Question, asked: _Asked, entry: Entry) -> Iterator[tuple[Path, str]]:
    if not question.asks:
        yield entry.stub, "asks nothing"
    if not question.points > 0:
        yield entry.stub, "is worth nothing; give it points"
    if (question.kind == "number") != (asked.tolerance is not None and asked.tolerance > 0):
        yield entry.stub, "a number has a tolerance above 0, and nothing else has one"
    empty = [about for about, text in question.why.items() if not text]
    if empty:
        yield entry.solution, f"why.{empty[0]} is empty"
    if question.kind in _CHOSEN:
        yield from ((entry.stub, said) for said in _faults_of_options(question))
        yield from ((entry.solution, said) for said in _faults_of_letters(question))
    else:
        if question.options:
            yield entry.stub, f"a {question.kind} has no options"
        yield from ((entry.solution, said) for said in _faults_of_snippet(question))


def _faults_of_options(question: Question) -> Iterator[str]:
    if len(question.options) < _LEAST_OPTIONS:
        yield f"has {len(question.options)} options; write at least {_LEAST_OPTIONS}"
    letters = [chr(ord("a") + place) for place in range(len(question.options))]
    if list(question.options) != letters:
        yield f"calls its options {', '.join(question.options)}; call them {', '.join(letters)}"
    texts = list(question.options.values())
    if len(set(texts)) < len(texts):
        yield "has the same option twice"


def _faults_of_letters(question: Question) -> Iterator[str]:
    if question.compute:
        yield "has options, so nothing is computed; write answer ="
    wanted = {"one choice": "the letter of one option", "order": "each letter once"}
    said = wanted.get(question.kind, "the letters of one option or more, each once")
    right = list(question.answer)
    fits = {
        "one choice": len(right) == 1,
        "order": sorted(right) == list(question.options),
    }.get(question.kind, 0 < len(right) == len(set(right)))
    if not fits or not set(right) <= set(question.options):
        yield f"answer is {right}; write {said}"
    for letter in question.options.keys() - question.why.keys():
        yield f"option {letter} has no reason; write why.{letter}"
    for about in question.why.keys() - question.options.keys():
        yield f"why.{about} is about no option"


def _faults_of_snippet(question: Question) -> Iterator[str]:
    if question.answer:
        yield f"the {question.kind} is typed in; compute it: compute = '''answer = ...'''"
    if RIGHT not in question.why:
        yield "the right value has no reason; write why.answer"
    if not question.hint:
        yield "has no hint for wrong values that are not foreseen; write hint ="
    if not question.compute.strip():
        yield "has no snippet; write compute = '''answer = ...'''"
