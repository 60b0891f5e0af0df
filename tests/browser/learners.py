"""Learners whose work is graded for real, for the pages that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import cycle, takewhile
from types import ModuleType
from typing import Any, Final

import tomlkit

from grader import quiz
from grader.course import Course, Entry
from grader.quiz import Question
from grader.submission import Submitted, collect
from grader.trusted import conditions

Give = Callable[[Question, Any], Any]

MARKUP: Final = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31mred\x1b[0m "
    "</pre></details> &lt;b&gt; {{ 7 * 7 }} "
)
TURNED: Final = "\u202egnp.exe\u2066 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 "
EMOJI: Final = (
    "\U0001f469\u200d\U0001f52c\U0001f3f3\ufe0f\u200d\U0001f308 \U0001d56f e\u0301\u0301\u0301 "
)
TEXT: Final = MARKUP + TURNED + EMOJI
MANY: Final = 10**6

RAISES: Final = f"""
import sys

print({TEXT!r} * 9)
print({TEXT!r} * {MANY // len(TEXT)})

class {"Überlang" * 20}(Exception):
    def __str__(self):
        return {TEXT!r} * {MANY // len(TEXT)}

def {{name}}(*args, **kwargs):
    {TEXT!r}  # {TEXT.replace(chr(27), "")}
    raise {"Überlang" * 20}
"""
RETURNS: Final = f"""
class Odd(str):
    def __repr__(self):
        return {TEXT!r} * 100

def {{name}}(*args, **kwargs):
    print({TEXT!r})
    return Odd({TEXT!r} * {MANY // len(TEXT)})
"""


def right(course: Course) -> Iterator[Submitted]:
    """Every reference as a learner's file, every question answered with its key."""
    for entry in course.entries:
        yield _code(entry, entry.solution.read_text(encoding="utf-8"))
    for entry in course.quizzes:
        yield answered(entry, cycle([_right]))


def wrong(course: Course, collection: ModuleType) -> Iterator[Submitted]:
    """Every function as wrong as the collection's first wrong answer to it, and every answer."""
    for entry in course.entries:
        yield _code(entry, _all_wrong(entry, collection))
    for entry in course.quizzes:
        yield answered(entry, cycle([_wrong]))


def mixed(course: Course, collection: ModuleType) -> Iterator[Submitted]:
    """In turn: right, one function wrong, raising, untouched, and not Python."""
    for place, entry in enumerate(course.entries):
        solution = next(v.source for v in _variants(collection) if v.exercise == entry.label)
        stub = entry.stub.read_text(encoding="utf-8")
        first = next(v.source for v in _variants(collection) if _is_wrong(v, entry))
        raising = f"{solution}\ndef {entry.functions[0]}(*args):\n    return args[0] @ 'no'\n"
        broken = f"{stub}\ndef {entry.functions[0]}(:\n"
        yield _code(entry, (solution, first, raising, stub, broken)[place % 5])
    for place, entry in enumerate(course.quizzes):
        every = [_right, _wrong, _open, _unreadable]
        yield answered(entry, cycle(every[place % 2 : 4 - place % 2]))


def demo(course: Course) -> Iterable[Submitted]:
    """What ``dlgrade demo`` grades."""
    started = [
        entry.label
        for entry in course.whole
        if (course.demo / entry.topic / entry.stub.name).is_file()
    ]
    return collect(course, [course.demo], started)


def hostile(course: Course) -> Iterator[Submitted]:
    """Names, output, exceptions, values and answers that would act if a page let them."""
    entries = course.entries
    texts = [RAISES, RETURNS, f"def f(:  # {TEXT.replace(chr(27), '') * 2000}\n"]
    for entry, text in zip(entries, texts, strict=False):
        source = "".join(text.replace("{name}", name) for name in entry.functions)
        yield Submitted(entry, f"{TEXT}/{entry.name}.py", source.encode())
    folder = entries[3]
    yield Submitted(folder, f"{TEXT * 200}.py", None, fault=f"{TEXT * 200} is a folder")
    yield answered(course.quizzes[0], cycle([lambda *_: TEXT * 9, _wrong]))
    broken = f"title = '{MARKUP}{TURNED}\n".encode()
    yield Submitted(course.quizzes[1], f"{TEXT}/quiz.toml", broken)


def answered(entry: Entry, gives: Iterator[Give]) -> Submitted:
    """A quiz in which each question in turn was answered so."""
    asked = quiz.load(entry)
    reference = quiz.references(entry)
    file = tomlkit.parse(entry.stub.read_text(encoding="utf-8"))
    with conditions():
        for place, question in enumerate(asked.questions):
            known = quiz.computed(asked, question, reference)
            table: Any = file["question"][place]  # type: ignore[index]
            table["answer"] = next(gives)(question, known)
    return Submitted(entry, f"exercises/{entry.topic}/quiz.toml", tomlkit.dumps(file).encode())


def _right(question: Question, known: Mapping[str, Any]) -> Any:
    if question.kind in ("number", "shape"):
        value = known["answer"]
        return value if isinstance(value, float) else list(value)
    return question.answer[0] if question.kind == "one choice" else list(question.answer)


def _wrong(question: Question, known: Mapping[str, Any]) -> Any:
    if question.kind in ("number", "shape"):
        value = next((known[name] for name in known if name != "answer"), 12345.0)
        return value if isinstance(value, float) else list(value)
    if question.kind == "order":
        return list(question.options)  # an audited quiz never shows them in the right order
    others = [letter for letter in question.options if letter not in question.answer]
    return others[0] if question.kind == "one choice" else others


def _open(question: Question, known: Mapping[str, Any]) -> Any:
    return ""


def _unreadable(question: Question, known: Mapping[str, Any]) -> Any:
    return "no idea"


def _code(entry: Entry, source: str) -> Submitted:
    return Submitted(entry, f"exercises/{entry.label}.py", source.encode())


@cache
def _variants(collection: ModuleType) -> tuple[Any, ...]:
    return tuple(collection.variants())


def _is_wrong(variant: Any, entry: Entry) -> bool:
    return variant.exercise == entry.label and not variant.is_right


def _all_wrong(entry: Entry, collection: ModuleType) -> str:
    """The first wrong answer to each function; of two definitions the later one counts."""
    base = next(v.source for v in _variants(collection) if v.exercise == entry.label)
    firsts: dict[str, str] = {}
    for variant in _variants(collection):
        if _is_wrong(variant, entry):
            firsts.setdefault(variant.function, variant.source)
    first, *others = firsts.values()
    # A wrong answer is the right one with the cell behind it and perhaps imports before it.
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(base, first, strict=False))
    answer = base[sum(1 for _ in shared) :]
    return "\n".join([first, *(source.partition(answer)[2] for source in others)])
